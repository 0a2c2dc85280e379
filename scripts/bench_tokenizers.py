#!/usr/bin/env python3
"""Times our tokenizers against Hugging Face tokenizers, in turns.

usage: bench_tokenizers.py PROGRAM TEXT TOKENIZER.json[.gz]...

PROGRAM is TokenizerLines (see Tools/README.md). Both sides count the processor time of one thread, best of several runs
in each of three rounds. Prints milliseconds and how many times faster ours is at loading, encoding and decoding.
"""

import gzip
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

os.environ["TOKENIZERS_PARALLELISM"] = "false"
from tokenizers import Tokenizer  # noqa: E402


def now():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def best(count, action):
    times = []
    for _ in range(count):
        start = now()
        result = action()
        times.append(now() - start)
    return min(times), result


def reference(path, text):
    load, tokenizer = best(2, lambda: Tokenizer.from_file(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    encode, encoding = best(3, lambda: tokenizer.encode(text, add_special_tokens=False))
    ids = encoding.ids
    decode, _ = best(3, lambda: tokenizer.decode(ids, skip_special_tokens=False))
    return {"load": load, "encode": encode, "decode": decode, "tokens": len(ids)}


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    program, text_path, paths = sys.argv[1], sys.argv[2], sys.argv[3:]
    text = pathlib.Path(text_path).read_text()
    print(f"{'tokenizer':24} {'load':>24} {'encode':>24} {'decode':>24}   (ours ms, reference ms, times)")
    for path in paths:
        data = pathlib.Path(path).read_bytes()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "tokenizer.json")
            file.write_bytes(data)
            ours, theirs = [], []
            for _ in range(3):
                answer = subprocess.run(
                    [program, str(file), "--time", text_path], capture_output=True, text=True, check=True
                )
                ours.append(json.loads(answer.stdout))
                theirs.append(reference(str(file), text))
        if ours[0]["tokens"] != theirs[0]["tokens"]:
            sys.exit(f"{path}: {ours[0]['tokens']} tokens, the reference has {theirs[0]['tokens']}")
        columns = []
        for key in ("load", "encode", "decode"):
            a, b = (min(run[key] for run in runs) for runs in (ours, theirs))
            columns.append(f"{a * 1000:8.1f} {b * 1000:8.1f} {b / a:5.1f}x")
        print(f"{pathlib.Path(path).name:24} " + " ".join(f"{column:>24}" for column in columns), flush=True)


if __name__ == "__main__":
    main()
