#!/usr/bin/env python3
"""Times reading and writing of tensor files against torch, in one alternating run.

usage: bench_tensor_files.py TENSOR_FILES [--runs N]
  TENSOR_FILES   the tool of Tools/: swift build --package-path Tools -c release --product TensorFiles

Files are in /dev/shm, of [2048, 4096] bfloat16; torch and the tool take turns. One JSON line per figure,
medians with the range in milliseconds. Small files are read 20 times in a row, of which the last counts.
"""

import argparse
import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--runs", type=int, default=31)
    options = parser.parse_args()
    process = subprocess.Popen([options.tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(*words) -> tuple[float, float]:
        process.stdin.write(" ".join(map(str, words)) + "\n")
        process.stdin.flush()
        wall, processor = process.stdout.readline().split()
        return int(wall) / 1e6, int(processor) / 1e6

    def timed(body) -> tuple[float, float]:
        start, processor = time.perf_counter(), time.process_time()
        body()
        return (time.perf_counter() - start) * 1e3, (time.process_time() - processor) * 1e3

    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = Path(name)
        large, small, text = folder / "large.pt", folder / "small.pt", folder / "large.txt"
        tensor = torch.randn(2048, 4096).to(torch.bfloat16)
        torch.save(tensor, large)
        torch.save(torch.randn(1, 256), small)
        text.write_bytes(base64.b64encode(large.read_bytes()))
        cases = {
            "torch.load": lambda: timed(lambda: torch.load(large, weights_only=True)),
            "rows": lambda: ask("rows", large),
            "rows, all widened": lambda: ask("widen", large),
            "open": lambda: ask("open", large),
            "torch.save": lambda: timed(lambda: torch.save(tensor, folder / "a.pt")),
            "write": lambda: ask("write", large, folder / "b.pt"),
            "replace": lambda: ask("replace", large, folder / "c.pt"),
            "base64": lambda: ask("base64", text),
            "rows of 1 KB": lambda: [ask("rows", small) for _ in range(20)][-1],
        }
        times = {case: [] for case in cases}
        for _ in range(options.runs):
            for case, run in cases.items():
                times[case].append(run())
        characters = text.stat().st_size
    process.stdin.close()
    process.wait()
    for case, values in times.items():
        wall, processor = zip(*values)
        print(json.dumps({"what": case, "median_ms": round(statistics.median(wall), 3),
                          "range_ms": [round(min(wall), 3), round(max(wall), 3)],
                          "processor_median_ms": round(statistics.median(processor), 3),
                          "processor_least_ms": round(min(processor), 3)}))
    for name, index, pick in [("medians", 0, statistics.median), ("least", 0, min),
                              ("medians of the processor", 1, statistics.median), ("least of the processor", 1, min)]:
        figure = {case: pick([value[index] for value in values]) for case, values in times.items()}
        print(json.dumps({
            "by": name,
            "rows / torch.load": round(figure["torch.load"] / figure["rows"], 2),
            "write / torch.save": round(figure["torch.save"] / figure["write"], 2),
            "replace / torch.save": round(figure["torch.save"] / figure["replace"], 2),
            "base64 GB/s": round(characters / figure["base64"] / 1e6, 2),
            "1 KB us": round(figure["rows of 1 KB"] * 1e3, 1),
        }))
    return 0


if __name__ == "__main__":
    sys.exit(main())
