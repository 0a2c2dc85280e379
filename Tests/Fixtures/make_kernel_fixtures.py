#!/usr/bin/env python3
"""Writes kernels/*.json: stored rows of each weight type, the numbers gguf-py makes of them, products
in float64, and blocks that numbers are rounded to. Needs gguf and numpy; the same seed gives the same
files. Q4_K and Q6_K blocks come from llama.cpp: --ggml names its libggml-base.so, without which they
stay as they are."""

import argparse
import base64
import ctypes
import json
from importlib.metadata import version
from pathlib import Path

import gguf
import numpy as np

TYPES = [
    "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q6_K",
    "Q2_K", "Q3_K", "Q4_K", "Q5_K", "IQ4_NL", "IQ4_XS",
]
ROWS = 3
# Where a block has its float16 numbers.
SCALES = {
    "Q4_1": [0, 2], "Q5_1": [0, 2], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
    "Q5_K": [0, 2], "Q6_K": [208],
}
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
    kind = gguf.GGMLQuantizationType[name]
    columns = {1: 45, 32: 96, 256: 512}[gguf.GGML_QUANT_SIZES[kind][0]]
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


def rows_to_quantize(random):
    """Rows as weights are, in float32 and as bfloat16 leaves them, and odd ones."""
    rows = random.normal(size=(12, 512)).astype(np.float32) * np.float32(0.05)
    rows[1] = (rows[1].view(np.uint32) & 0xFFFF0000).view(np.float32)
    rows[2, ::40] *= 100
    rows[3] = np.round(rows[3] * 40) / 40 + 0.0  # ties and zeros, none of them negative
    rows[4] = np.abs(rows[4])
    rows[5] = -np.abs(rows[5])
    rows[6, :64] = 0.0
    rows[6, 256:] = 0.0
    rows[7] = 0.25
    rows[8] *= np.float32(1e-6)
    rows[9] *= np.float32(1e5)
    rows[10, 128:] *= np.float32(1e-14)
    return rows


def ggml_blocks(library, kind, rows):
    """What llama.cpp makes of `rows`."""
    quantize = library.ggml_quantize_chunk
    quantize.restype = ctypes.c_size_t
    quantize.argtypes = [ctypes.c_int] + [ctypes.c_void_p] * 2 + [ctypes.c_int64] * 3 + [
        ctypes.c_void_p]
    size, byte_count = gguf.GGML_QUANT_SIZES[kind]
    blocks = np.zeros(rows.size // size * byte_count, np.uint8)
    quantize(kind, rows.ctypes.data, blocks.ctypes.data, 0, *rows.shape, None)
    return blocks


def quantized(path, random, library):
    rows = rows_to_quantize(random)
    blocks = json.loads(path.read_text())["blocks"] if path.exists() else {}
    for name in ["Q8_0", "Q4_0", "Q5_0", "Q4_K", "Q6_K"]:
        kind = gguf.GGMLQuantizationType[name]
        if name in ("Q8_0", "Q4_0", "Q5_0"):
            blocks[name] = text(gguf.quants.quantize(rows, kind))
        elif library is not None:
            blocks[name] = text(ggml_blocks(library, kind, rows))
    return {"rows": rows.shape[0], "columns": rows.shape[1], "numbers": text(rows), "blocks": blocks}


def write(path, document):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=1) + "\n")
    print(path.name, path.stat().st_size, "bytes")


parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--ggml", type=ctypes.CDLL, help="libggml-base.so of llama.cpp")
arguments = parser.parse_args()
folder = Path(__file__).parent / "kernels"
random = np.random.default_rng(20240531)
write(folder / "weights.json", {
    "versions": {"gguf": version("gguf"), "numpy": np.__version__},
    "cases": [case(name, random) for name in TYPES],
})
path = folder / "quantized.json"
write(path, quantized(path, np.random.default_rng(20260102), arguments.ggml))
