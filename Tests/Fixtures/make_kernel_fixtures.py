#!/usr/bin/env python3
"""Writes kernels/*.json: stored rows of each weight type, the numbers gguf-py makes of them, and
products in float64. Needs gguf and numpy; the same seed gives the same files."""

import base64
import json
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np

TYPES = ["F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q6_K"]
ROWS = 3
SCALES = {"Q6_K": [208], "Q4_1": [0, 2], "Q5_1": [0, 2]}  # where a block has its float16 numbers
SPECIAL = [0.0, -0.0, 6e-8, -6e-8, 6.1e-5, 1.0, -1.0]  # float16 subnormals are 6e-8 and up


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def stored_rows(name, columns, random):
    """Random blocks whose scales are finite, some of them zero, negative or subnormal."""
    kind = gguf.GGMLQuantizationType[name]
    if name in ("F32", "F16", "BF16"):
        values = random.normal(size=(ROWS, columns)).astype(np.float32)
        values[0, : len(SPECIAL)] = SPECIAL
        return kind, gguf.quants.quantize(values, kind)
    size, byte_count = gguf.GGML_QUANT_SIZES[kind]
    blocks = random.integers(0, 256, (ROWS * columns // size, byte_count), dtype=np.uint8)
    for at in SCALES.get(name, [0]):
        scales = random.normal(size=len(blocks)) * 0.02
        scales[: len(SPECIAL)] = SPECIAL[: len(blocks)]
        blocks[:, at : at + 2] = scales.astype("<f2").view(np.uint8).reshape(-1, 2)
    return kind, blocks.reshape(ROWS, -1)


def case(name, random):
    columns = {"Q6_K": 512, "F32": 45, "F16": 45, "BF16": 45}.get(name, 96)
    kind, stored = stored_rows(name, columns, random)
    numbers = gguf.quants.dequantize(stored.view(np.uint8), kind).reshape(ROWS, columns)
    x = random.normal(size=(2, columns)).astype(np.float32)
    product = x.astype(np.float64) @ numbers.astype(np.float64).T
    # What an error relative to a typical term is measured by.
    norms = np.sqrt((x.astype(np.float64) ** 2) @ (numbers.astype(np.float64) ** 2).T)
    return {
        "type": name,
        "rows": ROWS,
        "columns": columns,
        "stored": text(stored),
        "numbers": text(numbers.astype("<f4")),
        "x": text(x),
        "product": product.ravel().tolist(),
        "norms": norms.ravel().tolist(),
    }


random = np.random.default_rng(20240531)
document = {
    "versions": {"gguf": version("gguf"), "numpy": np.__version__},
    "cases": [case(name, random) for name in TYPES],
}
path = Path(__file__).parent / "kernels" / "weights.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(document, indent=1) + "\n")
print(path.name, path.stat().st_size, "bytes")
