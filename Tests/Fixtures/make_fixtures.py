#!/usr/bin/env python3
"""Writes the model fixtures under models/ and records them in MANIFEST.json; see README.md."""

import argparse
import hashlib
import importlib.metadata
import json
import logging
import os
import platform
import shutil
import sys
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# One order of summation on every x86 machine, whatever its vector units and memory alignment.
os.environ["MKL_CBWR"] = "COMPATIBLE"
os.environ["ATEN_CPU_CAPABILITY"] = "default"

import torch
from transformers.utils import logging as transformers_logging

from fixturekit import default_model, tiny_models
from fixturekit.references import write_json
from fixturekit.specifications import GGUF, HUGGING_FACE

ROOT = Path(__file__).resolve().parent
MANIFEST = ROOT / "MANIFEST.json"
PACKAGES = ["gguf", "Jinja2", "numpy", "safetensors", "tokenizers", "torch", "transformers"]


def parse_arguments(recipes: dict) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", type=lambda text: text.split(","), metavar="NAME[,NAME...]",
        help=f"sections (models, gguf, smollm2) or directories: {', '.join(recipes)}")
    parser.add_argument(
        "--smollm2", type=Path, metavar="FILE",
        help="SmolLM2-135M-Instruct as GGUF; without it the section smollm2 is skipped")
    arguments = parser.parse_args()
    sections = {section for section, _ in recipes.values()}
    for name in arguments.only or []:
        if name not in recipes and name not in sections:
            parser.error(f"'{name}' is neither a section nor a directory")
    if arguments.only and {"smollm2"} & set(arguments.only) and arguments.smollm2 is None:
        parser.error("section 'smollm2' needs --smollm2 FILE")
    return arguments


def main() -> None:
    recipes = {spec.name: ("models", spec) for spec in HUGGING_FACE}
    recipes |= {spec.name: ("gguf", spec) for spec in GGUF}
    recipes["smollm2"] = ("smollm2", None)
    arguments = parse_arguments(recipes)
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    logging.getLogger("gguf").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    for name, (section, spec) in recipes.items():
        if arguments.only and not {name, section} & set(arguments.only):
            continue
        if spec is None and arguments.smollm2 is None:
            print("smollm2: skipped, for want of --smollm2", file=sys.stderr)
            continue
        directory = ROOT / "models" / name
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        note = tiny_models.make(spec, directory) if spec else default_model.make(
            arguments.smollm2, directory)
        record(name, directory)
        size = sum(file.stat().st_size for file in directory.iterdir())
        print(f"{name}: {size // 1000} kB, {note}", file=sys.stderr)


def record(name: str, directory: Path) -> None:
    """Replaces the entry of one directory in MANIFEST.json."""
    for file in directory.iterdir():
        file.chmod(0o644)  # the safetensors writer makes files private
    manifest = json.loads(MANIFEST.read_text()) if MANIFEST.exists() else {}
    manifest[name] = {
        "python": platform.python_version(),
        "packages": {package: importlib.metadata.version(package) for package in PACKAGES},
        "sha256": {
            str(file.relative_to(ROOT)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(directory.iterdir())
        },
    }
    write_json(MANIFEST, dict(sorted(manifest.items())))


if __name__ == "__main__":
    main()
