"""Tests of the comparison itself, with contestants made up: python3 -m unittest discover -s Benchmarks/Peers."""

import json
import os
import sys
import tempfile
import types
import unittest

import bench_peers
import contestants
import machine
import report

bench_peers.say = lambda text: None

# Answers "open" and "prefill"; dies of "decode", hangs at "batch", refuses "embed".
WORKER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from worker import serve
class Engine:
    def prefill(self, prompt):
        print("noise")
        return prompt * 2.0
    def decode(self, context, tokens):
        sys.exit("out of luck")
    def batch(self, sequences, prompt, tokens):
        time.sleep(60)
    def embed(self, texts):
        raise ValueError("no texts today")
serve(lambda request: Engine())
"""


class Scripted(contestants.Contestant):
    """Answers what it is given, in order; a text is a failure."""

    kinds = ("prefill", "cold")

    def __init__(self, name, answers):
        super().__init__(types.SimpleNamespace())
        self.name, self.answers = name, {key: list(values) for key, values in answers.items()}
        self.variants = tuple(answers)

    def model(self, row, cell):
        return "model"

    def measure(self, row, cell, variant):
        answer = self.answers[variant].pop(0)
        if isinstance(answer, str):
            raise contestants.Failure(answer)
        return {"rate": answer}

    def ceilings(self):
        return {"read_gb_per_second": 20.0}


def run(kind, rounds, *everyone):
    options = types.SimpleNamespace(rounds=rounds, limit=60, quiet_wait=0, threads=2)
    return bench_peers.CellRun(options, "SmolLM2 bf16", {"name": kind, "kind": kind}, everyone).run()


class CellTests(unittest.TestCase):
    def setUp(self):
        bench_peers.SETTLE_SECONDS = 0

    def test_ratio_is_of_medians_to_the_best_peer(self):
        line = run("prefill", 3, Scripted("ours", {"": [30, 10, 20]}), Scripted("slow", {"": [5, 5, 5]}),
                   Scripted("fast", {"": [10, 8, 50]}))
        self.assertEqual((line["best"], line["ratio"]), ("fast", 2.0))
        # Ours began the first round, another each of the next: answers still belong to rounds.
        self.assertEqual(line["ratios"]["runs"], [3, 1.25, 0.4])

    def test_less_is_better_for_a_cold_start(self):
        line = run("cold", 1, Scripted("ours", {"": [9, 0.1]}), Scripted("a", {"": [9, 0.4]}),
                   Scripted("b", {"": [9, 0.2]}))
        self.assertEqual((line["best"], line["ratio"]), ("b", 2.0))

    def test_settings_far_from_the_best_are_dropped(self):
        peer = Scripted("peer", {"on": [10, 10], "off": [5], "auto": [9.5, 9.5]})
        line = run("prefill", 2, Scripted("ours", {"": [10, 10]}), peer)
        self.assertEqual({name: len(one["runs"]) for name, one in line["peers"].items()},
                         {"peer on": 2, "peer off": 1, "peer auto": 2})
        self.assertNotIn("failed", line)

    def test_a_peer_that_fails_is_told_and_left_out(self):
        line = run("prefill", 2, Scripted("ours", {"": [10, 10]}), Scripted("broken", {"": ["no luck"]}))
        self.assertEqual(line["failed"], {"broken": "no luck"})
        self.assertNotIn("ratio", line)


class WorkerTests(unittest.TestCase):
    def setUp(self):
        self.process = contestants.Process([sys.executable, "-c", WORKER, str(contestants.HERE)])
        self.assertEqual(self.process.ask(20, do="open", model="x"), {})

    def tearDown(self):
        self.process.process.kill()
        self.process.close()

    def failure(self, limit, **request):
        with self.assertRaises(contestants.Failure) as caught:
            self.process.ask(limit, **request)
        return str(caught.exception)

    def test_answers_and_refuses(self):
        self.assertEqual(self.process.ask(20, do="prefill", prompt=8), {"rate": 16.0})
        with tempfile.NamedTemporaryFile() as texts:
            self.assertEqual(self.failure(20, do="embed", texts=texts.name), "ValueError: no texts today")
        self.assertEqual(self.process.ask(20, do="prefill", prompt=1), {"rate": 2.0})

    def test_tells_the_last_words_of_a_worker_that_ended(self):
        self.assertEqual(self.failure(20, do="decode", context=0, tokens=1), "ended with status 1: out of luck")

    def test_does_not_wait_for_ever(self):
        self.assertEqual(self.failure(0.2, do="batch", sequences=1, prompt=1, tokens=1), "no answer within 0 s")


class PartTests(unittest.TestCase):
    def test_a_number_in_a_filter_is_a_whole_one(self):
        names = ["prefill 128", "decode at 2048", "batch 8", "batch 32"]
        self.assertEqual([name for name in names if bench_peers.wanted(name, "batch 8,at 2048")],
                         ["decode at 2048", "batch 8"])
        self.assertTrue(bench_peers.wanted("anything", ""))

    def test_the_latest_line_of_a_cell_is_in_the_table(self):
        line = {"row": "r", "cell": "c", "unit": "tokens/s", "peers": {}, "foreign_share": 0.5}
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            for speed in (1.0, 250.0):
                file.write(json.dumps({**line, "ours": "", "settings": {"": report.spread([speed])}}) + "\n")
            file.flush()
            rows = report.table(report.read(file.name)).splitlines()[2:]
        self.assertEqual(rows, ["| r | c, tokens/s | 250 (250–250) | – |  |  | – | – | 0.50 |"])

    def test_cold_runs_tell_time_memory_and_failure(self):
        answer = contestants.run_cold([sys.executable, "-c", "b = bytearray(50_000_000)"], 20)
        self.assertGreater(answer["peak_mb"], 48)
        self.assertGreater(answer["rate"], 0)
        with self.assertRaisesRegex(contestants.Failure, "status 3: gone"):
            contestants.run_cold([sys.executable, "-c", "print('gone'); exit(3)"], 20)
        with self.assertRaisesRegex(contestants.Failure, "status -9"):
            contestants.run_cold([sys.executable, "-c", "import time; time.sleep(60)"], 0.3)

    def test_own_children_are_not_foreign(self):
        use = machine.Use()
        contestants.run([sys.executable, "-c", "for _ in range(3_000_000): pass"], 60)
        ticks = machine.computed_ticks(os.getpid()) - use.start[1]
        self.assertGreater(ticks, 3)


if __name__ == "__main__":
    unittest.main()
