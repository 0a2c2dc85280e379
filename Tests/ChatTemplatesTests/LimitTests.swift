import ChatTemplates
import JSON
import TestSupport
import Testing

/// Hostile templates end with an error, never with a crash or without end.
@Suite struct LimitTests {
  private func error(
    _ template: String,
    _ variables: JSONObject = JSONObject(),
    limits: TemplateLimits = TemplateLimits(textBytes: 1 << 20, work: 200_000)
  ) -> TemplateError? {
    do throws(TemplateError) {
      _ = try ChatTemplate(template).render(variables, limits: limits)
      return nil
    } catch {
      return error
    }
  }

  private func isLimit(_ error: TemplateError?) -> Bool {
    if case .limitExceeded = error { true } else { false }
  }

  @Test(
    arguments: [
      "{{ " + String(repeating: "(", count: 20_000),
      "{{ " + String(repeating: "[", count: 20_000),
      "{{ " + String(repeating: "{1:", count: 20_000),
      "{{ " + String(repeating: "-", count: 20_000) + "1 }}",
      "{{ a" + String(repeating: ".a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "[a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "(a", count: 20_000) + " }}",
      "{{ a" + String(repeating: "|e", count: 20_000) + " }}",
      "{{ a" + String(repeating: " if a else a", count: 20_000) + " }}",
      "{{ a" + String(repeating: " if a", count: 20_000) + " }}",
      String(repeating: "{% if a %}", count: 20_000),
      String(repeating: "{% for a in a %}", count: 20_000),
      "{% for " + String(repeating: "(", count: 20_000) + "a",
    ]
  )
  func `refuses a template nested too deeply`(template: String) {
    #expect(isLimit(error(template)))
  }

  @Test(
    arguments: [
      "{% macro g() %}{{ g() }}{% endmacro %}{{ g() }}",
      "{% macro g(x) %}{% if x %}{% for a in [1] %}{{ g(x)|upper }}{% endfor %}{% endif %}"
        + "{% endmacro %}{{ g(1) }}",
      "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
      "{% set ns = namespace(x='a') %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}",
      "{% set ns = namespace(x=1) %}{% for a in range(999) %}{% set ns.x = [ns.x] %}{% endfor %}",
      "{% set ns = namespace(x=1) %}{% for a in range(999) %}{% set ns.x = {'a': ns.x} %}{% endfor %}",
      "{% set ns = namespace(x=[1]) %}{% for a in range(999) %}{% set ns.x = ns.x|map('string') %}"
        + "{% endfor %}{{ ns.x|list }}",
      "{% set ns = namespace(x=[]) %}{% for a in range(999) %}{% for b in [ns.x] %}"
        + "{% set ns.x = loop %}{% endfor %}{% endfor %}",
      "{{ 'a' * 9999999999 }}", "{{ [1] * 9999999999 }}", "{{ 'a'.center(9999999999) }}",
      "{{ 'a'.ljust(9999999999) }}", "{{ 'a'.zfill(9999999999) }}",
      "{{ 'a\t'.expandtabs(9999999999) }}", "{{ '%9999999999d' % 1 }}",
      "{{ '%.9999999999f' % 1 }}", "{{ '%*d' % (9999999999, 1) }}",
      "{{ '{:9999999999}'.format(1) }}", "{{ '{:.9999999999f}'.format(1.5) }}",
      "{{ 'a'|center(9999999999) }}", "{{ 'a\nb'|indent(9999999999) }}",
      "{{ [1]|tojson(indent=9999999999) }}", "{{ [1]|batch(9999999999, 1)|list }}",
      "{{ [1]|slice(9999999999)|list }}", "{{ ('a' * 9999)|replace('a', 'b' * 9999) }}",
      "{{ ('a' * 9999).replace('', 'b' * 9999) }}", "{{ range(9999)|join('b' * 9999) }}",
      "{{ ('b' * 9999).join('a' * 9999) }}", "{{ 2 ** 99999999 }}",
      "{{ 9223372036854775807 + 1 }}", "{{ -9223372036854775807 - 2 }}",
      "{{ 99999999999999999999 }}", "{{ '99999999999999999999'|int }}", "{{ 1e300|int }}",
      "{{ (-9223372036854775807 - 1) // -1 }}", "{{ -(-9223372036854775807 - 1) }}",
      "{{ (-9223372036854775807 - 1)|abs }}",
      "{% for a in range(99999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}",
    ]
  )
  func `ends a render that wants too much`(template: String) {
    #expect(isLimit(error(template)))
  }

  @Test func `renders values that refer to themselves`() throws {
    let template =
      "{% set ns = namespace() %}{% set ns.me = ns %}{% macro g() %}{% endmacro %}"
      + "{% set ns.g = g %}{{ (ns|string)[:23] }}"
    #expect(try ChatTemplate(template).render(JSONObject()) == "<Namespace {'me': <Name")
  }

  @Test func `survives every prefix of a template`() throws {
    let file = try JSON(parsing: try Fixtures.bytes("chat_templates/cases.json"))
    let templates = try #require(file["groups"]?["templates"]?.arrayValue)
    let context = try #require(file["context"]?.objectValue)
    for template in templates {
      let source = Array(try #require(template["template"]?.stringValue).unicodeScalars)
      for end in source.indices {
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: source[..<end])
        _ = error(String(prefix), context)
      }
    }
  }

  @Test(arguments: 0..<20) func `survives templates of random pieces`(seed: UInt64) {
    let pieces = [
      "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", " ", "\n", "if", "for", "in", "set", "else",
      "end", "endif", "endfor", "macro", "is", "not", "a", "b", "'x'", "1", "2.5", "(", ")", "[",
      "]", "{", "}", ":", ",", ".", "|", "~", "*", "**", "/", "%", "=", "==", "<", "join", "list",
      "map", "loop", "none", "range", "é", "\\", "\"", "tojson", "sort", "{{ a", "{{ [1]|",
      "{{ 'x'.",
    ]
    var generator = SeededGenerator(seed)
    for _ in 0..<400 {
      var template = ""
      for _ in 0..<Int.random(in: 1...14, using: &generator) {
        template += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
        if Bool.random(using: &generator) { template += " " }
      }
      _ = error(template, JSON(dictionaryLiteral: ("a", [1, "x", ["b": nil]])).object)
    }
  }
}

extension JSON {
  fileprivate var object: JSONObject { objectValue ?? JSONObject() }
}
