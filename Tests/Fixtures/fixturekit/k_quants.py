"""Blocks of the types that gguf-py reads but does not write.

Rounding to the nearest step of each sub-block is all there is: the aim is valid blocks with
plausible contents, not llama.cpp's least-squares search.
Source: ggml/src/ggml-common.h.
"""

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

BLOCK = 256


def quantize(weights: np.ndarray, kind: Type) -> np.ndarray:
    """Rows of float32 [rows, columns] → uint8 [rows, bytes]."""
    if kind not in QUANTIZERS:
        return quants.quantize(weights, kind)
    packed = QUANTIZERS[kind](weights.astype(np.float32).reshape(-1, BLOCK))
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


def with_minimums(parts: np.ndarray, levels: int, limit: int):
    """x = d · scale · q - dmin · minimum for sub-blocks [n, sub-blocks, columns]."""
    depth = np.maximum(-parts.min(-1), 0)
    step = (parts.max(-1) + depth) / levels
    d_bytes, d = half_bytes(step.max(-1) / limit)
    dmin_bytes, dmin = half_bytes(depth.max(-1) / limit)
    scale, minimum = (
        np.rint(ratio(x, np.broadcast_to(unit[:, None], x.shape))).clip(0, limit).astype(np.uint8)
        for x, unit in ((step, d), (depth, dmin))
    )
    steps = (d[:, None] * scale)[..., None]
    shifted = parts + (dmin[:, None] * minimum)[..., None]
    q = np.rint(ratio(shifted, np.broadcast_to(steps, shifted.shape))).clip(0, levels)
    return d_bytes, dmin_bytes, scale, minimum, q.astype(np.uint8)


def six_bit_pairs(scale: np.ndarray, minimum: np.ndarray) -> np.ndarray:
    """Eight scales and minimums of six bits each in twelve bytes."""
    return np.concatenate([
        scale[:, :4] | (scale[:, 4:] >> 4) << 6,
        minimum[:, :4] | (minimum[:, 4:] >> 4) << 6,
        (scale[:, 4:] & 15) | (minimum[:, 4:] & 15) << 4,
    ], axis=1)


def nibbles(q: np.ndarray, columns: int) -> np.ndarray:
    """Groups of `columns` numbers, the first half of them in the low four bits."""
    q = q.reshape(len(q), -1, 2, columns // 2)
    return (q[:, :, 0] & 15 | (q[:, :, 1] & 15) << 4).reshape(len(q), -1)


def planes(bits: np.ndarray, width: int) -> np.ndarray:
    """[n, 256] values of `width` bits: 32 neighbors in 32 bytes, the next 32 above them."""
    per_byte = 8 // width
    bits = bits.reshape(len(bits), -1, per_byte, 32).astype(np.uint8)
    shifts = (np.arange(per_byte, dtype=np.uint8) * width)[:, None]
    return np.bitwise_or.reduce(bits << shifts, axis=2).reshape(len(bits), -1)


def q4_k(blocks: np.ndarray) -> np.ndarray:
    """8 sub-blocks of 32, q of 4 bits, scales and minimums of 6."""
    d, dmin, scale, minimum, q = with_minimums(blocks.reshape(-1, 8, 32), 15, 63)
    return np.concatenate([d, dmin, six_bit_pairs(scale, minimum), nibbles(q, 64)], axis=1)


def q5_k(blocks: np.ndarray) -> np.ndarray:
    """The same with q of 5 bits."""
    d, dmin, scale, minimum, q = with_minimums(blocks.reshape(-1, 8, 32), 31, 63)
    high = planes(q >> 4, 1)
    return np.concatenate([d, dmin, six_bit_pairs(scale, minimum), high, nibbles(q, 64)], axis=1)


def q2_k(blocks: np.ndarray) -> np.ndarray:
    """16 sub-blocks of 16, q of 2 bits, scales and minimums of 4."""
    d, dmin, scale, minimum, q = with_minimums(blocks.reshape(-1, 16, 16), 3, 15)
    return np.concatenate([scale | minimum << 4, planes(q, 2), d, dmin], axis=1)


def signed_steps(parts: np.ndarray, extreme_step: float, limit: int):
    """x = d · scale · step for sub-blocks; the number of largest magnitude gets `extreme_step`."""
    extreme = np.take_along_axis(parts, np.abs(parts).argmax(-1)[..., None], -1)[..., 0]
    step = extreme / extreme_step
    d_bytes, d = half_bytes(np.abs(step).max(-1) / limit)
    scale = np.rint(ratio(step, np.broadcast_to(d[:, None], step.shape))).clip(-limit, limit)
    steps = np.broadcast_to((d[:, None] * scale)[..., None], parts.shape)
    return d_bytes, (scale + 32).astype(np.uint8), ratio(parts, steps)


def q3_k(blocks: np.ndarray) -> np.ndarray:
    """16 sub-blocks of 16: x = d · (scale - 32) · (q - 4), q of 3 bits, scales of 6."""
    d, scale, steps = signed_steps(blocks.reshape(-1, 16, 16), -4, 31)
    q = (np.rint(steps).clip(-4, 3) + 4).astype(np.uint8).reshape(len(blocks), -1)
    high = (scale >> 4).reshape(-1, 4, 4) << np.array([0, 2, 4, 6], np.uint8)[:, None]
    scales = [scale[:, :8] & 15 | (scale[:, 8:] & 15) << 4, np.bitwise_or.reduce(high, axis=1)]
    return np.concatenate([planes(q >> 2, 1), planes(q & 3, 2), *scales, d], axis=1)


def iq4_xs(blocks: np.ndarray) -> np.ndarray:
    """8 sub-blocks of 32: x = d · (scale - 32) · value of q, q of 4 bits, scales of 6."""
    d, scale, steps = signed_steps(blocks.reshape(-1, 8, 32), -127, 31)
    values = np.array(quants.IQ4_NL.kvalues, np.float32)
    q = np.abs(steps[..., None] - values).argmin(-1).astype(np.uint8).reshape(len(blocks), -1)
    high = np.bitwise_or.reduce(
        (scale >> 4).astype(np.uint16) << np.arange(0, 16, 2, dtype=np.uint16), axis=1)
    low = scale[:, 0::2] & 15 | (scale[:, 1::2] & 15) << 4
    return np.concatenate([d, high[:, None].view(np.uint8), low, nibbles(q, 32)], axis=1)


def iq4_nl(blocks: np.ndarray) -> np.ndarray:
    """Blocks of 32: x = d · value of q, q of 4 bits."""
    parts = blocks.reshape(-1, 32)
    extreme = np.take_along_axis(parts, np.abs(parts).argmax(-1)[:, None], -1)[:, 0]
    d_bytes, d = half_bytes(extreme / -127)
    steps = ratio(parts, np.broadcast_to(d[:, None], parts.shape))
    values = np.array(quants.IQ4_NL.kvalues, np.float32)
    q = np.abs(steps[..., None] - values).argmin(-1).astype(np.uint8)
    return np.concatenate([d_bytes, nibbles(q, 32)], axis=1)


QUANTIZERS = {
    Type.Q2_K: q2_k, Type.Q3_K: q3_k, Type.Q4_K: q4_k, Type.Q5_K: q5_k, Type.Q6_K: q6_k,
    Type.IQ4_NL: iq4_nl, Type.IQ4_XS: iq4_xs,
}
