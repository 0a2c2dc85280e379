"""The protocol between bench_peers.py and what it measures: a JSON object a line, as `Benchmarks answer` speaks it.

A worker answers "open" (a model), "prefill", "decode", "batch" and "embed"; see AnswerCommand.swift.
"""

import json
import os
import random
import sys
import time


def elapsed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Generator:
    """Measures an engine whose only door is `generate(sequences, prompt, tokens)`."""

    def generate(self, sequences, prompt, tokens):
        """Reads prompts of random tokens and generates `tokens` for each."""
        raise NotImplementedError

    def timed(self, sequences, prompt, tokens):
        return elapsed(lambda: self.generate(sequences, prompt, tokens))

    def prefill(self, prompt):
        return prompt / self.timed(1, prompt, 1)

    def decode(self, context, tokens):
        context = max(1, context)
        # What is taken off is read twice where that is cheap: a slow first run would flatter the rest.
        short = min(self.timed(1, context, 1) for _ in range(1 if context > 256 else 2))
        return tokens / max(1e-9, self.timed(1, context, tokens + 1) - short)

    def batch(self, sequences, prompt, tokens):
        short = self.timed(sequences, prompt, 1)
        return sequences * tokens / max(1e-9, self.timed(sequences, prompt, tokens + 1) - short)


def random_tokens(count, vocabulary=48000):
    return [random.randrange(100, vocabulary) for _ in range(count)]


def serve(open_model):
    """Answers until standard input ends; `open_model(request)` gives what measures."""
    # Libraries print where they like: answers go where standard output went.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine = None
    for line in sys.stdin:
        try:
            request = json.loads(line)
            kind = request.pop("do")
            if kind == "open":
                engine = open_model(request)
                answer = {}
            else:
                if kind == "embed":
                    with open(request["texts"], encoding="utf-8") as file:
                        request["texts"] = [text for text in file.read().split("\n") if text]
                answer = {"rate": getattr(engine, kind)(**request)}
        except Exception as error:  # pylint: disable=broad-except  (a peer may fail as it likes)
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        answers.write(json.dumps(answer) + "\n")
