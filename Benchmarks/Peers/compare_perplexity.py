#!/usr/bin/env python3
"""Compares the perplexity of a text by swiftllm with that by llama.cpp, on the same weights.

Both read the text's tokens in chunks of 512, each by itself, and score the second half of each. One JSON line for each
model, with the difference relative to llama.cpp's; ends with status 1 where one is above --tolerance.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from cells import DEFAULT, GGUF, SMOLLM2

HERE = Path(__file__).resolve().parent

# What ours runs, and llama.cpp, in PEERS/models.
MODELS = {
    "bf16 directory": (SMOLLM2, f"{GGUF}bf16.gguf"),
    "bf16": (f"{GGUF}bf16.gguf", f"{GGUF}bf16.gguf"),
    "Q8_0": (f"{GGUF}Q8_0.gguf", f"{GGUF}Q8_0.gguf"),
    "Q4_1": (DEFAULT, DEFAULT),
    "Q4_K_M": (f"{GGUF}Q4_K_M.gguf", f"{GGUF}Q4_K_M.gguf"),
}


def output(command, stream):
    result = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"{Path(command[0]).name}: status {result.returncode}")
    return getattr(result, stream)


def ours(options, model):
    return json.loads(output(
        [options.benchmarks, "perplexity", "-m", model, "--context", str(options.context), "--threads",
         str(options.threads), *(["--chunks", str(options.chunks)] if options.chunks else []), options.text], "stdout"))


def theirs(options, model):
    program = Path(options.peers) / "llama.cpp/build/bin/llama-perplexity"
    text = output(
        [str(program), "-m", model, "-t", str(options.threads), "-c", str(options.context), "--no-escape",
         "-f", options.text, *(["--chunks", str(options.chunks)] if options.chunks else [])], "stderr")
    chunks = re.search(r"perplexity over (\d+) chunks", text)
    final = re.search(r"Final estimate: PPL = ([\d.]+) \+/- ([\d.]+)", text)
    if not (chunks and final):
        raise RuntimeError("llama-perplexity printed no estimate")
    return {"chunks": int(chunks.group(1)), "perplexity": float(final.group(1))}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", help="the file to score, of 1024 tokens or more")
    parser.add_argument("--peers", required=True, metavar="DIR", help="as bench_peers.py's")
    parser.add_argument("--models", default="", metavar="NAMES", help=f"some of {', '.join(MODELS)}, with commas")
    parser.add_argument("--chunks", type=int, help="only the first CHUNKS chunks")
    parser.add_argument("--context", type=int, default=512, help="tokens of a chunk (default 512)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--tolerance", type=float, default=0.005, help="(default 0.005)")
    parser.add_argument("--benchmarks", default=str(HERE.parent / ".build/release/Benchmarks"))
    options = parser.parse_args()
    names = [name.strip() for name in options.models.split(",") if name.strip()] or list(MODELS)
    worst = 0.0
    for name in names:
        line = {"model": name}
        try:
            own, other = (str(Path(options.peers) / "models" / path) for path in MODELS[name])
            mine, reference = ours(options, own), theirs(options, other)
            line.update(chunks=mine["chunks"], ours=round(mine["perplexity"], 4), llama_cpp=reference["perplexity"])
            if mine["chunks"] != reference["chunks"]:
                raise RuntimeError(f"llama.cpp scored {reference['chunks']} chunks: the tokens differ")
            difference = mine["perplexity"] / reference["perplexity"] - 1
            line["difference"] = round(difference, 5)
            worst = max(worst, abs(difference))
        except RuntimeError as error:
            line["error"] = str(error)
            worst = float("inf")
        print(json.dumps(line), flush=True)
    return 0 if worst <= options.tolerance else 1


if __name__ == "__main__":
    sys.exit(main())
