#!/usr/bin/env python3
"""Measures swiftllm and other engines in turns, and tells the ratio of each cell.

usage: bench_peers.py --peers DIR [options]

DIR holds what is found there of:
  models/            see cells.py; --prepare makes those of them that are derived from others
  llama.cpp/build/bin/llama-bench, llama-batched-bench, llama-embedding, llama-completion
  venv-vllm          a Python environment with vLLM for CPUs
  venv-ov            with openvino-genai
  venv-ref           with transformers and sentence-transformers

A cell is run by ours and by each peer once to warm up (llama.cpp's programs do that themselves), then in rounds in which
all take turns, each round beginning with another. A peer's settings of which the best counts all run in the first
round, then those within a tenth of the best. What fails is reported and left out. Each cell gives a line of JSON; all
lines of --output, those of earlier runs included, give the table (--table alone prints it again). "foreign" is the share
of the processors that other programs used meanwhile: above 0.1 a figure is worth little.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

import contestants
import machine
import report
from cells import CELLS, ROWS, SMOKE_CELLS, UNITS
from prepare import prepare

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

# Long enough for the threads of the one before to go to sleep.
SETTLE_SECONDS = 0.3

PROMPT = "Write a short story about a lighthouse keeper who finds a letter in a bottle."


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", required=True, metavar="DIR", help="the folder with peers and models")
    parser.add_argument("--only", default="", metavar="NAMES",
                        help="peers to measure, by parts of their names: llama,vllm")
    parser.add_argument("--models", default="", metavar="NAMES", help="rows, by parts of their names: 'smollm2 bf16,1b'")
    parser.add_argument("--cells", default="", metavar="NAMES", help="cells, by parts of their names: 'prefill 512,embed'")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each cell (default 5)")
    parser.add_argument("--threads", type=int, help="threads of all (default: the cores that may be used)")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS",
                        help="after which a single measurement counts as failed, and no further round of a cell begins "
                             "(default 600)")
    parser.add_argument("--quiet-wait", type=float, default=0, metavar="SECONDS",
                        help="before each round wait at most this long for an idle machine (default 0)")
    parser.add_argument("--output", default="bench-peers.jsonl", metavar="FILE",
                        help="add a line for each cell to FILE (default bench-peers.jsonl)")
    parser.add_argument("--texts", metavar="FILE", help="the lines to embed (default: 400 made up)")
    parser.add_argument("--program", default=str(ROOT / ".build/release/swiftllm"), help="what starts cold")
    parser.add_argument("--benchmarks", default=str(ROOT / "Benchmarks/.build/release/Benchmarks"),
                        help="what measures us otherwise")
    parser.add_argument("--prepare", action="store_true", help="make the models that are derived from others, and end")
    parser.add_argument("--smoke", action="store_true",
                        help="make cells so small that they only show whether everything runs")
    parser.add_argument("--list", action="store_true", help="tell what would be measured, and end")
    parser.add_argument("--table", action="store_true", help="print the table of --output, and end")
    options = parser.parse_args()
    options.threads = options.threads or len(os.sched_getaffinity(0))
    options.peers = os.path.abspath(options.peers)
    options.prompt = PROMPT
    options.path = lambda name: existing(Path(options.peers) / "models" / name)
    return options


def existing(path):
    return str(path) if path.exists() else None


def wanted(name, filters):
    """Whether `name` holds one of the parts in `filters`; numbers in it count as whole ones."""
    parts = [part.strip().lower() for part in filters.split(",") if part.strip()]
    return not parts or any(re.search(rf"(?<!\d){re.escape(part)}(?!\d)", name.lower()) for part in parts)


def say(text):
    print(text, file=sys.stderr, flush=True)


class Series:
    """What one contestant with one setting did in a cell."""

    def __init__(self, contestant, variant):
        self.contestant, self.variant = contestant, variant
        self.name = f"{contestant.name} {variant}".strip()
        self.answers = {}  # by round
        self.failure = None

    def rates(self):
        return [answer["rate"] for answer in self.answers.values()]

    def median(self):
        return statistics.median(self.rates())

    def summary(self):
        result = report.spread(self.rates())
        peaks = [answer["peak_mb"] for answer in self.answers.values() if "peak_mb" in answer]
        return {**result, "peak_mb": statistics.median(peaks)} if peaks else result


class CellRun:
    """One cell being measured."""

    def __init__(self, options, row_name, cell, everyone):
        self.options, self.row_name, self.cell = options, row_name, cell
        self.row = ROWS[row_name]
        self.sign = -1 if cell["kind"] == "cold" else 1  # less is better
        self.series = [Series(one, variant) for one in everyone if one.model(self.row, cell)
                       for variant in one.settings(self.row, cell)]
        self.ours = everyone[0]

    def living(self):
        return [series for series in self.series if not series.failure]

    def attempt(self, series, work):
        try:
            return work(series.contestant)
        except contestants.Failure as failure:
            series.failure = str(failure)
            say(f"    {series.name} failed: {failure}")
        return None

    def warm_up(self):
        for series in self.series:
            if isinstance(series.contestant, contestants.Worker) or self.cell["kind"] == "cold":
                self.attempt(series, lambda one, series=series: one.measure(self.row, self.cell, series.variant))

    def round(self, index):
        order = self.living()
        order = order[index % len(order):] + order[:index % len(order)]
        for series in order:
            time.sleep(SETTLE_SECONDS)
            answer = self.attempt(
                series, lambda one, series=series: one.measure(self.row, self.cell, series.variant))
            if answer:
                series.answers[index] = answer

    def drop_lesser_variants(self):
        """Leaves only those settings of a peer that may turn out to be its best."""
        for series in self.living():
            if series.contestant is self.ours:
                continue
            rivals = [other for other in self.living()
                      if other.contestant is series.contestant and other.answers]
            best = max(rivals, key=lambda other: self.sign * other.median(), default=series)
            if best is not series and series.answers:
                share = series.median() / best.median()
                if min(share, 1 / share) < 0.9:
                    series.failure = "slower"

    def run(self):
        say(f"  {self.cell['name']}: {', '.join(series.name for series in self.series)}")
        begin = time.monotonic()
        self.warm_up()
        foreign, ceilings, idle = [], [], []
        for index in range(self.options.rounds):
            if not self.living():
                break
            if self.options.quiet_wait:
                idle.append(machine.wait_until_idle(self.options.quiet_wait))
            try:
                ceilings.append(self.ours.ceilings())
            except contestants.Failure as failure:
                say(f"    ceilings failed: {failure}")
            use = machine.Use()
            self.round(index)
            foreign.append(use.foreign_share())
            self.drop_lesser_variants()
            if time.monotonic() - begin > self.options.limit:
                break
        return self.result(foreign, ceilings, idle)

    def result(self, foreign, ceilings, idle):
        def rank(series):
            return self.sign * series.median()

        done = [series for series in self.series if series.answers]
        own = [series for series in done if series.contestant is self.ours]
        ours = max(own, key=rank, default=None)
        peers = [series for series in done if series.contestant is not self.ours]
        best = max(peers, key=rank, default=None)
        line = {"row": self.row_name, "cell": self.cell["name"], "unit": UNITS[self.cell["kind"]],
                "threads": self.options.threads, "date": time.strftime("%Y-%m-%d %H:%M")}
        if ours:
            line["ours"] = ours.variant
            line["settings"] = {series.variant: series.summary() for series in own}
        line["peers"] = {series.name: series.summary() for series in peers}
        if ours and best:
            def ratio(left, right):
                return left / right if self.sign > 0 else right / left

            line["best"] = best.name
            line["ratio"] = round(ratio(ours.median(), best.median()), 3)
            for series in own:
                shared = series.answers.keys() & best.answers.keys()
                line["settings"][series.variant]["ratios"] = report.spread(
                    [ratio(series.answers[index]["rate"], best.answers[index]["rate"]) for index in sorted(shared)])
            line["ratios"] = line["settings"][ours.variant]["ratios"]
        failed = {series.name: series.failure for series in self.series
                  if series.failure and series.failure != "slower"}
        if failed:
            line["failed"] = failed
        line["ceilings"] = {key: report.spread([one[key] for one in ceilings]) for key in (ceilings or [{}])[0]}
        line["foreign_share"] = round(statistics.mean(foreign or [0]), 3)
        if idle:
            line["idle_rounds"] = f"{sum(idle)} of {len(idle)}"
        return line


def made_up_texts(folder):
    words = ("the a of and in to was is for on as with by that from river house children winter letter mountain walked "
             "remembered quickly yesterday between government music teacher language carried several important morning "
             "garden research engine number window history").split()
    source = random.Random(1)
    path = Path(folder) / "texts.txt"
    path.write_text("".join(" ".join(source.choices(words, k=source.randint(10, 30))) + "\n" for _ in range(400)),
                    encoding="utf-8")
    return str(path)


def plan(everyone, options):
    """The cells to measure: (row, cells)."""
    for name, row in ROWS.items():
        if wanted(name, options.models):
            cells = [cell for cell in (SMOKE_CELLS if options.smoke else CELLS)
                     if cell["kind"] in row["kinds"] and wanted(cell["name"], options.cells)]
            if cells:
                absent = [path for path in row["models"].values() if not options.path(path)]
                if absent:
                    say(f"{name}: not there: {', '.join(absent)}")
                yield name, [cell for cell in cells if any(one.model(row, cell) for one in everyone)]


def main():
    options = parse_arguments()
    if options.table:
        print(report.table(report.read(options.output)))
        return 0
    if options.prepare:
        return prepare(Path(options.peers))
    everyone = [kind(options) for kind in contestants.ALL]
    if missing := everyone[0].missing():
        say(f"bench_peers: '{missing}' is missing: run 'make build bench-peers'")
        return 1
    for one in everyone[1:]:
        if missing := one.missing():
            say(f"{one.name}: not there: {missing}")
    everyone = everyone[:1] + [one for one in everyone[1:] if not one.missing() and wanted(one.name, options.only)]
    with tempfile.TemporaryDirectory() as folder:
        options.texts = os.path.abspath(options.texts) if options.texts else made_up_texts(folder)
        try:
            for row_name, cells in plan(everyone, options):
                say(row_name)
                for cell in cells:
                    run = CellRun(options, row_name, cell, everyone)
                    if options.list:
                        say(f"  {cell['name']}: {', '.join(series.name for series in run.series)}")
                        continue
                    line = json.dumps(run.run())
                    print(line, flush=True)
                    with open(options.output, "a", encoding="utf-8") as file:
                        file.write(line + "\n")
                for one in everyone:
                    one.close()
        finally:
            for one in everyone:
                one.close()
    if not options.list:
        print(report.table(report.read(options.output)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
