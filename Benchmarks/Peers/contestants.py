"""What is measured: our Benchmarks executable, and the peers found in a folder.

A contestant has settings of which the best counts (`settings(row, cell)`), says with `model(row, cell)` which file or folder it runs,
or None, and measures a cell once.
"""

import json
import os
import re
import selectors
import subprocess
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Opening may compile for minutes, the first time.
OPEN_SECONDS = 1800


class Failure(Exception):
    """A contestant could not do what was asked; says why."""


class Process:
    """A worker that answers lines: see worker.py."""

    def __init__(self, command, environment=None):
        self.log = tempfile.TemporaryFile(mode="w+")  # closed with the object
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
            env={**os.environ, **(environment or {})}, bufsize=1)

    def ask(self, limit, **request):
        """The answer, if it comes within `limit` seconds."""
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except OSError:
            raise Failure(self.last_words()) from None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(limit):
                raise Failure(f"no answer within {limit:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failure(self.last_words())
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(answer["error"])
        return answer

    def last_words(self):
        self.process.wait(10)
        self.log.seek(0)
        lines = [line.strip() for line in self.log.read().splitlines() if line.strip()]
        return f"ended with status {self.process.returncode}: {lines[-1] if lines else 'no message'}"[:500]

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()


def run(command, limit, environment=None):
    """Standard output and standard error of a program that ends well."""
    try:
        result = subprocess.run(command, capture_output=True, timeout=limit, text=True, errors="replace", check=False,
                                env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        raise Failure(f"not done within {limit:.0f} s") from None
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        raise Failure(f"status {result.returncode}: {lines[-1] if lines else 'no message'}"[:500])
    return result.stdout, result.stderr


def run_cold(command, limit):
    """Seconds from exec to exit, and the peak of memory in MB."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        timer = threading.Timer(limit, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            lines = output.read().decode(errors="replace").strip().splitlines()
            raise Failure(f"status {process.returncode}: {lines[-1] if lines else 'no message'}"[:500])
    return {"rate": seconds, "peak_mb": round(usage.ru_maxrss / 1024, 1)}


class Contestant:
    variants = ("",)

    def __init__(self, options):
        self.options = options

    def missing(self):
        """What is not there that the contestant needs, or None."""
        return None

    def model(self, row, cell):
        """The path of what it runs in `cell` of `row`, or None."""
        name = row["models"].get(self.name)
        return name and cell["kind"] in self.kinds and self.options.path(name)

    def settings(self, row, cell):
        """What is tried in `cell` of `row`; a cold start is too short for settings to matter."""
        return self.variants[:1] if cell["kind"] == "cold" else self.variants

    def close(self):
        """Ends what runs."""


class Worker(Contestant):
    """Measured in a process that keeps the model; one for each way to open it."""

    def __init__(self, options):
        super().__init__(options)
        self.processes = {}
        self.refused = {}

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def request(self, row, cell, variant):
        """What "open" says."""
        return {"model": self.model(row, cell)}

    def details(self, variant):
        """What the setting adds to a request."""
        return {}

    def opened(self, row, cell, variant):
        """The process with the model, which is opened if need be; what failed once is not tried again."""
        request = self.request(row, cell, variant)
        key = json.dumps(request)
        if failure := self.refused.get(key):
            raise failure
        if key not in self.processes:
            self.processes[key] = Process(self.command(), self.environment())
            try:
                self.ask(key, OPEN_SECONDS, do="open", **request)
            except Failure as failure:
                self.refused[key] = failure
                raise
        return key

    def ask(self, key, limit, **request):
        try:
            return self.processes[key].ask(limit, **request)
        except Failure:
            process = self.processes.pop(key)
            process.process.kill()
            process.close()
            raise

    def measure(self, row, cell, variant):
        request = {key: value for key, value in cell.items() if key not in ("kind", "name")}
        request.update(self.details(variant))
        if cell["kind"] == "embed":
            request["texts"] = self.options.texts
        return self.ask(self.opened(row, cell, variant), self.options.limit, do=cell["kind"], **request)

    def close(self):
        for process in self.processes.values():
            process.close()
        self.processes = {}


class Ours(Worker):
    name = "ours"
    kinds = ("prefill", "decode", "batch", "embed", "cold")

    def missing(self):
        for path in (self.options.benchmarks, self.options.program):
            if not os.access(path, os.X_OK):
                return path
        return None

    def command(self):
        return [self.options.benchmarks, "answer", "--threads", str(self.options.threads)]

    def settings(self, row, cell):
        # As exactly as it can, and as the peers round.
        return ("", f"--dtype {row['rounds']}") if "rounds" in row and cell["kind"] != "cold" else ("",)

    def request(self, row, cell, variant):
        dtype = {"dtype": variant.split()[1]} if variant else {}
        return {**super().request(row, cell, variant), **dtype}

    def measure(self, row, cell, variant):
        if cell["kind"] != "cold":
            return super().measure(row, cell, variant)
        return run_cold(
            [self.options.program, "generate", "-m", self.model(row, cell), "--threads", str(self.options.threads),
             "-n", "1", self.options.prompt], self.options.limit)

    def ceilings(self):
        """What the machine can do now."""
        if "ceilings" not in self.processes:
            self.processes["ceilings"] = Process(self.command())
        return self.ask("ceilings", self.options.limit, do="ceilings")


class LlamaCpp(Contestant):
    name = "llama.cpp"
    kinds = ("prefill", "decode", "batch", "embed", "cold")
    variants = ("-fa on", "-fa off")
    programs = {"prefill": "llama-bench", "decode": "llama-bench", "batch": "llama-batched-bench",
                "embed": "llama-embedding", "cold": "llama-completion"}

    def __init__(self, options):
        super().__init__(options)
        self.folder = Path(options.peers) / "llama.cpp" / "build" / "bin"

    def missing(self):
        return None if (self.folder / "llama-bench").exists() else str(self.folder / "llama-bench")

    def measure(self, row, cell, variant):
        program = str(self.folder / self.programs[cell["kind"]])
        command = [program, "-m", self.model(row, cell), "-t", str(self.options.threads), *variant.split()]
        limit = self.options.limit
        if cell["kind"] == "prefill":
            return self.bench(command, limit, "-p", cell["prompt"], "-n", 0)
        if cell["kind"] == "decode":
            return self.bench(command, limit, "-p", 0, "-n", cell["tokens"], "-d", cell["context"])
        if cell["kind"] == "batch":
            size = cell["sequences"] * (cell["prompt"] + cell["tokens"])
            output, _ = run([*command, "-c", str(size), "-b", "2048", "-ub", "512", "-npp", str(cell["prompt"]),
                             "-ntg", str(cell["tokens"]), "-npl", str(cell["sequences"]),
                             "--output-format", "jsonl"], limit)
            return {"rate": self.line(output)["speed_tg"]}
        if cell["kind"] == "embed":
            with open(self.options.texts, encoding="utf-8") as file:
                count = sum(1 for text in file if text.strip())
            _, log = run([*command, "-f", self.options.texts, "--pooling", "mean", "-c", "2048", "-b", "2048",
                          "-ub", "2048", "--embd-output-format", "array", "--perf", "-lv", "4"], limit)
            found = re.search(r"total time = *([\d.]+) ms", log)
            if not found:
                raise Failure("llama-embedding does not tell its time")
            return {"rate": count / (float(found.group(1)) / 1e3)}
        return run_cold([*command, "-c", "2048", "-p", self.options.prompt, "-n", "1", "-no-cnv", "--temp", "0",
                         "--no-warmup"], limit)

    def bench(self, command, limit, *arguments):
        # It warms up by itself before it measures.
        output, _ = run([*command, "-r", "1", "-o", "jsonl", *map(str, arguments)], limit)
        return {"rate": self.line(output)["avg_ts"]}

    @staticmethod
    def line(output):
        for line in output.splitlines():
            if line.startswith("{"):
                return json.loads(line)
        raise Failure("it printed no figure")


class PythonPeer(Worker):
    kinds = ("prefill", "decode", "batch")

    def __init__(self, options):
        super().__init__(options)
        self.python = Path(options.peers) / self.venv / "bin" / "python"

    def missing(self):
        return None if self.python.exists() else str(self.python)

    def command(self):
        return [str(self.python), str(HERE / self.script)]

    def environment(self):
        return {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": str(self.options.threads)}


class VLLM(PythonPeer):
    name, venv, script = "vLLM", "venv-vllm", "vllm_worker.py"

    def environment(self):
        # Without binding it computes on one of two cores.
        cores = sorted(os.sched_getaffinity(0))[:self.options.threads]
        preload = [path for path in (
            "/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4",
            f"{self.options.peers}/{self.venv}/lib/libiomp5.so") if os.path.exists(path)]
        return {**super().environment(), "VLLM_NO_USAGE_STATS": "1", "VLLM_CPU_KVCACHE_SPACE": "2",
                "VLLM_ENABLE_V1_MULTIPROCESSING": "0", "VLLM_CPU_OMP_THREADS_BIND": ",".join(map(str, cores)),
                "LD_PRELOAD": ":".join(preload)}


class OpenVINO(PythonPeer):
    name, venv, script = "OpenVINO", "venv-ov", "openvino_worker.py"

    def request(self, row, cell, variant):
        return {**super().request(row, cell, variant), "threads": self.options.threads}


class Transformers(PythonPeer):
    name, venv, script = "transformers", "venv-ref", "torch_worker.py"

    def request(self, row, cell, variant):
        return {**super().request(row, cell, variant), "threads": self.options.threads, "dtype": row["dtype"]}


class SentenceTransformers(Transformers):
    name = "sentence-transformers"
    kinds = ("embed",)
    variants = ("batch 32", "batch 128")

    def request(self, row, cell, variant):
        return {**super().request(row, cell, variant), "sentences": True}

    def details(self, variant):
        return {"batch_size": int(variant.split()[1])}


ALL = (Ours, LlamaCpp, VLLM, OpenVINO, Transformers, SentenceTransformers)
