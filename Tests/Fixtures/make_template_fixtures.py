"""Writes chat_templates/cases.json: templates with what jinja2 makes of them.

The environment is the one that transformers 5.23 renders chat templates in. Run with jinja2 3.1.6:
    python make_template_fixtures.py
"""

import json
import pathlib
from datetime import datetime

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox
import jinja2.utils

NOW = datetime(2024, 7, 26, 12, 34, 56, 789)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_text"), [], [], body).set_lineno(line)

    def _text(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


# Messages show the names that the functions have in transformers.
for function in (raise_exception, tojson):
    function.__qualname__ = f"_cached_compile_jinja_template.<locals>.{function.__name__}"


class TemplateDict:
    def __call__(self, *args, **kwargs):
        return dict(*args, **kwargs)

    def fromkeys(self, *args, **kwargs):
        return dict.fromkeys(*args, **kwargs)


class TemplateNamespace(jinja2.utils.Namespace):
    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        attributes = dict(*args, **kwargs)
        for name in attributes:
            TemplateNamespace._check_name(name)
        jinja2.utils.Namespace.__init__(self, attributes)

    def __setitem__(self, name, value):
        TemplateNamespace._check_name(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def _check_name(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(
                "Chat templates cannot store underscore-prefixed attributes on a namespace, but"
                f" got {name!r}. Please rename the attribute."
            )


# Messages name the classes by their module, which is that of transformers.
for kind in (TemplateDict, TemplateNamespace):
    kind.__module__ = "transformers.utils.chat_template_utils"
    kind.__qualname__ = f"_cached_compile_jinja_template.<locals>.{kind.__name__}"


def make_environment():
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda format: NOW.strftime(format)
    environment.globals["dict"] = TemplateDict()
    environment.globals["namespace"] = TemplateNamespace
    return environment


TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "find_train",
            "description": "Finds a train.",
            "parameters": {
                "type": "object",
                "properties": {
                    "from": {"type": "string", "description": "Where from"},
                    "to": {"type": "string", "enum": ["Bern", "Zürich"]},
                    "seats": {"type": ["integer", "null"], "default": 1},
                },
                "required": ["from", "to"],
            },
        },
    }
]
CHAT = [
    {"role": "system", "content": "  Be kind.  "},
    {"role": "user", "content": "Wann fährt der Zug? <b>\"now\"</b> 🚆"},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "type": "function",
                "id": "call00001",
                "function": {"name": "find_train", "arguments": {"from": "Basel", "to": "Zürich"}},
            }
        ],
    },
    {"role": "tool", "tool_call_id": "call00001", "name": "find_train", "content": "08:07"},
    {"role": "assistant", "content": "<think>\nlooked up\n</think>\n\nAt 08:07.", "reasoning_content": "looked up"},
    {"role": "user", "content": [{"type": "text", "text": "And "}, {"type": "image"}, {"type": "text", "text": "back?"}]},
]
CONTEXT = {
    "messages": CHAT,
    "tools": TOOLS,
    "documents": None,
    "add_generation_prompt": True,
    "bos_token": "<s>",
    "eos_token": "</s>",
    "n": None,
    "t": True,
    "f": False,
    "i": 7,
    "neg": -7,
    "x": 1.5,
    "s": "Hello World",
    "uni": "Straße 日本 👩‍👧 e\u0301",
    "ws": " \t a b\u00a0\n",
    "html": "<a href='x'>1 & 2</a>",
    "e": "",
    "l": [3, 1, 2],
    "m": ["b", "A", "c", "a"],
    "d": {"b": 1, "a": [1, None, True], "items": "shadow", "N": {"deep": 2.0}},
    "people": [
        {"name": "Ann", "age": 30, "tags": ["x"]},
        {"name": "bob", "age": 25},
        {"name": "Cy", "age": 30, "tags": []},
    ],
    "lines": "one\n\n two\r\nthree\n",
}

TEMPLATES = {
    "chatml": """{% for message in messages %}
{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.content is string %}
{{- message.content | trim }}
{%- elif message.content is sequence %}
{%- for part in message.content %}
{{- part.text if part.type == 'text' else '<image>' }}
{%- endfor %}
{%- endif %}
{{- '<|im_end|>\\n' }}
{% endfor %}
{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}""",
    "headers": """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content'] | trim %}
    {%- set rest = messages[1:] %}
{%- else %}
    {%- set system = '' %}
    {%- set rest = messages %}
{%- endif %}
{{- '<|head|>system<|/head|>\\n\\nToday: ' ~ strftime_now('%d %b %Y') ~ '\\n' ~ system ~ '<|eot|>' }}
{%- for message in rest %}
    {%- if 'tool_calls' in message %}
        {%- set call = message.tool_calls[0].function %}
        {{- '{"name": "' + call.name + '", "parameters": ' }}{{ call.arguments | tojson }}{{ '}' }}
    {%- elif message.role in ['tool', 'ipython'] %}
        {{- '<|head|>ipython<|/head|>' + message.content | tojson }}
    {%- elif message.content is string %}
        {{- '<|head|>' + message['role'] + '<|/head|>' + message['content'].split('</think>')[-1].lstrip('\\n') + '<|eot|>' }}
    {%- else %}
        {{- message.content | selectattr('type', 'equalto', 'text') | map(attribute='text') | join }}
    {%- endif %}
{%- endfor %}""",
    "inst": """{%- set ns = namespace(system=none, last=-1) -%}
{%- for m in messages -%}
  {%- if m.role == 'user' -%}{%- set ns.last = loop.index0 -%}{%- endif -%}
  {%- if m.role == 'system' -%}{%- set ns.system = m.content -%}{%- endif -%}
{%- endfor -%}
{{ bos_token }}
{%- for m in messages if m.role in ('user', 'assistant') and m.content -%}
  {%- if m.role == 'user' -%}
    {%- if ns.system and loop.last %}{{ '[INST] ' ~ ns.system.strip() ~ '\\n\\n' ~ m.content ~ ' [/INST]' }}
    {%- else %}{{ '[INST] ' ~ m.content ~ ' [/INST]' }}{% endif -%}
  {%- else -%}
    {% generation %}{{ ' ' + m.content|trim + eos_token }}{% endgeneration %}
  {%- endif -%}
{%- endfor -%}|{{ ns.last }}""",
    "tools": """{%- macro kind(schema) -%}
  {%- if schema.type is string -%}{{ schema.type }}
  {%- elif schema.type is iterable -%}{{ schema.type | join(' | ') }}
  {%- endif -%}
  {%- if schema.enum is defined %} ({% for v in schema.enum %}{{ v }}{{ ', ' if not loop.last }}{% endfor %}){% endif -%}
{%- endmacro -%}
{% if tools %}
# Tools
{% for tool in tools %}
{% set function = tool.function %}
## {{ function.name }}: {{ function.description }}
{% for name, schema in function.parameters.properties.items() %}
- {{ name }}: {{ kind(schema) }}{{ ' required' if name in function.parameters.required else ' = ' ~ schema.default }}
{% endfor %}
{{ tool | tojson(indent=2) }}
{{ tool | tojson(separators=(',', ':'), ensure_ascii=true) }}
{% endfor %}
{% else %}
No tools.
{% endif %}""",
    "alternation": """{% for m in messages %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate, but message ' ~ loop.index ~ ' is of ' ~ m.role) }}{% endif %}{% endfor %}""",
}

SNIPPETS = {
    "integers": r"""
{{ 2 ** 100 }} {{ -(2 ** 64) }} {{ +(10 ** 20) }} {{ 9223372036854775807 + 1 }} {{ -9223372036854775807 - 2 }}
{{ 123456789012345678901234567890 * -98765432109876543210 }}
{{ 10 ** 40 // 7 ** 20 }} {{ -(10 ** 40) // 7 ** 20 }} {{ 10 ** 40 % -(7 ** 20) }} {{ -(10 ** 40) % 7 ** 20 }} {{ 5 // -(10 ** 30) }}
{{ 10 ** 30 / 3 }} {{ 10 ** 400 / 10 ** 399 }} {{ 1 / 10 ** 330 }} {{ 3 / 10 ** 323 }} {{ (2 ** 64 + 1) / 2 ** 64 }} {{ 9007199254740993 / 1 }}
{{ 10 ** 400 / 3 }}
{{ 10 ** 400 * 1.5 }}
{{ 10 ** 400 > 1e308 }} {{ 2 ** 53 + 1 == 2.0 ** 53 }} {{ 2 ** 63 == 2.0 ** 63 }} {{ 10 ** 30 < 1e30 }} {{ 2 ** 70 > 'a' }}
{{ {2 ** 70: 'x', 2.0 ** 70: 'y'} }} {{ 2 ** 70 in [1, 2.0 ** 70] }}
{{ 10 ** 4300 }}
{{ (10 ** 4299)|string|length }}
{{ '123456789012345678901234567890'|int + 1 }} {{ '0xFFFFFFFFFFFFFFFFFF'|int(base=16) }} {{ '1_0'|int }} {{ '1__0'|int(5) }} {{ '_1'|int(5) }} {{ '010'|int(7, 0) }} {{ '٤٢'|int }}
{{ 1e22|int }} {{ 1e300|int }} {{ (2 ** 70)|float }} {{ (2 ** 70)|abs }} {{ (-(2 ** 70))|abs }} {{ (10 ** 400)|float }}
{{ '%d' % 2 ** 70 }} {{ '%d' % (2 ** 70) }} {{ '%x' % (2 ** 70) }} {{ '%#o' % -(2 ** 66) }} {{ '%d' % 1e22 }} {{ '%.3f' % (2 ** 70) }}
{{ '{:,}'.format(10 ** 25) }} {{ '{:_b}'.format(2 ** 66) }} {{ '{:e}'.format(10 ** 25) }} {{ '{:>40}'.format(10 ** 25) }} {{ '{:c}'.format(2 ** 70) }}
{{ (2 ** 70)|tojson }} {{ [2 ** 70, {2 ** 70: 1}]|tojson }} {{ (2 ** 70) is integer }} {{ (2 ** 70) is even }} {{ (2 ** 70) is divisibleby 3 }} {{ (2 ** 70).bit_length() }}
{{ 'a' * 2 ** 70 }}
{{ l[2 ** 70] }} {{ l[:2 ** 70] }} {{ l[-(2 ** 70):] }} {{ 'abc'.find('b', -(2 ** 70)) }}
{{ (10 ** 25)|round(-24) }} {{ 15|round(-1) }} {{ 25|round(-1) }} {{ -15|round(-1) }} {{ 1234567.891|round(-3) }} {{ 25.0|round(-1) }} {{ 25.5|round(-1) }} {{ 2.675|round(2) }} {{ 1e300|round(400) }}
{{ 7.55|round(1, 'ceil') }} {{ 7|round(1, 'floor') }} {{ (10 ** 25)|round(2, 'ceil') }} {{ 1e308|round(-308) }} {{ 1.7e308|round(-308) }}
{{ (255).as_integer_ratio() }} {{ (0.75).as_integer_ratio() }} {{ (1e300).hex() }} {{ (0.1).hex() }} {{ (5e-324).hex() }} {{ (7).bit_count() }} {{ (1e22).as_integer_ratio() }}
{{ range(2 ** 70) }}
{{ range(-(2 ** 70))|length }} {{ range(5, 2, -4) }} {{ range(10)[2:7:3] }} {{ range(10)[::-1] }}
""",
    "formats": r"""
{{ '{:5}|{:<5}|{:^5}|{:>5}|{:*^7}|{:05}'.format('é', 1, 'ab', 2.5, 'x', -3) }}
{{ '{:.3}|{:.1}|{:.0}|{:.3}|{:.4}|{:.2}|{:.3}'.format(123.0, 12.0, 5.0, 0.0001234, 1e22, 9.96, 0.00001234) }}
{{ '{:020,}|{:020,.2f}|{:012_b}|{:_}|{:,}'.format(1234567, 1234567.891, 5, 1234567, -1234567.5) }}
{{ '{:+}|{: }|{:-}|{:+.1e}|{:z.0f}|{:%}|{:.1%}|{:n}'.format(1, 2, 3, 12345.678, -0.4, 0.25, 0.125, 1234) }}
{{ '{:#x}|{:#b}|{:#010x}|{:X}|{:c}|{:>3c}'.format(255, 5, 255, 255, 233, 65) }}
{{ '{:=+6}|{:0=8}|{:<05}|{:x<6}|{:G}|{:F}'.format(3, -7, 4, 1, 1e-10, 1.5) }}
{{ '{0}{1}{0}'.format('a', 'b') }} {{ '{a}{b[0]}{b[1].real}'.format(a=1, b=[2, 3]) }} {{ '{0!r:>6}{0!s}{0!a}'.format('é') }}
{{ '{}{0.real}'.format(1) }}
{{ '{}{0}'.format(1) }}
{{ '{0}{}'.format(1) }}
{{ '{:{}}|{:{w}}'.format('a', 3, 'b', w=4) }}
{{ '{:{:{}}}'.format(1, 2, 3) }}
{{ '{a' }} {{ '{a'.format(a=1) }}
{{ '}'.format(1) }}
{{ '{'.format(1) }}
{{ '{!x}'.format(1) }}
{{ '{!r'.format(1) }}
{{ '{!rx}'.format(1) }}
{{ '{:{'.format(1) }}
{{ '{0[}'.format([1]) }}
{{ '{0[0]x}'.format([1]) }}
{{ '{0.}'.format([1]) }}
{{ '{x}'.format(1) }}
{{ '{1}'.format(1) }}
{{ '{:+}'.format('a') }}
{{ '{:,}'.format('a') }}
{{ '{:,x}'.format(255) }}
{{ '{:,_}'.format(255) }}
{{ '{:.}'.format(1.5) }}
{{ '{:.2}'.format(1) }}
{{ '{:d}'.format(1.5) }}
{{ '{:5d5}'.format(1) }}
{{ '{:d}'.format('a') }}
{{ '{:5}'.format([1]) }}
{{ '{0.__class__}|'.format(1) }} {{ '{0.__class__.__name__}'.format(1) }}
{{ '{a}'.format_map({'a': 1}) }} {{ ('<b>{}</b>'|safe).format('<i>') }}
{{ '%s|%5s|%-5s|%r|%a|%c|%c|%%' % ('a', 'b', 'c', 'é', 'é', 65, 'z') }}
{{ '%5%' % 1 }}
{{ '%d|%i|%5d|%-5d|%05d|%+d|% d|%.3d|%x|%X|%#x|%o|%#o' % (1, 2, 3, 4, 5, 6, 7, 8, 255, 255, 255, 8, 8) }}
{{ '%e|%.2e|%f|%.1f|%g|%G|%#g|%10.3f|%-10.3f|%+.1f|%010.2f' % (1.5, 1.5, 1.5, 1.25, 1e-5, 1e20, 1.5, 3.14159, 3.14159, 2.0, -2.5) }}
{{ '%(a)s %(b)05.1f' % {'a': 1, 'b': 2.25} }} {{ '%*d|%-*d|%.*f' % (5, 1, 5, 2, 2, 1.0) }}
{{ '%(a)s' % [1] }}
{{ '%(a)s' % (1, 2) }}
{{ '%q' % 1 }}
{{ '%' % 1 }}
{{ '%d %d' % 1 }}
{{ '%d' % (1, 2) }}
{{ '%d' % 'a' }}
{{ '%x' % 1.5 }}
{{ '%c' % 'ab' }}
""",
    "frames": r"""
{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{% if loop.first %}{% set k = m %}{% endif %}{{ m() }}{% endfor %}
{% for x in [1, 2] %}{% macro m() %}<{{ x }}>{% endmacro %}{{ m() }}{% set x = 9 %}{{ m() }}{{ x }}{% endfor %}{{ x }}
{% macro g() %}{{ i }}{% endmacro %}{% for i in [1, 2] %}{{ g() }}{% endfor %}{{ g() }}
{% set a = 1 %}{% macro g() %}{{ a }}{% endmacro %}{{ g() }}{% set a = 2 %}{{ g() }}{% if true %}{% set a = 3 %}{% endif %}{{ g() }}
{% macro g() %}{{ i }}{% endmacro %}{{ g() }}{% set i = 2 %}{{ g() }}
{% set k %}{{ i }}{% filter upper %}{{ s }}{% endfilter %}{% set s = 1 %}{% endset %}{{ k }}
{% for a in [1, 2] %}{{ s }}{% set s = a %}{{ s }}{% endfor %}{{ s }}
{% for a in [1, 2] %}{% set s = a %}{{ s }}{% endfor %}{{ s }}
{% for a in [1, 2] %}{% set y %}[{{ y }}]{% endset %}{{ y }}{% endfor %}{{ y }}
{% for a in [1] %}{% set y %}[{{ y }}]{% endset %}{{ y }}{% endfor %}
{% if f %}{% set i = 3 %}{% endif %}{{ i }}{% if b %}{% set i = 4 %}{% else %}{{ i }}{% endif %}{{ i }}
{% for a in [1, 2] %}{% if a == 2 %}{{ q }}{% endif %}{% set q = a %}{% endfor %}{{ q }}
{% block x %}{{ s }}{% set s = 5 %}{{ s }}{% endblock %}{% set s = 1 %}{{ s }}
{% set s = 1 %}{% block x %}{{ s }}{% set s = 5 %}{{ s }}{% endblock %}{{ s }}
{% for a in [1, 2] %}{% block x scoped %}{{ a }}{% for c in [a] %}{{ c + a }}{{ i }}{% endfor %}{% endblock %}{% endfor %}
{% for a in [1, 2] %}{% block x %}{{ a }}{{ i }}{% endblock %}{% endfor %}
{% for a in [1, 2] recursive %}{{ a }}{{ i }}{% if loop.depth < 2 %}{{ loop([a * 10]) }}{% endif %}{{ a }}{% set i = a %}{% endfor %}{{ i }}
{% for a in 'ab' %}{% for c in [] %}{% else %}{{ a }}{% break %}{% endfor %}!{% endfor %}
{% for a in 'ab' %}{% for c in [] %}{% else %}{{ a }}{% continue %}{% endfor %}!{% endfor %}
{% for a in [3, 1, 2] if a > 1 %}{{ loop.index }}{{ loop.last }}{{ a }}{{ loop.nextitem }}{% endfor %}
{% for a in [1, 2] if loop %}{{ a }}{% endfor %}
{% for a in [1, 2] %}{% for c in [3, 4] %}{{ loop.index }}{% endfor %}{{ a }}{% endfor %}
{% for a in [1, 2] %}{% for c in [3] if loop.first %}{{ c }}{% endfor %}{{ a }}{% endfor %}
{% generation %}{% set v = m is defined %}{% macro m(a) %}{{ a }}{{ v }}{% endmacro %}{{ m(1) }}{% endgeneration %}{{ m }}
{% with a = i, i = 2 %}{{ a }}{{ i }}{% with i = i + 1 %}{{ i }}{% endwith %}{% endwith %}{{ i }}
{% macro m(a, b=a, c=i) %}{{ a }}{{ b }}{{ c }}{% set i = 8 %}{{ i }}{% endmacro %}{{ m(1) }}{{ m(1, c=2) }}{{ i }}
{% macro m(b=a, a=1) %}{{ b }}|{{ a }}{% endmacro %}{{ m() }}{{ m(2) }}
{% macro outer(a) %}{% macro inner(b) %}{{ a }}{{ b }}{{ i }}{% endmacro %}{{ inner(a) }}{% set a = 7 %}{{ inner(1) }}{% endmacro %}{{ outer(4) }}
{% macro w() %}[{{ caller(2) }}]{% endmacro %}{% for a in [1, 2] %}{% call(x) w() %}{{ a }}{{ x }}{{ i }}{% endcall %}{% endfor %}
{% set k | replace(nosuch, 'b') %}a{% endset %}
{% set ns = namespace(a=1) %}{% for q in [1, 2] %}{% set ns.a = ns.a + q %}{% endfor %}{{ ns.a }}
{% for a in [1, 2] %}{% set ns.a = 1 %}{% endfor %}
{{ 'a' ~ namespace(a=1) ~ i }}{% macro m() %}{% set ns.a = 5 %}{% endmacro %}{% set ns = namespace(a=1) %}{{ ns ~ m() ~ ns }}
{{ 'a' + i }}
{{ 'a' + 'b' + i }}
{{ 'a' + ('<'|safe) + s }}
{% set v = 'a' + s + 'b' %}{{ v + v }}
{% macro m() %}x{{ 'p' + s }}{% endmacro %}{{ 'a' + m() + 'b' ~ m() }}
""",
    "functions": r"""
{% block x %}{{ 1|nosuch }}{% endblock %}{{ 1|other }}
{% block x %}{% block y %}{{ 1|inner }}{% endblock %}{{ 1|outer }}{% endblock %}{% block z %}{{ 1|last }}{% endblock %}
{% block x %}{% block y %}{{ 1|inner }}{% endblock %}{% endblock %}{% block z %}{{ 1|last }}{% endblock %}
{% if false %}{% block x %}{{ 1|nosuch }}{% endblock %}{% endif %}
{% generation %}{{ kwargs }}{{ varargs }}{{ caller is defined }}[{{ caller }}]{% endgeneration %}
{% generation %}{{ caller() }}{% endgeneration %}
{% macro m() %}{% generation %}{{ kwargs }}{{ varargs }}{% endgeneration %}{{ kwargs }}{{ varargs }}{% endmacro %}{{ m(1, a=2) }}
{% set kwargs = 3 %}{% generation %}{{ kwargs }}{% endgeneration %}{{ kwargs }}
{% set kwargs = 3 %}{% generation %}{% set kwargs = kwargs %}{{ kwargs }}{% endgeneration %}{{ kwargs }}
{% macro m() %}{% set kwargs = 1 %}{{ kwargs }}{% endmacro %}{{ m() }}{{ m(a=1) }}
{% macro m() %}{{ kwargs }}{% set kwargs = 1 %}{{ kwargs }}{% endmacro %}{{ m(a=1) }}
{% macro m() %}{% for x in [1] if kwargs %}{% set kwargs = 1 %}{% endfor %}{% endmacro %}{{ m(a=1) }}
{% macro m() %}{% macro g(varargs) %}{{ varargs }}{% endmacro %}{{ g(1) }}{{ varargs }}{% endmacro %}{{ m(1) }}
{% macro m() %}{% call(kwargs) g(kwargs) %}{% endcall %}{% endmacro %}{{ m(a=1) }}
{% macro m() %}{% filter replace('a', kwargs) %}{% with kwargs = 1 %}{% endwith %}{% endfilter %}{% endmacro %}{{ m(a=1) }}
{% macro m() %}{% set varargs %}{{ varargs }}{% endset %}{{ varargs }}{% endmacro %}{{ m() }}{{ m(1) }}
{% macro m() %}{% block b %}{{ kwargs }}{% endblock %}{% endmacro %}{{ m(a=1) }}
{% for x in [1] %}{% set loop = 3 %}{{ loop }}{% endfor %}
{% for x in [1] %}{% with loop = 3 %}{{ loop }}{% endwith %}{{ loop.index }}{% endfor %}
{% for x in [1] %}{% macro m(loop) %}{{ loop }}{% endmacro %}{{ m(1) }}{{ loop }}{% endfor %}
{% for x in [1] %}{% for y in [1, 2] %}{% endfor %}{{ loop.index }}{% endfor %}
{% for x in [1] %}{% for y in [5, 6] %}{{ loop.index }}{% endfor %}{% endfor %}
{% for x in [1] %}{% for y in [5, 6] %}{{ y }}{% else %}{{ loop.index }}{% endfor %}{{ loop.last }}{% endfor %}
{% for x in [1] %}{% for y in [5, 6] if loop %}{{ y }}{% endfor %}{% endfor %}
{% for x in [1] %}{% block b %}{{ loop }}{% endblock %}{% endfor %}
{% for x in [1] %}{% block b scoped %}{{ loop }}{% endblock %}{% endfor %}
{% block x %}{{ super() }}{% endblock %}
{% block x %}[{{ super }}]{{ super is defined }}{{ super.a }}{% endblock %}
{% block x %}{% for a in [1] %}{% macro m() %}{{ super() }}{% endmacro %}{{ m() }}{% endfor %}{% endblock %}
{% block x %}{% block y %}{{ super() }}{% endblock %}{{ super() }}{% endblock %}
{% block x %}{% set super = 1 %}{{ super }}{% endblock %}
{% block x %}{{ super }}{% set super = 1 %}{{ super }}{% endblock %}
{% set super = 5 %}{% block x %}[{{ super }}]{% endblock %}{{ super }}
{% set super = 5 %}{% block x %}{{ s }}{% block y scoped %}{{ super + 1 }}{% endblock %}{% endblock %}
{{ super() }}
{% macro m(caller) %}{{ caller }}{% endmacro %}{{ m(1) }}
{% macro m(caller=2) %}{{ caller }}{% endmacro %}{{ m() }}{{ m.caller }}{{ m(5) }}
{% macro m(caller=2) %}{{ kwargs }}{% endmacro %}{{ m() }}{{ m.caller }}{{ m(5) }}
{% macro m(a, caller=2) %}{{ caller() }}{% endmacro %}{% call m(1) %}x{% endcall %}
{% macro m(caller, a=1) %}{{ caller() }}{% endmacro %}{% call m(1) %}x{% endcall %}
{% macro m(caller) %}{% if caller %}{% endif %}{% endmacro %}{{ 1|nosuch }}
{% macro m(kwargs) %}{{ kwargs }}{% endmacro %}{{ m(1) }}{{ m(a=1) }}
{% autoescape true %}{% block x %}{{ '<' }}{{ messages[1].content }}{{ messages[1].content ~ '<' }}{{ ['<', messages[1].content]|join }}{{ messages[1].content|e }}{% endblock %}{{ messages[1].content }}{% endautoescape %}
{% autoescape true %}{% generation %}{{ messages[1].content }}<{% endgeneration %}{% endautoescape %}
{% autoescape t %}{% block x %}{% generation %}{{ messages[1].content }}<{% endgeneration %}{% macro m() %}{{ messages[1].content }}{% endmacro %}{{ m() }}{% endblock %}{% endautoescape %}
{% autoescape true %}{% block x %}{{ {}|first|nosuch }}{{ {[]: 1} }}{% endblock %}{{ {[]: 1} }}{% endautoescape %}
{% set ns = namespace() %}{% generation %}{% set a = 1 %}{% macro m() %}{{ a }}{% endmacro %}{% set ns.m = m %}{% endgeneration %}{% generation %}{% set a = 2 %}{{ ns.m() }}{% endgeneration %}{{ ns.m() }}
{% set ns = namespace() %}{% with a = 1 %}{% macro m() %}{{ a }}{% endmacro %}{% set ns.m = m %}{% endwith %}{% with a = 2 %}{{ ns.m() }}{% endwith %}
{% for x in [1] %}{% generation %}{{ loop.index }}{{ x }}{% set x = 4 %}{{ x }}{% endgeneration %}{{ x }}{% endfor %}
{% generation %}{% block b %}{{ caller }}{{ kwargs }}{% endblock %}{% endgeneration %}
{% generation %}{% generation %}{{ kwargs }}{{ caller is defined }}{% endgeneration %}{{ varargs }}{% endgeneration %}
{% macro m() %}{% generation %}{{ caller() }}{% endgeneration %}{% endmacro %}{% call m() %}x{% endcall %}
{% macro m() %}{% set x = kwargs %}{% set ns = namespace(k=1) %}{% set ns.k = varargs %}{{ ns.k }}{{ x }}{% endmacro %}{{ m(1, a=3) }}
{% macro m() %}{% set kwargs.a = 1 %}{{ 2 }}{% endmacro %}{{ m(a=3) }}
{% for x in [1] recursive %}{% with loop = 3 %}{{ loop }}{% endwith %}{{ loop.index }}{% endfor %}
{% for x in [1] %}{% with loop = 3 %}{% endwith %}{% block y scoped %}{{ loop.index }}{% endblock %}{{ loop.last }}{% endfor %}
{% call(caller) nosuch() %}{{ caller }}{% endcall %}
{% for a in 'ab' %}{% generation %}{% break %}{% endgeneration %}{% endfor %}
{% generation %}{% extends 'a' %}{% endgeneration %}
{% block x %}{{ nosuch.a }}{% endblock %}{% block y %}{{ 1 is nosuch }}{% endblock %}{% break %}
{% block x %}{% set a = {[]: 1}|length %}{% endblock %}{{ 1|nosuch }}
{% macro m() %}{% generation %}{% for a in 'ab' %}{{ loop.index }}{{ a }}{% set q = a %}{% endfor %}{{ q }}{{ caller is defined }}{% endgeneration %}{% endmacro %}{{ m() }}
{% for a in 'ab' %}{% generation %}{% if loop.first %}{% set a = 9 %}{% endif %}{{ a }}{% endgeneration %}{% endfor %}
{% for a in [1, [2]] recursive %}{% generation %}{{ loop([5]) if loop.depth < 2 }}{{ a }}{% endgeneration %}{% endfor %}
{% filter upper %}{% generation %}a{% block q %}b{{ s }}{% endblock %}{% endgeneration %}{% endfilter %}
{% for a in 'ab' %}{% generation %}{% block q scoped %}b{{ a }}{{ loop.index }}{% endblock %}{% endgeneration %}{% endfor %}
{% set a = 1 %}{% generation %}{% block q scoped %}b{{ a }}{% endblock %}{% set a = 2 %}{% endgeneration %}{{ a }}
{% generation %}{% filter length %}a{% endfilter %}{% endgeneration %}
{% set x %}{% generation %}a{{ kwargs }}{% endgeneration %}{% endset %}{{ x }}
{% autoescape true %}{% set x %}{% generation %}<{{ html }}{% endgeneration %}{% endset %}{{ x }}{% block g %}{{ x }}{{ html }}{{ x ~ html }}{{ x|replace('a', '<') }}{% endblock %}{% endautoescape %}
{% autoescape true %}{% macro m() %}{{ html }}{% endmacro %}{% endautoescape %}{% block g %}{{ m() }}{% endblock %}
""",
    "constants": r"""
{{ 1e999 }} {{ [1e999, -1e999] }} {{ 1e308 * 10 }} {{ 'nan'|float }}
{{ 1e999 + i }}
{% set a = 1e999 %}{{ a }}
{% set a = [{'b': 'nan'|float}] %}{{ a }}
{% if i and 1e999 %}{% endif %}
{{ i if 1e999 else 2 }}
{{ i if f else 1e308 * 10 }}
{{ 1 if false else 1e308 * 10 }}
{% if f %}{{ i + 1e999 }}{% endif %}a
{{ {[]: 1} }}
{% if f %}{{ {[]: 1}|length }}{% endif %}a
{% if f %}{% set a = {[]: 1} %}{% endif %}a
{% if f %}{{ i + {'a': 1, {}: 2} }}{% endif %}a
{% if f %}{{ i + {'a': i, {}: 2} }}{% endif %}a
{% if f %}{{ i + {'a': 1 / 0, {}: 2} }}{% endif %}a
{% if f %}{{ i.count({{}: 1, 'a': s}) }}{% endif %}a
{{ {1: 2, 1.0: 3, true: 4} }} {{ ([1, 2] * 2)[1:3]|join('-') + 'a'|upper }}
{{ 1 / 0 if f else 2 }}
{{ 'a'|nosuch|nosuch2 }}
{{ ('a' is nosuch)|nosuch2 }}
{{ 'a' if f else 'b'|nosuch }}
{{ ('b'|nosuch) if b }}
{% if f %}{{ 'a'|nosuch }}{% endif %}a
{% if f %}{% for a in l %}{{ 'a'|nosuch }}{% endfor %}{% endif %}a
{% for a in l|nosuch recursive %}{{ a|nosuch2 }}{% endfor %}
{% for a in l|nosuch %}{{ a|nosuch2 }}{% endfor %}
{% for a in l|nosuch %}{% set loop = 1 %}{% endfor %}
{% for a in l %}{{ a|nosuch }}{% set loop = 1 %}{% endfor %}
{% for a in l %}{% extends 'a' %}{{ a|nosuch }}{% endfor %}
{{ s|nosuch }}{% macro m(a, a) %}{% endmacro %}
{% break %}{% macro m(a, a) %}{% endmacro %}
{{ f(a=1, a=2) }}{% break %}
""",
    "objects": r"""
{{ ([1]|map('upper')|string).split(' at ')[0] }} {{ ([1]|select('odd')|string).split(' at ')[0] }} {{ (d|items|string).split(' at ')[0] }} {{ ([1]|batch(2)|string).split(' at ')[0] }} {{ ([1]|slice(2)|string).split(' at ')[0] }} {{ ([1]|unique|string).split(' at ')[0] }}
{{ ([1]|reverse|string).split(' at ')[0] }} {{ (d|reverse|string).split(' at ')[0] }} {{ ((1, 2)|reverse|string).split(' at ')[0] }} {{ (s.upper|string).split(' at ')[0] }} {{ (cycler(1)|string).split(' at ')[0] }} {{ (joiner()|string).split(' at ')[0] }}
{{ ('a'|safe).upper }} {{ (cycler(1).next|string).split(' at ')[0] }} {% for a in [1] %}{{ loop.cycle }}{% endfor %}
{{ ('a'|safe).upper|length }}
{{ s.upper|length }}
{{ range(10 ** 20, 0) }} {{ range(10 ** 20, 0, 3).start }} {{ range(10 ** 20, 1)[:] }} {{ range(-1)[-5:8:5] }} {{ range(10 ** 20, 1)|length }} {{ range(10 ** 20, 1) == range(0) }}
{{ range(5).index(7) }}
{{ range(5).index(1.5) }}
{{ range(5).index(1, 2) }}
{{ d.items() - 5 }}
{{ d.values() - 5 }}
{{ cycler|items|list }}
{{ joiner|xmlattr }}
{{ namespace|wordwrap }}
{{ 'ab'.encode() * 2 }} {{ true * 'ab'.encode() }} {{ 'a'.encode() + 'b'.encode() }}
{{ 'a'.encode() + 'b' }}
{{ 'a'.encode() + 1 }}
{{ '12'.encode()|int }} {{ 'x'.encode()|int(5) }} {{ ' 1.5'.encode()|float }} {{ '12000'.encode()|filesizeformat }}
{{ 'x'.encode()|filesizeformat }}
{{ 'ab'.encode()|indent }}
{{ 'a'.encode('nosuch', 5) }}
{{ 'a'.encode(none) }}
{{ 'a'.encode(1, 2, 3) }}
{{ 'a'.split('a', sep='b') }}
{{ 'a'.split(nosuch=1) }}
{{ 'a'.expandtabs(1, 2) }}
{{ 'a'.replace(none, 'b') }}
{{ s|replace('a', 'b', 1, 2, nosuch=1) }}
{{ s is callable(1) }}
{{ '%(a)s %d' % {'a': 1} }}
{{ '%s %(a)s' % {'a': 1} }}
{{ '%(a)*d' % {'a': 1} }}
{{ '%*d %d' % (9223372036854775807,) }}
{{ '%*d' % (9223372036854775807, 'x') }}
{{ 5|sum('a', 'b') }}
{{ [5]|sum(start='b') }}
{{ ('ab'|safe)|last is escaped }} {{ ('ab'|safe)|first is escaped }} {{ ('a b'|safe)|title is escaped }} {{ ('a'|safe)|last|round }}
{{ ('a'|safe) * 10 ** 30 }}
{{ {1: 2}|xmlattr }}
{{ {1: none, 'a': 2}|xmlattr }}
{{ ('a¶b'|safe)|indent('> ') }}
{{ 'abcdefghijkl'|truncate(true) }}
{{ 'abcdefghijkl'|truncate(5.5) }}
{{ 'abcdefghijkl'|truncate(5, end=none) }}
{{ 'abcdefghijkl'|truncate(10 ** 30) }} {{ 'abcdefghijkl'|truncate(5, leeway=0.5) }}
{{ ([s] * 300)|truncate(5) }}
{{ ([s] * 300)|truncate(5, true) }}
{{ [1, 2]|tojson(separators=[1]) }}
{{ [1, 2]|tojson(separators=[1, 2]) }}
{{ [1, 2]|tojson(separators=(1, '')) }}
{{ [1, 'a', none]|string|wordwrap(2) }}
{{ 'ab cd'|wordwrap(none) }}
{{ 'ab cd'|wordwrap(2.5) }} {{ ''|wordwrap(0) }}
{{ 'ab cd'|wordwrap(0) }}
{{ 5|wordwrap(2, true, []) }}
{{ {(1, 2): 3, 1: 4, 'b': 5, 'a': 6, none: 7}|pprint }}
{{ 'abc'|round(20, 'ceil') if f else 'abc'|round(2, 'ceil') }}
""",
    "links": r"""
{{ 'see http://ex.org/a?b=1&c=2, and (www.foo.com) or https://x.yz:80/p).'|urlize }}
{{ 'ex.com foo.org. bar.info/x?y a.b.net:8080 x.y -a.gov'|urlize }}
{{ 'mail me@ex.org, mailto:you@ex.org <a@b.co> @me a@b x:a@b.cd'|urlize }}
{{ 'http://127.0.0.1/x http://[::1]/ http://[2001:db8::ff00:42:8329] http://999.1 http://localhost'|urlize }}
{{ '<http://ex.org/(a)(b)> http://ex.org/(a (http://ex.org/b)) &lt;x&gt;'|urlize }}
{{ 'http://example.org/a/long/path'|urlize(12) }} {{ 'http://example.org'|urlize(nofollow=true, target='_blank', rel='b a') }}
{{ 'ftp://x.y/z git+ssh:a tel:123'|urlize(extra_schemes=['ftp://', 'tel:']) }}
{{ 'x'|urlize(extra_schemes=['f']) }}
{{ 5|urlize }} {{ none|urlize }} {{ '<b>&amp;'|urlize }} {{ ('<b>'|safe)|urlize }}
{{ lipsum(0) }}|{{ lipsum(n=2, html=false, min=3, max=4).split()|length }}|{{ lipsum(1, true, 5, 6).startswith('<p>') }}
""",
    "bytes": r"""
{{ 'aé'.encode() }} {{ "it's".encode() }} {{ 'a\n\t'.encode() }} {{ 'é'.encode('latin-1') }} {{ 'aé'.encode()|length }} {{ 'abc'.encode()[1] }} {{ 'abc'.encode()[1:] }}
{{ 'é日'.encode('ascii') }}
{{ 'é'.encode('ascii', 'replace') }} {{ 'é'.encode('ascii', 'xmlcharrefreplace') }} {{ 'é'.encode('ascii', errors='backslashreplace') }}
{{ 'a'.encode('nosuch') }}
{{ 'aé'.encode().decode() }} {{ 'ab'.encode().hex() }} {{ 'ab'.encode()|list }} {{ 'a'.encode() == 'a'.encode() }} {{ 'a'.encode()|tojson }}
{{ 'abc'.translate({97: 'x', 98: none, 99: 233}) }} {{ 'ab'.translate(['x']) }}
{{ 'ab'.translate(5) }}
{{ s.encode()|wordwrap }}
{{ ''.encode()|wordwrap }}|
{{ ''.encode()|wordwrap(0) }}|
{{ s.encode()|wordwrap(0, true, '.', false) }}
{{ '\n\n'.encode()|wordwrap }}|
{{ '\r'.encode()|wordwrap(wrapstring=1) }}|
{{ ''.encode()|wordwrap(wrapstring=1) }}|
{{ s.encode()|wordwrap('a') }}
{{ '\x0b\x0c\x1c\x85'.encode()|wordwrap(5) }}
{{ '\n'.encode()|wordwrap('a', wrapstring=' ') }}|
{{ 'a'.encode()|wordwrap(width=none) }}|
{{ 5|wordwrap }}
""",
    "lexer": r"""
{{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }} {{ 1.5e3 }} {{ 1e-7 }} {{ 2E5 }} {{ 0_0 }}
{{ 'a' "b" 'c' }} {{ "it's" }} {{ '\x41\u00e9\101\n\t\\\q\'' }}
{{ 'a
b' }}
{{ '\é' }}
{{ 'é日' }} {{ "\U0001F600" }}
{{ x.5 }}
{{ l.0 }}{{ l.1 }}
{{ {'a': {'b': 1}}['a']['b'] }}
{{ {'a':{'b':1}} }}
{{ (1 }}
{{ 1) }}
{{ [1} }}
{{ 'abc }}
{{ 1 ! 2 }}
{{ a$b }}
{{ 1__0 }}
{{ 012 }}
{{ '\xZZ' }}
{{ '\u12' }}
{# open
{% raw %}{{ x }}
{% raw %}a{{ b }}{% c %}{# d #}{% endraw %}e
{%- raw -%}  a  {%- endraw -%}  b
a{# one #}b{#- two -#} c
{{ straße }}{{ 日本 }}
{{ a·b }}
{{ i }}}
{{{'a': 1}}}
{% if t %}{{ "}}" }}{% endif %}
{{ 1 if t }}{#
""",
    "whitespace": r"""
a {%- if t %} b {% endif -%} c
  {% if t %}x{% endif %}  y
	{%+ if t %}x{%+ endif %} y
  {{ i }}  z
{% if t +%}¶x{% endif %}
{% if t %}¶x¶{% endif %}¶y
¶¶  {%- set q = 1 -%}  ¶¶ z
{{- i -}}  ¶ {{ i -}} ¶ z {{- i }}
{% for a in l %}¶  {{ a }}¶{% endfor %}¶end
{% for a in l -%}¶  {{ a }}¶{%- endfor %}¶end
  {# c #}¶x
  {# c +#}¶x
a¶  {#- c -#}  ¶x
x {% set q=1 %}¶ z
¶{% if t %}{% if t %}¶¶{% endif %}{% endif %}¶
 {% if t %} a
{{ i }}¶
{{ i }}¶¶
a¶    {% raw %}  r¶  {% endraw %}¶b
{%- macro g() %}¶ m ¶{% endmacro -%}[{{ g() }}]
{% set b %}¶ in ¶{% endset %}[{{ b }}]
{% if t %}{% endif %} {% if t %}{% endif %}x
a   {%- if t -%}   b   {%- endif -%}   c
""",
    "parser": r"""
{% if %}x{% endif %}
{% if t %}x
{% for a in l %}x{% endif %}
{% endif %}
{% nosuch %}
{% if t %}{% nosuch %}{% endif %}
{% set 1 = 2 %}
{% set a.b.c = 2 %}
{% set true = 2 %}
{% set [a] = 2 %}
{% for loop in l %}{% endfor %}
{% for a in l %}{% set loop = 1 %}{% endfor %}
{% for in l %}{% endfor %}
{% for a l %}{% endfor %}
{% macro m(a=1, b) %}{% endmacro %}
{% macro m(a, *b) %}{% endmacro %}
{{ f(a=1, 2) }}
{{ f(**a, b) }}
{{ f(*a, *b) }}
{{ x is string is number }}
{{ }}
{{ , }}
{{ 1, 2 }}{{ (1,) }}{{ () }}{{ 1, }}
{{ x|nosuch }}
{{ x is nosuch }}
{% if f %}{{ x|nosuch }}{% endif %}ok
{{ (x|nosuch) if f else 'ok' }}
{% if t %}{{ x|nosuch }}{% endif %}
{% if f %}{% for a in l %}{{ x|nosuch }}{% endfor %}{% endif %}
{{ x|nosuch if f }}
{% break %}
{% for a in l %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}
{% continue %}
{% block a %}1{% endblock %}{% block a %}2{% endblock %}
{% block a-b %}{% endblock %}
{% call 1 %}{% endcall %}
{{ a.(b) }}
{{ a[ }}
{{ a[1:2:3:4] }}
{{ {1} }}
{{ {1: 2 3: 4} }}
{{ [1 2] }}
{{ not }}
{{ 1 + }}
{{ 1 if }}
{{ loop }}
{% print 1, 'a', l %}
{% set a, b = 1, 2 %}{{ a }}{{ b }}
{% set (a, b), c = (1, 2), 3 %}{{ a }}{{ b }}{{ c }}
{% include 'a' %}
{% extends 'a' %}
{% import 'a' as b %}
{% from 'a' import b %}
{% if t: %}x{% endif %}
{% for a in l if a > 1 recursive %}{{ a }}{% endfor %}
{% filter nosuch %}x{% endfilter %}
{% set a | upper | replace('A', 'b') %}xa{% endset %}{{ a }}
{{ l|map('nosuch')|list }}
{{ l|select('nosuch')|list }}
{{ not not t }}{{ not not not t }}
{{ -2**2 }}{{ 2**3**2 }}{{ -i|abs }}{{ 1 - -1 }}{{ - - 1 }}
{{ 1 if t else 2 if f else 3 }}{{ 1 if f else 2 if f else 3 }}
{{ 'a' ~ 1 + 2 ~ 'b' }}{{ 1 ~ 2 * 3 }}
{{ 1 + 2 in [3] }}{{ 1 not in l }}{{ not 1 in l }}
{{ 3 > 2 > 1 }}{{ 1 < 3 > 2 }}{{ 1 == 1 in [1] }}
""",
    "values": r"""
{{ n }} {{ t }} {{ f }} {{ x }} {{ i }} {{ e }} {{ l }} {{ d }} {{ () }} {{ (1,) }} {{ {} }}
{{ ['a', "it's", 'q"\'', '\n\t\\\x00\x7f', 'é\u200b\u00a0日'] }}
{{ [1.0, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, 1e22, 5e-324, 1e308, -0.0, 0.1, 2.5e-7] }}
{{ 1e400 }} {{ -1e400 }} {{ 1/3 }} {{ 100.0 }} {{ 12345678901234567.0 }} {{ 9007199254740993.0 }}
{{ 7/2 }} {{ 7//2 }} {{ -7//2 }} {{ 7//-2 }} {{ 7%3 }} {{ -7%3 }} {{ 7%-3 }} {{ -7%-3 }} {{ 2**10 }} {{ 2**-1 }} {{ 6/2 }}
{{ 7.5//2 }} {{ -7.5//2 }} {{ 7.5%2 }} {{ -7.5%2 }} {{ 7.5%-2 }} {{ 0.0%-1 }} {{ 2.0**3 }} {{ 2**0.5 }}
{{ 1/0 }}
{{ 1//0 }}
{{ 1%0 }}
{{ 1.0/0 }}
{{ 1.0//0 }}
{{ 1.0%0 }}
{{ 0**-1 }}
{{ t + t }} {{ t * 3 }} {{ -t }} {{ +t }} {{ t == 1 }} {{ 1 == 1.0 }} {{ '1' == 1 }} {{ n == f }} {{ 0 == f }}
{{ 'a' + 1 }}
{{ 1 + 'a' }}
{{ 'a' + n }}
{{ l + (1,) }}
{{ l + 'a' }}
{{ (1,) + l }}
{{ n + 1 }}
{{ d + d }}
{{ 1 - 'a' }}
{{ 'a' * 3 }}{{ 3 * 'a' }}{{ [1, 2] * 2 }}{{ (1,) * 2 }}{{ 'a' * -1 }}
{{ 'a' * 'b' }}
{{ 'a' * 1.5 }}
{{ l * n }}
{{ 2 ** 'a' }}
{{ -'a' }}
{{ +n }}
{{ -l }}
{{ 1 < 'a' }}
{{ n < 1 }}
{{ l < [3, 2] }}{{ (1, 2) < (1, 2, 3) }}{{ 'a' < 'b' }}{{ 'Z' < 'a' }}{{ 'é' > 'z' }}
{{ l < (1, 2) }}
{{ d < d }}
{{ [1, 'a'] < [1, 2] }}
{{ 'a' in 'abc' }}{{ '' in 'abc' }}{{ 1 in l }}{{ 'b' in d }}{{ 1.0 in l }}{{ t in l }}
{{ 1 in 'abc' }}
{{ 1 in n }}
{{ 1 in 5 }}
{{ [] in d }}
{{ t and 'x' }} {{ f or 'y' }} {{ '' or 0 or n }} {{ 1 and 2 and 3 }} {{ [] or {} }} {{ 0 and 1/0 }}
{{ {1: 'a', 1.0: 'b', t: 'c'} }} {{ {n: 1, (1, 2): 2}[(1, 2)] }}
{{ {[]: 1} }}
{{ {'a': 1, 'a': 2} }}
{{ [1, 2] == [1, 2] }}{{ {'a': 1, 'b': 2} == {'b': 2, 'a': 1} }}{{ (1,) == [1] }}{{ [1] == [1.0] }}
{{ s[0] }}{{ s[-1] }}{{ s[99] }}{{ s[1:3] }}{{ s[:-1] }}{{ s[::-1] }}{{ s[::2] }}{{ s[-3:] }}{{ s[5:2] }}{{ s[10:0:-3] }}
{{ l[0] }}{{ l[-1] }}{{ l[1:] }}{{ l[::-1] }}{{ l[:99] }}{{ l[-99:1] }}{{ l[1:1] }}{{ (1, 2, 3)[1:] }}
{{ uni[0:7] }}{{ uni[4] }}{{ uni[-1] }}{{ uni|length }}{{ uni[::-1] }}{{ uni[7:9] }}
{{ l[99] }}|{{ l['a'] }}|{{ d['zzz'] }}|{{ n['a'] }}|{{ i[0] }}|{{ l[1.0] }}|{{ l[t] }}|{{ d[[]] }}
{{ l[99].a }}
{{ l['a'].a }}
{{ d.zzz.a }}
{{ d['zzz']['a'] }}
{{ n.a.b }}
{{ i.a.b }}
{{ s.a.b }}
{{ n[0].a }}
{{ (1, 2).a.b }}
{{ x.a.b }}
{{ t.a.b }}
{{ d[1].a }}
{{ d[n].a }}
{{ n[1:] }}
{{ d[1:] }}
{{ l['a':] }}
{{ l[::0] }}
{{ nosuch }}|{{ nosuch|default('d') }}|{{ nosuch is defined }}|{{ nosuch|list }}|{{ nosuch|length }}|{{ nosuch ~ 'a' }}|{{ [nosuch] }}|{{ nosuch == nosuch2 }}|{{ not nosuch }}
{{ nosuch.a }}
{{ nosuch['a'] }}
{{ nosuch() }}
{{ nosuch + 1 }}
{{ 1 + nosuch }}
{{ 'a' + nosuch }}
{{ nosuch < 1 }}
{{ -nosuch }}
{{ nosuch[1:] }}
{{ nosuch|int }}
{{ nosuch|tojson }}
{{ nosuch|abs }}
{{ nosuch|dictsort }}
{{ 'a' in nosuch }}{{ nosuch in l }}{{ nosuch in 'a' }}
{{ d['items'] }}{{ d.get('items') }}{{ d.b }}{{ d.N.deep }}{{ d.get('q') }}{{ d.get('q', 1) }}
{{ l.append(1) }}
{{ d.update({}) }}
{{ d.pop('b') }}
{{ l.sort }}|{{ s.__class__ }}|{{ d._x }}|{{ s.__foo__ }}|{{ l.__class__ is defined }}
{{ s.__class__.__mro__ }}
{{ d._x.y }}
{{ ().__class__() }}
{{ s() }}
{{ 5() }}
{{ (1 if f) }}|{{ (1 if f) is defined }}
{{ (1 if f).a }}
{{ 'a' if f else n }}
{{ dict(a=1, b=2) }}{{ dict([('k', 'v')]) }}{{ dict({'a': 1}, b=2) }}{{ dict.fromkeys(['a', 'b']) }}
{{ dict(5) }}
{{ dict([1]) }}
{{ range(3) }}{{ range(1, 9, 3)|list }}{{ range(5, 0, -2)|list }}{{ range(0)|list }}{{ range(3)[1] }}{{ range(10)[2:5] }}{{ range(3)|length }}{{ 2 in range(3) }}
{{ range(100001) }}
{{ range('a') }}
{{ range(1, 2, 0) }}
{{ range() }}
{{ html|safe }}{{ (html|safe) + '<i>' }}{{ '<i>' + (html|safe) }}{{ (html|safe) ~ '<i>' }}
{{ ('<%s>'|safe) % '<x>' }}{{ ('<{}>'|safe).format('<x>') }}{{ ['<a>'|safe] }}{{ ('a<'|safe).upper() ~ ('a'|safe).replace('a', '<') }}
{{ (('a'|safe) * 2) + '<' }}{{ ('a b'|safe).split()[0] + '<' }}{{ ('<'|safe).join(['<', '>']) }}
{% autoescape true %}{{ html }}{{ html|safe }}{{ '<' ~ html|safe }}{{ ['<', '>'|safe]|join('&') }}{% set q %}<{{ html }}{% endset %}{{ q }}{% endautoescape %}{{ html }}
""",
    "statements": r"""
{% for a in l %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }};{% endfor %}
{% for a in l %}{{ loop.previtem }}-{{ a }}-{{ loop.nextitem }};{% endfor %}
{% for a in l %}{{ loop.cycle('x', 'y') }}{{ loop.changed(a > 1) }}{% endfor %}
{% for a in l %}{{ loop.nosuch }}{% endfor %}
{% for a in l %}{{ loop.previtem.x }}{% endfor %}
{% for a in l %}{{ loop }}{% endfor %}
{% for a in l|map('string') %}{{ loop.length }}{{ loop.last }}{{ a }}{% endfor %}
{% for a in l if a > 1 %}{{ a }}{{ loop.index }}{{ loop.last }}{{ loop.length }};{% else %}none{% endfor %}
{% for a in [] %}a{% else %}empty{% endfor %}{% for a in l if a > 9 %}a{% else %}empty{% endfor %}
{% for a in l %}{% continue %}{% else %}else{% endfor %}
{% for a in l %}{% if a == 1 %}{% continue %}{% endif %}{{ a }}{% if a == 2 %}{% break %}{% endif %}{% endfor %}
{% for a in l %}{% for b in m %}{% if b == 'A' %}{% break %}{% endif %}{{ a }}{{ b }}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}{% for k in d %}{{ k }}{% endfor %}{% for v in d.values() %}{{ v }}{% endfor %}
{% for k, v in d|items %}{{ k }};{% endfor %}{% for k, v in d|dictsort %}{{ k }};{% endfor %}
{% for c in 'añ日' %}{{ c }}.{% endfor %}
{% for a in n %}{% endfor %}
{% for a in 5 %}{% endfor %}
{% for a, b in l %}{% endfor %}
{% for a, b in [(1, 2, 3)] %}{% endfor %}
{% for a, b in [(1,)] %}{% endfor %}
{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}
{% for a in nosuch %}x{% else %}none{% endfor %}
{% set q = 1 %}{% for a in l %}{% set q = a %}{% endfor %}{{ q }}
{% for a in l %}{{ q }}{% set q = a %}{% endfor %}{{ q }}
{% set q = 1 %}{% if t %}{% set q = 2 %}{% endif %}{{ q }}
{% set ns = namespace(x=0) %}{% for a in l %}{% set ns.x = ns.x + a %}{% endfor %}{{ ns.x }}{{ ns.y }}{{ ns['x'] }}
{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}{{ ns is mapping }}{{ ns is iterable }}
{% set ns = namespace({'a': 1}, b=2) %}{{ ns }}
{% set ns = namespace() %}{{ ns.x.y }}
{% set ns = namespace() %}{% set ns._x = 1 %}
{{ namespace(_a=1) }}
{% set d.x = 1 %}
{% set nosuch.x = 1 %}
{% macro g(a, b='d') %}{{ a }}{{ b }}{% endmacro %}{{ g(1) }}{{ g(1, 2) }}{{ g(1, b=3) }}{{ g(b=3) }}{{ g(a=1) }}
{% macro g(a) %}{{ a }}{% endmacro %}{{ g(1, 2) }}
{% macro g(a) %}{{ a }}{% endmacro %}{{ g(c=2) }}
{% macro g(a) %}{{ a.x }}{% endmacro %}{{ g() }}
{% macro g() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ g(1, 2, a=3) }}
{% macro g(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ g(1) }}
{% macro g() %}{{ caller() }}{% endmacro %}{{ g() }}
{% macro g() %}{{ q }}{% endmacro %}{% set q = 1 %}{{ g() }}
{% macro g() %}[{{ caller() }}]{% endmacro %}{% call g() %}in{{ i }}{% endcall %}
{% macro g(x) %}{{ caller(x) }}{{ caller(x + 1) }}{% endmacro %}{% call(y, z=9) g(5) %}<{{ y }}{{ z }}>{% endcall %}
{% macro fact(k) %}{{ 1 if k <= 1 else k * fact(k - 1)|int }}{% endmacro %}{{ fact(5) }}
{% macro g() %}{% endmacro %}{{ g.name }}{{ g.arguments }}{{ g.catch_kwargs }}{{ g }}{{ g is callable }}
{% macro outer() %}{% macro inner() %}i{{ k }}{% endmacro %}{% set k = 2 %}{{ inner() }}{% endmacro %}{{ outer() }}
{% for a in l %}{% macro g() %}{{ a }}{% endmacro %}{{ g() }}{% endfor %}
{% set q %}  hi {{ i }} {% endset %}[{{ q }}]{{ q|length }}
{% set q | upper | trim %} a {% endset %}[{{ q }}]
{% filter upper %}a{{ s }}{% endfilter %}{% filter replace('a', 'b')|upper %}xa{% endfilter %}
{% with a=1, b=i %}{{ a }}{{ b }}{% endwith %}{{ a }}
{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}
{% with i=1, b=i %}{{ b }}{% endwith %}
{% for a in [[1, [2]], [3]] recursive %}{{ loop(a) if a is iterable else a }}{{ loop.depth }}{% endfor %}
{% for a in l %}{{ loop(l) }}{% endfor %}
{% generation %}{% set q = 1 %}{{ i }}{{ q }}{% endgeneration %}{{ q }}
{% for a in l %}{% generation %}{{ a }}{{ loop.index }}{% endgeneration %}{% endfor %}
{% block b %}{{ i }}{% endblock %}
{% set q = cycler('a', 'b') %}{{ q.next() }}{{ q.next() }}{{ q.next() }}{{ q.current }}
{% set j = joiner() %}{{ j() }}a{{ j() }}b{{ j() }}c
{{ raise_exception('no ' ~ i) }}
{{ raise_exception(n) }}
{{ raise_exception() }}
{{ strftime_now('%Y-%m-%d %H:%M:%S.%f %a %A %b %B %j %p %I %y %U %w %% %-d %e %z|%Z|') }}
{{ strftime_now(5) }}
{% if nosuch %}a{% elif l %}b{% else %}c{% endif %}{% if '' %}{% elif 0 %}{% else %}d{% endif %}
{% set q = l|map('string') %}{{ q|list }}{{ q|list }}
{% set q = [] %}{% for a in l %}{% set q = q + [a] %}{% endfor %}{{ q }}
{% for a in l %}{% if loop.first %}{% set q = 5 %}{% endif %}{{ q }}{% endfor %}
{{ messages|length }}{{ messages[-1].content[0].text }}{{ messages[0]['content'].strip() }}
{% for a in range(3) %}{% for b in range(a) %}{{ loop.index }}{{ loop.parent }}{% endfor %}{% endfor %}
{% for a in l %}{% set x = a %}{% if x > 1 %}{{ x }}{% endif %}{% endfor %}{{ x }}
""",
    "filters": r"""
{{ s|upper }}{{ s|lower }}{{ s|title }}{{ s|capitalize }}{{ 'a-b (c) d_e éa'|title }}{{ 5|upper }}{{ n|upper }}
{{ 'ß'|upper }}{{ 'İ'|lower }}{{ 'ΑΣ'|lower }}{{ 'ΑΣ Σ'|lower }}{{ 'ǆ'|capitalize }}{{ 'ŉ'|upper }}
{{ ws|trim }}|{{ 'xxaxx'|trim('x') }}|{{ n|trim }}|{{ 5|trim }}
{{ 'aXbXc'|replace('X', '-') }}{{ 'aaa'|replace('a', 'b', 2) }}{{ 'abc'|replace('', '-') }}{{ 5|replace(5, 6) }}{{ 'a'|replace('a', n) }}
{{ 'a'|replace('a') }}
{{ l|join }}{{ l|join(', ') }}{{ l|join(1) }}{{ people|join(',', attribute='name') }}{{ s|join('-') }}{{ d|join }}{{ [n, t, 1.0]|join('|') }}
{{ n|join }}
{{ 5|join }}
{{ l|length }}{{ s|length }}{{ d|length }}{{ s|count }}{{ d.items()|length }}
{{ n|length }}
{{ 5|length }}
{{ l|map('string')|length }}
{{ l|first }}{{ l|last }}{{ s|first }}{{ s|last }}{{ d|first }}{{ []|first }}{{ []|last }}{{ [1]|map('string')|first }}
{{ ([]|first).x }}
{{ n|first }}
{{ l|map('string')|last }}
{{ l|sort }}{{ l|sort(reverse=true) }}{{ m|sort }}{{ m|sort(case_sensitive=true) }}{{ people|sort(attribute='age,name')|map(attribute='name')|list }}{{ people|sort(reverse=true, attribute='age')|map(attribute='name')|list }}
{{ [1, 'a']|sort }}
{{ [n, 1]|sort }}
{{ people|sort(attribute='tags') }}
{{ l|min }}{{ l|max }}{{ m|min }}{{ m|max }}{{ []|min }}{{ people|max(attribute='age') }}{{ m|min(case_sensitive=true) }}
{{ l|sum }}{{ people|sum(attribute='age') }}{{ [1.5, 2]|sum }}{{ []|sum }}{{ [[1], [2]]|sum(start=[]) }}
{{ ['a']|sum }}
{{ ['a', 'b']|sum(start='') }}
{{ ['b', 'A', 'a', 'B']|unique|list }}{{ ['b', 'A', 'a']|unique(true)|list }}{{ people|unique(attribute='age')|map(attribute='name')|list }}{{ [1, 1.0, t, '1']|unique|list }}
{{ [[1]]|unique|list }}
{{ people|groupby('age') }}
{% for age, group in people|groupby('age') %}{{ age }}:{{ group|map(attribute='name')|join(',') }};{% endfor %}{% for g in people|groupby('age') %}{{ g.grouper }}{{ g.list|length }}{% endfor %}
{{ people|groupby('tags', default='none')|list }}
{{ people|map(attribute='tags')|list }}{{ people|map(attribute='tags', default='-')|list }}{{ people|map(attribute='tags.0')|list }}{{ m|map('upper')|join }}{{ m|map('replace', 'a', 'z')|list }}
{{ people|map(attribute='name', x=1)|list }}
{{ people|map|list }}
{{ people|selectattr('tags')|list|length }}{{ people|selectattr('age', 'equalto', 30)|map(attribute='name')|list }}{{ people|rejectattr('tags', 'defined')|map(attribute='name')|list }}{{ people|selectattr('age', '>', 26)|list|length }}{{ people|selectattr('name', 'in', ['Ann'])|list|length }}
{{ people|selectattr|list }}
{{ l|select('odd')|list }}{{ l|reject('odd')|list }}{{ [0, 1, '', n]|select|list }}{{ [0, 1, '', n]|reject|list }}{{ l|select('gt', 1)|list }}{{ l|select('divisibleby', 3)|list }}
{{ l|select('gt')|list }}
{{ d|dictsort }}{{ {'b': 1, 'A': 2, 'c': 0}|dictsort(false, 'value') }}{{ {'b': 1, 'A': 2}|dictsort(true) }}{{ {'b': 1, 'A': 2}|dictsort(reverse=true) }}
{{ d|dictsort(by='x') }}
{{ l|dictsort }}
{{ l|items|list }}
{{ nosuch|items|list }}{{ d|items|list }}
{{ l|reverse|list }}{{ s|reverse }}{{ d|reverse|list }}{{ l|map('string')|reverse }}
{{ 5|reverse }}
{{ l|list }}{{ s|list }}{{ d|list }}{{ 'añ'|list }}{{ l|map('string')|list }}
{{ n|list }}
{{ l|batch(2)|list }}{{ l|batch(2, 'x')|list }}{{ l|slice(2)|list }}{{ l|slice(2, 'x')|list }}{{ l|slice(5)|list }}{{ []|batch(2)|list }}
{{ lines|indent }}|{{ lines|indent(2, true) }}|{{ lines|indent(2, first=true, blank=true) }}|{{ 'a\nb'|indent('>>') }}|{{ ''|indent }}|{{ 'a\n'|indent }}|{{ '\na'|indent(1) }}
{{ 5|indent }}
{{ n|indent }}
{{ '3.7'|int }}{{ '0x1f'|int(base=16) }}{{ 'x'|int(5) }}{{ ' 42 '|int }}{{ '1_0'|int }}{{ 3.9|int }}{{ -3.9|int }}{{ t|int }}{{ n|int }}{{ '1e3'|int }}{{ ''|int }}{{ '0b11'|int(0, 0) }}{{ 'z'|int(base=36) }}{{ '-5'|int }}{{ l|int }}
{{ '3.7'|float }}{{ 'x'|float }}{{ 'x'|float(1.5) }}{{ 5|float }}{{ ' 1e3 '|float }}{{ 'inf'|float }}{{ '.5'|float }}{{ '5.'|float }}{{ '1_0.5'|float }}{{ n|float }}{{ '.'|float }}{{ '1e'|float }}
{{ 3.456|round(2) }}{{ 2.5|round }}{{ 3.5|round }}{{ -2.5|round }}{{ 3.7|round|int }}{{ 2.5|round(0, 'floor') }}{{ 2.1|round(0, 'ceil') }}{{ 5|round }}{{ 1234|round(-2) }}{{ 2.675|round(2) }}{{ 1250|round(-2) }}{{ 42.55|round(1, 'floor') }}
{{ 'a'|round }}
{{ 1.5|round(0, 'x') }}
{{ -3|abs }}{{ -2.5|abs }}{{ neg|abs }}
{{ 'a'|abs }}
{{ '%.2f'|format(3.14159) }}{{ '%s-%d'|format('a', 3) }}{{ '%(a)s'|format(a=1) }}
{{ '%s %s'|format(1) }}
{{ '%s'|format(1, 2) }}
{{ nosuch|default('a') }}{{ ''|default('a') }}{{ ''|default('a', true) }}{{ n|default('a') }}{{ n|d('a', boolean=true) }}{{ nosuch|default }}{{ 0|default(5, true) }}
{{ html|e }}{{ html|escape|length }}{{ html|e|e }}{{ html|safe|forceescape }}{{ n|e }}{{ '"\''|e }}
{{ '<p>Hi <b>x</b>  &amp; y</p>'|striptags }}{{ '<!-- c -->a'|striptags }}{{ 'a < b'|striptags }}
{{ s|center(15) }}|{{ 'ab'|center(5) }}|{{ 'abc'|center(6) }}|
{{ 'foo bar baz qux'|truncate(9) }}{{ 'foo bar baz qux'|truncate(9, true) }}{{ 'foo bar baz qux'|truncate(11) }}{{ 'foo bar baz qux'|truncate(11, false, '...', 0) }}{{ 'foobarbazquxfoo'|truncate(5, leeway=0) }}
{{ 'foo'|truncate(1) }}
{{ s|wordcount }}{{ uni|wordcount }}{{ 'a b  c_d-e'|wordcount }}
{{ 'the quick brown fox jumps'|wordwrap(10) }}{{ 'averyverylongword x'|wordwrap(5) }}{{ 'a-long-hyphenated word'|wordwrap(8) }}{{ 'one two'|wordwrap(3, wrapstring='|') }}{{ 'averyverylong x'|wordwrap(5, false) }}
{{ 1|filesizeformat }}{{ 500|filesizeformat }}{{ 123456|filesizeformat }}{{ 123456|filesizeformat(true) }}{{ '1e10'|filesizeformat }}
{{ {'a': 'x<', 'b': n, 'c': 1}|xmlattr }}{{ {'a': 1}|xmlattr(false) }}{{ {}|xmlattr }}
{{ {'a b': 1}|xmlattr }}
{{ 'a b/c?é'|urlencode }}{{ {'a': 'b c', 'd': 1}|urlencode }}{{ [('a', '/')]|urlencode }}
{{ d|pprint }}{{ s|pprint }}{{ l|pprint }}
{{ people|pprint }}
{{ d|attr('items') is callable }}{{ d|attr('b') }}{{ s|attr('nosuch') }}
{{ 1|string }}{{ n|string }}{{ l|string }}{{ 1.0|string|length }}
{{ d|tojson }}{{ uni|tojson }}{{ uni|tojson(ensure_ascii=true) }}{{ html|tojson }}{{ '\x00\x1f\x7f\u2028"\\/'|tojson }}{{ '\x7f'|tojson(true) }}
{{ d|tojson(indent=2) }}{{ []|tojson(indent=2) }}{{ {}|tojson(indent=2) }}{{ [[], {}]|tojson(indent=1) }}{{ l|tojson(indent='--') }}{{ l|tojson(indent=0) }}
{{ {'b': 1, 'a': {'d': 1, 'c': 2}}|tojson(sort_keys=true) }}{{ l|tojson(separators=(',', ':')) }}{{ d|tojson(separators=(',', ': '), indent=1) }}
{{ {1: 'a', n: 'b', t: 'c', 1.5: 'd'}|tojson }}{{ (1, 2)|tojson }}{{ [1.0, 1e20, 0.1, t, n]|tojson }}{{ 1e400|tojson }}{{ html|safe|tojson }}
{{ {(1, 2): 1}|tojson }}
{{ l|map('string')|tojson }}
{{ range(3)|tojson }}
{{ namespace()|tojson }}
{{ d.items()|tojson }}
{{ {1: 1, 'a': 2}|tojson(sort_keys=true) }}
{{ s|trim(1) }}
{{ s|trim('a', 'b') }}
{{ s|upper(1) }}
{{ s|indent(nosuch=1) }}
{{ s|default('a', default_value='b') }}
{{ l|first(1) }}
{{ l|map('upper', 1)|list }}
{{ l|random is number }}
""",
    "tests": r"""
{{ i is number }}{{ t is number }}{{ x is number }}{{ s is number }}{{ t is boolean }}{{ t is integer }}{{ i is integer }}{{ x is float }}{{ s is string }}{{ (s|safe) is string }}
{{ d is mapping }}{{ l is mapping }}{{ l is sequence }}{{ s is sequence }}{{ d is sequence }}{{ (1,) is sequence }}{{ i is sequence }}{{ range(3) is sequence }}{{ d.items() is sequence }}{{ (l|map('string')) is sequence }}
{{ l is iterable }}{{ s is iterable }}{{ d is iterable }}{{ i is iterable }}{{ n is iterable }}{{ (l|map('string')) is iterable }}{{ d.keys() is iterable }}{{ nosuch is iterable }}
{{ n is none }}{{ nosuch is none }}{{ nosuch is undefined }}{{ n is defined }}{{ d.q is defined }}{{ d.b is defined }}
{{ t is true }}{{ 1 is true }}{{ f is false }}{{ 0 is false }}{{ i is odd }}{{ i is even }}{{ i is divisibleby 7 }}{{ i is divisibleby(2) }}{{ x is odd }}
{{ 'A' is upper }}{{ 'a' is lower }}{{ 'aB' is lower }}{{ '1' is upper }}{{ '' is lower }}{{ 5 is lower }}
{{ i is eq 7 }}{{ i is equalto 7 }}{{ i is ne 7 }}{{ i is gt 6 }}{{ i is ge 7 }}{{ i is lt 7 }}{{ i is le 7 }}{{ i is greaterthan 1 }}{{ i is lessthan 1 }}{{ i is in [7] }}{{ 'a' is in 'abc' }}
{{ n is sameas n }}{{ t is sameas true }}{{ l is sameas l }}{{ [1] is sameas [1] }}{{ 1 is sameas 1.0 }}
{{ (html|safe) is escaped }}{{ html is escaped }}{{ range is callable }}{{ s.upper is callable }}{{ s is callable }}{{ 'upper' is filter }}{{ 'odd' is test }}{{ 'nosuch' is filter }}
{{ s is not string }}{{ not s is string }}{{ i is defined and i > 3 }}{{ s is string or nosuch.a }}{{ i is not divisibleby 2 }}
{{ 'a' is odd }}
{{ n is even }}
{{ n is in 5 }}
{{ i is divisibleby 0 }}
{{ i is gt 'a' }}
{{ i is odd(1) }}
{{ i is eq }}
""",
    "methods": r"""
{{ s.upper() }}{{ s.lower() }}{{ s.title() }}{{ s.capitalize() }}{{ s.swapcase() }}{{ 'ß'.casefold() }}{{ "they're bill's".title() }}
{{ ws.strip() }}|{{ ws.lstrip() }}|{{ ws.rstrip() }}|{{ 'xyax'.strip('xy') }}|{{ 'xyax'.lstrip('xy') }}|{{ 'xyax'.rstrip('xy') }}|{{ 'a'.strip(n) }}|{{ '日a日'.strip('日') }}
{{ s.split() }}{{ s.split('o') }}{{ s.split('o', 1) }}{{ s.rsplit('o', 1) }}{{ ''.split() }}{{ ''.split(',') }}{{ ' a  b c '.split() }}{{ ' a  b c '.split(n, 1) }}{{ ' a  b c '.rsplit(n, 1) }}{{ ' a b '.split(' ') }}{{ 'a,b,c'.split(',', maxsplit=1) }}{{ 'a,b'.split(sep=',') }}{{ 'a\u00a0b\u3000c'.split() }}
{{ lines.splitlines() }}{{ lines.splitlines(true) }}{{ 'a\x0bb\x0cc\x1cd\x85e\u2028f'.splitlines() }}{{ ''.splitlines() }}
{{ s.startswith('He') }}{{ s.startswith(('x', 'H')) }}{{ s.endswith('ld') }}{{ s.startswith('l', 2) }}{{ s.startswith('l', 2, 3) }}{{ s.startswith('') }}{{ s.endswith('l', 0, 4) }}{{ s.startswith('', 99) }}{{ s.endswith(()) }}
{{ s.find('o') }}{{ s.rfind('o') }}{{ s.find('zz') }}{{ s.index('W') }}{{ s.count('l') }}{{ s.count('') }}{{ s.find('o', 5) }}{{ s.find('o', 0, 4) }}{{ uni.find('日') }}{{ uni.rfind('e') }}{{ 'aaa'.count('aa') }}{{ s.find('', 3) }}{{ s.rfind('o', -4) }}
{{ s.index('zz') }}
{{ s.replace('l', 'L') }}{{ s.replace('l', 'L', 1) }}{{ 'ab'.replace('', '-') }}{{ 'ab'.replace('', '-', 1) }}{{ 'aaa'.replace('a', '') }}{{ '日本'.replace('日', 'x') }}
{{ ','.join(m) }}{{ ''.join('abc') }}{{ '-'.join(d) }}{{ ','.join([]) }}{{ ','.join(m|map('upper')) }}
{{ ','.join(l) }}
{{ ','.join(5) }}
{{ s.partition(' ') }}{{ s.partition('x') }}{{ s.rpartition('o') }}{{ s.rpartition('x') }}
{{ s.removeprefix('Hello ') }}{{ s.removesuffix('World') }}{{ s.removeprefix('x') }}
{{ 'ab'.center(6) }}|{{ 'ab'.center(7, '*') }}|{{ 'abc'.center(6, '*') }}|{{ 'a'.ljust(3) }}|{{ 'a'.rjust(3, '0') }}|{{ '-5'.zfill(4) }}|{{ '5'.zfill(3) }}|{{ 'abc'.center(2) }}
{{ 'abc'.isalpha() }}{{ 'ab1'.isalnum() }}{{ '12'.isdigit() }}{{ '²'.isdigit() }}{{ '½'.isnumeric() }}{{ '12'.isdecimal() }}{{ ' \t'.isspace() }}{{ 'a'.islower() }}{{ 'A1'.isupper() }}{{ 'Ab Cd'.istitle() }}{{ ''.isalpha() }}{{ 'é'.isascii() }}{{ 'a_1'.isidentifier() }}{{ 'a\n'.isprintable() }}
{{ 'a\tb\n\tc'.expandtabs(4) }}|{{ 'a\tb'.expandtabs() }}
{{ '{} {}'.format(1, 'a') }}{{ '{1}{0}'.format('a', 'b') }}{{ '{a}'.format(a=1) }}{{ '{{}}'.format() }}{{ '{0.b}{0[a][0]}'.format(d) }}{{ '{!r}'.format('a') }}{{ '{:>5}|{:<5}|{:^5}|{:*^7}'.format('a', 'b', 'c', 'd') }}
{{ '{:d} {:5d} {:05d} {:+d} {:x} {:#x} {:b} {:,} {:_}'.format(1, 2, -3, 4, 255, 255, 5, 1234567, 1234567) }}
{{ '{:.2f} {:8.3f} {:e} {:g} {:.1%} {} {:.3} {:,.2f} {:08.2f}'.format(3.14159, 2.5, 12345.678, 0.0001, 0.256, 1.0, 3.14159, 1234567.891, -3.5) }}
{{ '{:.2}{:5.1}|{:{}}'.format('abc', 'xyz', 'a', 4) }}{{ '{a[b]}'.format(a={'b': 1}) }}{{ '{:s}'.format('a') }}
{{ '{}'.format() }}
{{ '{a}'.format() }}
{{ '{'.format() }}
{{ '}'.format() }}
{{ '{:d}'.format('a') }}
{{ '{0}{}'.format(1, 2) }}
{{ '{0.__class__}'.format(1) }}
{{ '%s %r %d %5d|%-5d|%05d %+d %x %X %o %#x %c %%' % ('a', 'b', 3, 4, 5, 6, 7, 255, 255, 8, 255, 'z') }}
{{ '%f %.2f %e %g %10.3f|%-10.1f|%010.2f %+.1f' % (1.5, 2.345, 12345.678, 0.00001, 3.14159, 2.5, -3.5, 2.0) }}
{{ '%(a)s %(b)05.1f' % {'a': 1, 'b': 2.25} }}{{ '%s' % n }}{{ '%s' % (l,) }}{{ '%s' % l }}{{ '%s' % d }}{{ '%5s|%-5s|%.2s' % ('a', 'b', 'xyz') }}{{ '%d' % 3.9 }}{{ '%s' % nosuch }}{{ '%*d' % (5, 3) }}{{ '%i' % t }}
{{ '%d' % 'a' }}
{{ '%s %s' % 'a' }}
{{ '%s' % (1, 2) }}
{{ '%' % 1 }}
{{ '%y' % 1 }}
{{ '%(a)s' % {} }}
{{ '%(a)s' % 1 }}
{{ '%x' % 1.5 }}
{{ '%f' % 'a' }}
{{ 'a' % 1 }}
{{ d.get('b') }}{{ d.keys() }}{{ d.values() }}{{ d.items() }}{{ d.copy() }}{{ d.keys()|list }}{{ d.items()|list|length }}
{{ d.items()[0] }}|{{ d.keys()|first }}
{{ d.items()[:1] }}
{{ l.index(1) }}{{ l.count(1) }}{{ l.copy() }}{{ (1, 2, 1).count(1) }}{{ (1, 2).index(2) }}
{{ l.index(9) }}
{{ (1,).index(9) }}
{{ s.replace('a') }}
{{ s.replace('a', 'b', count=1) }}
{{ s.replace(1, 'b') }}
{{ s.upper(1) }}
{{ s.split('') }}
{{ s.split(1) }}
{{ s.startswith(1) }}
{{ s.startswith() }}
{{ s.strip(1) }}
{{ s.strip('a', 'b') }}
{{ s.find(1) }}
{{ s.nosuch() }}
{{ d.nosuch() }}
{{ l.nosuch() }}
{{ n.strip() }}
{{ i.strip() }}
{{ d.get() }}
{{ d.get([]) }}
{{ d.items(1) }}
{{ s.center() }}
{{ s.center(5, 'ab') }}
{{ ''.join() }}
{{ x.is_integer() }}{{ 2.0.is_integer() }}{{ i.bit_length() }}{{ i.real }}{{ i.imag }}
{{ messages[0].content.nosuch }}|{{ messages[2].tool_calls[0].function.arguments.items()|list }}
""",
}


def render(environment, template):
    case = {"template": template}
    try:
        case["text"] = environment.from_string(template).render(**CONTEXT)
    except SyntaxError as error:
        case |= {"error": "SyntaxError", "message": error.msg}
    except jinja2.TemplateSyntaxError as error:
        case |= {"error": type(error).__name__, "message": str(error.message), "line": error.lineno}
    except Exception as error:
        case |= {"error": type(error).__name__, "message": str(error)}
    return case


def main():
    environment = make_environment()
    groups = {"templates": [render(environment, source) for source in TEMPLATES.values()]}
    for group, lines in SNIPPETS.items():
        templates = []
        for line in lines.strip("\n").split("\n"):
            templates.append(line.replace("¶", "\n"))
        groups[group] = [render(environment, template) for template in templates]
    result = {"jinja2": jinja2.__version__, "context": CONTEXT, "groups": groups}
    path = pathlib.Path(__file__).parent / "chat_templates" / "cases.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    print({group: len(cases) for group, cases in groups.items()})


if __name__ == "__main__":
    main()
