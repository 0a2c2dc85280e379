#!/usr/bin/env python3
"""Compares swiftllm's logits with those of transformers, in float32, on one model.

Both get the same token ids. Per prompt it prints the largest absolute difference between the
logits of the last position, whether the most likely token agrees, and how many steps of the
greedy continuation agree; that count ends at the first step where transformers' own best two
tokens are closer than the difference, for there rounding decides. The packages are those of
Tests/Fixtures/requirements.txt. Exit status: 0 when every difference is within --tolerance, 1 when
one is not, 2 when something could not be run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")

import gguf
import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

PROMPTS = Path(__file__).resolve().parent.parent / "Tests/Fixtures/prompts.json"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="model directory or GGUF file")
    parser.add_argument("program", type=Path, help="the swiftllm executable")
    parser.add_argument(
        "--prompts", type=Path, default=PROMPTS, metavar="FILE",
        help="a text file with one prompt a line, or JSON like Tests/Fixtures/prompts.json")
    parser.add_argument("--tolerance", type=float, default=0.05, help="in logits (default 0.05)")
    parser.add_argument(
        "--steps", type=int, default=8,
        help="greedy steps to follow, one run of the program each (default 8)")
    parser.add_argument(
        "--dtype", choices=["float32", "bfloat16", "float16"], default="float32",
        help="what transformers computes in (default float32)")
    parser.add_argument(
        "--option", action="append", default=[], metavar="ARGUMENT",
        help="passed on to the program, repeatable: --option=--threads=1")
    return parser.parse_args()


def load(path: Path, dtype: str):
    """The reference model and its tokenizer; a GGUF file is dequantized."""
    options = {"gguf_file": path.name} if path.suffix == ".gguf" else {}
    folder = path.parent if options else path
    tokenizer = AutoTokenizer.from_pretrained(folder, **options)
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=getattr(torch, dtype), attn_implementation="eager", **options)
    if options:
        apply_rope_divisors(model, path)
    return model.eval(), tokenizer


def apply_rope_divisors(model, path: Path) -> None:
    """Scales the rotary frequencies by rope_freqs.weight, which transformers does not read."""
    for tensor in gguf.GGUFReader(path).tensors:
        if tensor.name == "rope_freqs.weight":
            rotary = model.model.rotary_emb
            rotary.inv_freq = rotary.inv_freq / torch.from_numpy(np.array(tensor.data))


def read_prompts(path: Path, tokenizer) -> list[tuple[str, list[int]]]:
    """A label and token ids for each prompt; chats are left out if the model has no template."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        prompts = json.loads(text)
    else:
        prompts = {"text": [line for line in text.splitlines() if line]}
    labeled = [(line, tokenizer(line).input_ids) for line in prompts.get("text", [])]
    if tokenizer.chat_template is None:
        print("the model has no chat template: chats are left out", file=sys.stderr)
        return labeled
    for messages in prompts.get("chat", []):
        tokens = tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=False)
        labeled.append((messages[-1]["content"], tokens))
    return labeled


def fitting(prompts: list, limit: int) -> list:
    """Those of 1 to `limit` tokens."""
    short = [prompt for prompt in prompts if 0 < len(prompt[1]) <= limit]
    if len(short) < len(prompts):
        omitted = len(prompts) - len(short)
        print(f"left out {omitted} prompts: empty or over {limit} tokens", file=sys.stderr)
    return short


def program_logits(arguments: argparse.Namespace, tokens: list[int]) -> np.ndarray:
    """The program's logits after `tokens`, [vocabulary]."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "logits.npy"
        command = [
            arguments.program, "generate", "--model", arguments.model, "--dump-logits", output,
            "--token-ids", ",".join(map(str, tokens)), "-n", "1", *arguments.option,
        ]
        result = subprocess.run(command, capture_output=True, check=False)
        if result.returncode != 0 or not output.exists():
            message = result.stderr.decode(errors="replace").strip()
            print(f"the program failed with status {result.returncode}: {message}", file=sys.stderr)
            raise SystemExit(2)
        return np.load(output).astype(np.float32).reshape(-1)


class Reference:
    """transformers' logits as a continuation grows."""

    def __init__(self, model, tokens: list[int]):
        self.model, self.pending, self.cache = model, tokens, None

    @torch.no_grad()
    def logits(self) -> np.ndarray:
        out = self.model(
            input_ids=torch.tensor([self.pending]), past_key_values=self.cache, use_cache=True)
        self.cache = out.past_key_values
        return out.logits[0, -1].float().numpy()

    def append(self, token: int) -> None:
        self.pending = [token]


def compare(arguments: argparse.Namespace, model, tokens: list[int]) -> dict:
    """Follows transformers' greedy continuation with both, for as long as its choices are clear."""
    reference, tokens = Reference(model, tokens), list(tokens)
    report = {"difference": None, "largest": 0.0, "agreed": 0, "end": "steps"}
    for step in range(max(arguments.steps, 1)):
        expected, found = reference.logits(), program_logits(arguments, tokens)
        if expected.shape != found.shape:
            print(f"{found.size} logits, not {expected.size}", file=sys.stderr)
            raise SystemExit(2)
        difference = float(np.abs(expected - found).max())
        difference = difference if np.isfinite(found).all() else float("inf")
        second, best = np.sort(expected)[-2:]
        agrees = expected.argmax() == found.argmax()
        if step == 0:
            report |= {"difference": difference, "gap": float(best - second), "top": bool(agrees)}
        report["largest"] = max(report["largest"], difference)
        if best - second < difference:
            report["end"] = "tie"
            break
        if not agrees:
            report["end"] = "mismatch"
            break
        report["agreed"] += 1
        tokens.append(int(expected.argmax()))
        reference.append(tokens[-1])
    return report


def main() -> int:
    arguments = parse_arguments()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model, tokenizer = load(arguments.model, arguments.dtype)
    failures = 0
    worst = 0.0
    limit = model.config.max_position_embeddings - arguments.steps
    prompts = fitting(read_prompts(arguments.prompts, tokenizer), limit)
    print(f"{'tokens':>6}  {'max diff':>9}  {'top-1':5}  {'gap':>8}  {'greedy':14}  prompt")
    for label, tokens in prompts:
        report = compare(arguments, model, tokens)
        failed = report["largest"] > arguments.tolerance
        failures += failed
        worst = max(worst, report["largest"])
        greedy = f"{report['agreed']} ({report['end']})"
        print(
            f"{len(tokens):6}  {report['difference']:9.2e}  {'yes' if report['top'] else 'NO':5}"
            f"  {report['gap']:8.4f}  {greedy:14}  {json.dumps(label[:40], ensure_ascii=False)}"
            f"{'  FAILED' if failed else ''}", flush=True)
    print(
        f"{len(prompts) - failures} of {len(prompts)} prompts within {arguments.tolerance};"
        f" largest difference {worst:.3e}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
