#!/usr/bin/env python3
"""Times reading and writing of tensor files against torch, in one alternating run.

usage: bench_tensor_files.py TENSOR_FILES [--runs N]
  TENSOR_FILES   the tool of Tools/: swift build --package-path Tools -c release --product TensorFiles

Files are in /dev/shm, of [2048, 4096] bfloat16; torch and the tool take turns. One JSON line per figure,
medians with the range in milliseconds.
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

    def ask(*words) -> float:
        process.stdin.write(" ".join(map(str, words)) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline()) / 1e6

    def timed(body) -> float:
        start = time.perf_counter()
        body()
        return (time.perf_counter() - start) * 1e3

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
            "open": lambda: ask("open", large),
            "torch.save": lambda: timed(lambda: torch.save(tensor, folder / "a.pt")),
            "write": lambda: ask("write", large, folder / "b.pt"),
            "base64": lambda: ask("base64", text),
            "rows of 1 KB": lambda: ask("rows", small),
        }
        times = {case: [] for case in cases}
        for _ in range(options.runs):
            for case, run in cases.items():
                times[case].append(run())
        characters = text.stat().st_size
    process.stdin.close()
    process.wait()
    middle = {case: statistics.median(values) for case, values in times.items()}
    for case, values in times.items():
        print(json.dumps({"what": case, "median_ms": round(middle[case], 3),
                          "range_ms": [round(min(values), 3), round(max(values), 3)]}))
    print(json.dumps({
        "rows / torch.load": round(middle["torch.load"] / middle["rows"], 2),
        "open / torch.load": round(middle["torch.load"] / middle["open"], 2),
        "write / torch.save": round(middle["torch.save"] / middle["write"], 2),
        "base64 GB/s": round(characters / middle["base64"] / 1e6, 2),
    }))
    return 0


if __name__ == "__main__":
    sys.exit(main())
