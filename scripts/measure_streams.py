#!/usr/bin/env python3
"""Measures how many tokens `swiftllm serve` makes a second for several streams at once.

Each stream asks for one completion: --prompt random tokens in, --output tokens out. Tokens per
second are those of the output over the whole time, reading of prompts included; "of processor"
counts the seconds that the server computed on all its threads, which other programs on the machine
do not disturb. Where several programs are given, they take turns, and each is also divided by the
first. Only Python's standard library is needed.
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import threading
import time
import urllib.request


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM", help="a swiftllm executable")
    parser.add_argument("--model", help="as swiftllm's own option (default: the program's)")
    parser.add_argument("--streams", default="1,8,32", help="numbers of streams (default 1,8,32)")
    parser.add_argument("--prompt", type=int, default=128, help="tokens in (default 128)")
    parser.add_argument("--output", type=int, default=128, help="tokens out (default 128)")
    parser.add_argument("--rounds", type=int, default=5, help="how often (default 5)")
    parser.add_argument("--threads", type=int, help="as swiftllm's own option")
    return parser.parse_args()


class Server:
    """One program that serves on a free port."""

    def __init__(self, program, model, threads):
        command = [program, "serve", "--port", "0"]
        command += ["--model", model] if model else []
        command += ["--threads", str(threads)] if threads else []
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"http://[\d.:]+", line):
                self.address = found.group()
                break
        else:
            raise SystemExit(f"'{program}' did not begin to serve")
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        with urllib.request.urlopen(self.address + "/v1/models") as answer:
            self.model = json.load(answer)["data"][0]["id"]

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def complete(self, prompt, count):
        body = {"model": self.model, "prompt": prompt, "max_tokens": count, "ignore_eos": True,
                "temperature": 0}
        request = urllib.request.Request(
            self.address + "/v1/completions", json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["usage"]["completion_tokens"] == count

    def measure(self, streams, arguments):
        """Tokens a second, and a second of processor."""
        # Different each time, so that no prompt is found in the prefix cache.
        prompts = [random.choices(range(100, 40000), k=arguments.prompt) for _ in range(streams)]
        threads = [threading.Thread(target=self.complete, args=(prompt, arguments.output))
                   for prompt in prompts]
        start, computed = time.monotonic(), self.processor_seconds()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        count = streams * arguments.output
        return (count / (time.monotonic() - start),
                count / max(0.01, self.processor_seconds() - computed))


def main():
    arguments = parse_arguments()
    servers = [Server(p, arguments.model, arguments.threads) for p in arguments.programs]
    try:
        for streams in map(int, arguments.streams.split(",")):
            rounds = [[server.measure(streams, arguments) for server in servers]
                      for _ in range(arguments.rounds)]
            for index, program in enumerate(arguments.programs):
                speeds, computed = (sorted(column) for column in
                                    zip(*(results[index] for results in rounds)))
                ratio = statistics.median(r[index][1] / r[0][1] for r in rounds)
                print(f"{streams} streams: {statistics.median(speeds):.0f} tokens/s "
                      f"({speeds[0]:.0f}–{speeds[-1]:.0f}), {statistics.median(computed):.0f} "
                      f"of processor, {ratio:.2f} × the first: {program}", flush=True)
    finally:
        for server in servers:
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    main()
