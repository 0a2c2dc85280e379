#!/usr/bin/env python3
"""Times renders of a chat of 50 turns by this project and by jinja2, in turns, as processor time.

usage: bench_templates.py TOOL [FOLDER] [TEMPLATE ...]
TOOL is TemplateLines of Tools/; `make bench-templates` builds it. FOLDER has templates (../shared/data/chat_templates/templates).
Both sides reuse a compiled template; `cold` is reading a template and one render. The figures are the best of many.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

from datetime import datetime

from transformers.utils import chat_template_utils

DEFAULT = ["cz-chatml.jinja", "meta-llama-Llama-3.1-8B-Instruct.jinja", "Qwen-Qwen2.5-7B-Instruct.jinja", "Qwen-Qwen3-0.6B.jinja",
           "cz-phi-3.jinja", "openai-gpt-oss-120b.jinja", "deepseek-ai-DeepSeek-V3.1.jinja", "smollm2-gguf.jinja"]
ROUNDS = 12


class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 26, 12, 34, 56, 789)


def conversation(turns=50):
    messages = [{"role": "system", "content": "You are a helpful assistant. Answer briefly and in the language of the question."}]
    for turn in range(turns):
        messages.append({"role": "user", "content": f"Question {turn}: how does the train from Basel to Zürich run on day {turn % 7}, and what does it cost? " * 2})
        messages.append({"role": "assistant", "content": f"It leaves at {turn % 24:02}:07 and at {turn % 24:02}:37 from platform {turn % 12}. A ticket costs {20 + turn} francs.\n\n- Bring food.\n" * 3})
    messages.append({"role": "user", "content": "Thank you. And back?"})
    return messages


def main():
    tool = sys.argv[1]
    chat_template_utils.datetime = Clock
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "../shared/data/chat_templates/templates")
    names = sys.argv[3:] or DEFAULT
    context = {"messages": conversation(), "tools": None, "documents": None, "add_generation_prompt": True, "bos_token": "<s>", "eos_token": "</s>"}
    process = subprocess.Popen([tool, "repeat", "30"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    process.stdin.write(json.dumps({"context": context}) + "\n")
    worst = 0
    print(f"{'template':45} {'characters':>10} {'jinja2 µs':>10} {'ours µs':>8} {'ratio':>6} {'jinja2 cold':>12} {'ours cold':>10}")
    for name in names:
        source = (folder / name).read_text()
        cold, ours_cold, theirs, ours, text = [], [], [], [], None
        for _ in range(ROUNDS):
            start = time.process_time()
            compiled = chat_template_utils._compile_jinja_template.__wrapped__(source)
            text = compiled.render(**context)
            cold.append(time.process_time() - start)
            for _ in range(30):
                start = time.process_time()
                compiled.render(**context)
                theirs.append(time.process_time() - start)
            process.stdin.write(json.dumps({"template": source}) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            ours.append(answer["seconds"])
            ours_cold.append(answer["cold"])
        if answer["text"] != text:
            print(f"{name}: the texts differ")
            worst = float("inf")
        best, base = min(ours) * 1e6, min(theirs) * 1e6
        worst = max(worst, best / base)
        print(f"{name:45} {len(text):10} {base:10.0f} {best:8.0f} {best / base:6.3f} {min(cold) * 1e6:12.0f} {min(ours_cold) * 1e6:10.0f}")
    process.stdin.close()
    print(f"largest ratio {worst:.3f} (the aim is 0.2)")


if __name__ == "__main__":
    main()
