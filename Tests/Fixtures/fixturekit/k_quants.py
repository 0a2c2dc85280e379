"""Q6_K and Q4_K blocks, which gguf-py reads but does not write.

Rounding to the nearest step of each sub-block is all there is: the aim is valid blocks with
plausible contents, not llama.cpp's least-squares search.
Source: ggml/src/ggml-common.h, block_q6_K and block_q4_K.
"""

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

BLOCK = 256


def quantize(weights: np.ndarray, kind: Type) -> np.ndarray:
    """Rows of float32 [rows, columns] → uint8 [rows, bytes]."""
    if kind not in (Type.Q6_K, Type.Q4_K):
        return quants.quantize(weights, kind)
    blocks = weights.astype(np.float32).reshape(-1, BLOCK)
    packed = (q6_k if kind == Type.Q6_K else q4_k)(blocks)
    return packed.reshape(weights.shape[0], -1)


def half_bytes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[n] → (bytes of the float16 values [n, 2], those values as float32 [n])."""
    half = values.astype(np.float16)
    return half.view(np.uint8).reshape(-1, 2), half.astype(np.float32)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """numerator / denominator, and 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)


def q6_k(blocks: np.ndarray) -> np.ndarray:
    """16 sub-blocks of 16: x = d · scale (int8) · (q - 32), q of 6 bits."""
    parts = blocks.reshape(-1, 16, 16)
    extreme = np.take_along_axis(parts, np.abs(parts).argmax(-1)[..., None], -1)[..., 0]
    step = extreme / -32  # the sign makes the largest value land on q = 0
    d_bytes, d = half_bytes(np.abs(step).max(-1) / 127)
    scales = np.clip(np.rint(ratio(step, np.broadcast_to(d[:, None], step.shape))), -127, 127)
    steps = (d[:, None] * scales)[..., None]
    q = np.rint(ratio(parts, np.broadcast_to(steps, parts.shape))).clip(-32, 31).astype(np.int8)
    q = (q + 32).astype(np.uint8).reshape(-1, 2, 4, 32)
    low = (q[:, :, :2] & 15) | (q[:, :, 2:] & 15) << 4
    high = np.bitwise_or.reduce((q >> 4) << np.array([0, 2, 4, 6], np.uint8)[:, None], axis=2)
    scale_bytes = scales.astype(np.int8).view(np.uint8)
    return np.concatenate(
        [low.reshape(len(q), -1), high.reshape(len(q), -1), scale_bytes, d_bytes], axis=1)


def q4_k(blocks: np.ndarray) -> np.ndarray:
    """8 sub-blocks of 32: x = d · scale · q - dmin · minimum, q of 4 bits, the others of 6."""
    parts = blocks.reshape(-1, 8, 32)
    depth = np.maximum(-parts.min(-1), 0)
    step = (parts.max(-1) + depth) / 15
    d_bytes, d = half_bytes(step.max(-1) / 63)
    dmin_bytes, dmin = half_bytes(depth.max(-1) / 63)
    scale, minimum = (
        np.rint(ratio(x, np.broadcast_to(unit[:, None], x.shape))).clip(0, 63).astype(np.uint8)
        for x, unit in ((step, d), (depth, dmin))
    )
    steps = (d[:, None] * scale)[..., None]
    shifted = parts + (dmin[:, None] * minimum)[..., None]
    q = np.rint(ratio(shifted, np.broadcast_to(steps, shifted.shape))).clip(0, 15)
    q = q.astype(np.uint8).reshape(-1, 4, 2, 32)
    packed = np.concatenate([
        scale[:, :4] | (scale[:, 4:] >> 4) << 6,
        minimum[:, :4] | (minimum[:, 4:] >> 4) << 6,
        (scale[:, 4:] & 15) | (minimum[:, 4:] & 15) << 4,
    ], axis=1)
    return np.concatenate(
        [d_bytes, dmin_bytes, packed, (q[:, :, 0] | q[:, :, 1] << 4).reshape(len(q), -1)], axis=1)
