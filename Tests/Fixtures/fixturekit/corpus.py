"""Text that the tiny tokenizers learn from, and the prompts that references are made of."""

TRAINING_TEXT = """\
The small boat left the harbor at six in the morning, when the fog was still thick on the water.
Nobody on the quay could see the lighthouse, but everybody could hear the bell that hangs below it.
"Where are we going?" asked the younger sister. "To the island," said the other, "and then back again."
They had taken bread, water, a map and a lantern; the map was wrong and the lantern would not burn.
At noon the wind turned to the north, the fog lifted, and there were other boats around them.
It's a short story, isn't it? They've told it many times, and I'll tell it once more when we're home.
In the year 1984 the harbor had 37 boats; in 2001 it had 112, and today there are 256 of them.
The price of a ticket is 12.50 in summer and 9.75 in winter, and children under 7 travel free.
Une île, un café, une forêt: the names on the map were French, German and Spanish: Straße, mañana.
Names in other scripts: Привет, мир. 你好，世界。 こんにちは。 Emoji are bytes as well: 🙂 🚢 🌊.

def count_boats(harbor):
    total = 0
    for boat in harbor.boats:
        if boat.name != "" and boat.length > 10:
            total += 1
    return total

if __name__ == "__main__":
    print(count_boats(Harbor("north")))

int main(void) { for (int i = 0; i < 10; i++) { printf("%d\\n", i * i); } return 0; }

- one boat, two boats, three boats
- the first of the boats is the smallest of them all
- a model reads tokens and writes tokens, one after the other, until there is nothing more to say
"""

# A template of our own in the ChatML style.
CHAT_TEMPLATE = """\
{%- if messages[0]['role'] != 'system' -%}
{{- '<|im_start|>system\\nYou answer in short sentences.<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{{- '<|im_start|>' + message['role'] + '\\n' + message['content'] | trim + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
"""

CHAT_MESSAGES = [
    {"role": "user", "content": "Where is the boat?"},
    {"role": "assistant", "content": "In the harbor."},
    {"role": "user", "content": "  And the island? 🙂 "},
]

# One token (where none is put in front), a few tokens, and some forty tokens.
SINGLE_TOKEN_TEXT = "A"
SHORT_TEXT = "the small boats of"
LONG_TEXT = "At noon the fog lifted: 42 boats, a café.\n    return boats  # 🚢\nWhere are we"
