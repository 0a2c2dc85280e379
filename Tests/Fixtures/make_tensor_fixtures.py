"""Writes Tests/Fixtures/tensors: files of torch, safetensors, numpy and gguf, and what they hold.

Usage: python make_tensor_fixtures.py   (torch 2.13, safetensors 0.8, numpy 2.4, gguf 0.19)

golden/   files written by the real libraries, which the writers must reproduce byte for byte;
          each holds tensors whose bytes count up (see `ramp`), so that the tests need no other file.
*.json    digests of what the files hold, and of what torch's conversions give.
"""

import base64
import collections
import hashlib
import io
import json
import pathlib

import gguf
import numpy
import safetensors.numpy
import safetensors.torch
import torch

ROOT = pathlib.Path(__file__).parent / "tensors"
GOLDEN = ROOT / "golden"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def raw(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


def ramp(dtype: torch.dtype, *shape: int) -> torch.Tensor:
    """A tensor whose byte i is (7 * i + 3) mod 251, in memory of its own."""
    size = torch.empty(0, dtype=dtype).element_size()
    count = int(numpy.prod(shape, dtype=numpy.int64)) if shape else 1
    data = [(7 * i + 3) % 251 for i in range(count * size)]
    if dtype == torch.bool:
        data = [value % 2 for value in data]
    return torch.tensor(data, dtype=torch.uint8).view(dtype).reshape(shape).clone()


def saved(value, **options) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def torch_goldens() -> None:
    """The cases that TorchWritingTests.swift writes as well; only digests are kept of most."""
    dtypes = [
        torch.float32, torch.bfloat16, torch.float16, torch.float64, torch.int64, torch.int32,
        torch.int16, torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128,
        torch.uint16, torch.uint32, torch.uint64, torch.float8_e4m3fn, torch.float8_e5m2,
        torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu,
    ]
    shapes = [[], [5], [2, 3], [0, 8], [3, 64], [2, 3, 4], [1, 2, 3, 4], [300, 70], [70000, 1]]
    cases = []
    for dtype in dtypes:
        for shape in shapes:
            cases.append({
                "dtype": str(dtype).removeprefix("torch."),
                "shape": shape,
                "sha256": digest(saved(ramp(dtype, *shape))),
            })
    containers = []
    for count in [0, 1, 2, 11, 12, 28, 60, 300, 1000, 1001, 2001]:
        tensors = [ramp(torch.float32, 1 + i % 3, 2) for i in range(count)]
        names = [f"layer.{i}.weight" for i in range(count)]
        named = dict(zip(names, tensors))
        containers.append({
            "count": count,
            "list": digest(saved(tensors)),
            "dictionary": digest(saved(named)),
            "ordered": digest(saved(collections.OrderedDict(named))),
        })
    # Data that begin like a zip data descriptor are taken for one by torch.
    quirk = torch.tensor([0x50, 0x4B, 0x07, 0x08, 1, 2, 3, 4, 5, 6, 7, 8], dtype=torch.uint8)
    (ROOT / "torch_saved.json").write_text(json.dumps({
        "tensors": cases, "containers": containers, "quirk": digest(saved(quirk)),
    }, indent=1))
    (GOLDEN / "float32_3x64.pt").write_bytes(saved(ramp(torch.float32, 3, 64)))


def torch_files() -> None:
    base = torch.arange(48, dtype=torch.float32).reshape(6, 8)
    sparse = torch.sparse_coo_tensor(
        [[0, 2, 2], [1, 0, 3]], [1.5, -2.0, 4.0], (3, 4), check_invariants=True)
    values = {
        "zip": (torch.arange(12.0).reshape(3, 4), {}),
        "bfloat16": (torch.arange(12.0).reshape(3, 4).to(torch.bfloat16), {}),
        "float16": (torch.arange(12.0).reshape(3, 4).to(torch.float16), {}),
        "float8": (torch.arange(12.0).reshape(3, 4).to(torch.float8_e4m3fn), {}),
        "strided": (base.t()[2:5, 1::2], {}),
        "expanded": (base[1].expand(3, 8), {}),
        "legacy": (base[2:4], {"_use_new_zipfile_serialization": False}),
        "conjugate": (torch.tensor([1 + 2j, 3 - 4j]).conj(), {}),
        "parameter": (torch.nn.Parameter(torch.ones(2, 3)), {}),
        "sparse": (sparse, {}),
        "dictionary": ({"prompt": torch.ones(2, 4), "step": 7, "names": ["a", "ü"]}, {}),
    }
    expected = {}
    for name, (value, options) in values.items():
        (ROOT / f"{name}.pt").write_bytes(saved(value, **options))
        tensor = value["prompt"] if isinstance(value, dict) else value.detach()
        tensor = (tensor.to_dense() if tensor.is_sparse else tensor).resolve_conj().contiguous()
        expected[name] = {
            "dtype": str(tensor.dtype).removeprefix("torch."),
            "shape": list(tensor.shape),
            "sha256": digest(raw(tensor)),
        }
    (ROOT / "torch_files.json").write_text(json.dumps(expected, indent=1))


def torch_views() -> None:
    """Views and types whose numbers are not simply there; the fuzzer starts from them too."""
    numbers = torch.arange(6.0).reshape(2, 3)
    waves = torch.complex(numbers, -numbers)
    values = {
        "complex": waves,
        "conjugate_matrix": waves.conj(),
        "negative": waves.conj().imag,
        "negative_conjugate": torch._neg_view(waves).conj(),
        "quantized": torch.quantize_per_tensor(numbers, 0.5, 3, torch.quint8),
        "quantized_channels": torch.quantize_per_channel(
            numbers, torch.tensor([0.5, 0.25]), torch.tensor([0, 1]), 0, torch.qint8),
        "meta": torch.empty(2, 3, device="meta"),
    }
    expected = {}
    for name, value in values.items():
        files = {name: {}}
        if not value.is_quantized and not value.is_meta:
            files[f"{name}_legacy"] = {"_use_new_zipfile_serialization": False}
        for file, options in files.items():
            (ROOT / f"{file}.pt").write_bytes(saved(value, **options))
            if value.is_quantized or value.is_meta:
                expected[file] = None
            else:
                dense = value.resolve_conj().resolve_neg().contiguous()
                expected[file] = {
                    "dtype": str(dense.dtype).removeprefix("torch."),
                    "shape": list(dense.shape),
                    "sha256": digest(raw(dense)),
                }
    (ROOT / "torch_views.json").write_text(json.dumps(expected, indent=1))


class SparseSink:
    """Keeps what is written in small pieces, and of large ones, which are zeros, only the size."""

    def __init__(self):
        self.size = 0
        self.pieces = []

    def write(self, data) -> int:
        count = len(data)
        if count < 1 << 20:
            if self.pieces and self.pieces[-1][0] + len(self.pieces[-1][1]) == self.size:
                self.pieces[-1][1].extend(data)
            else:
                self.pieces.append((self.size, bytearray(data)))
        self.size += count
        return count

    def flush(self) -> None:
        pass


def torch_wide() -> None:
    """A file above 4 GiB: zeros, and all that is around them."""
    sink = SparseSink()
    torch.save({
        "zeros": torch.zeros(2**32 + 5, dtype=torch.uint8),
        "rows": torch.arange(6.0).reshape(2, 3),
        "empty": torch.zeros(0, 4),
        "half": torch.zeros(2**31, dtype=torch.float16),
        "last": torch.arange(4.0),
    }, sink)
    (ROOT / "torch_wide.json").write_text(json.dumps({
        "size": sink.size, "pieces": [[offset, data.hex()] for offset, data in sink.pieces],
    }, indent=1))


def safetensors_goldens() -> None:
    tensors = {
        "b": ramp(torch.float32, 2, 3),
        "a": ramp(torch.float32, 5),
        "half": ramp(torch.float16, 3),
        "brain": ramp(torch.bfloat16, 2, 2),
        "flags": ramp(torch.bool, 3),
        "scalar": ramp(torch.int64),
        "empty": ramp(torch.uint8, 0, 4),
        "é\"\\\n\t\b\f\x01": ramp(torch.float8_e4m3fn, 3),
    }
    (GOLDEN / "all.safetensors").write_bytes(safetensors.torch.save(tensors, {"format": "pt"}))
    (GOLDEN / "plain.safetensors").write_bytes(
        safetensors.torch.save({"x": ramp(torch.float64, 2)}))


def npy_goldens() -> None:
    for name, tensor in {
        "float32_3x64": ramp(torch.float32, 3, 64), "float64_5": ramp(torch.float64, 5),
        "float16_0x8": ramp(torch.float16, 0, 8), "int64_scalar": ramp(torch.int64),
        "bool_2x3": ramp(torch.bool, 2, 3), "complex64_2": ramp(torch.complex64, 2),
        "uint8_100000x1": ramp(torch.uint8, 100000, 1)[:, :],
    }.items():
        buffer = io.BytesIO()
        numpy.save(buffer, tensor.numpy())
        data = buffer.getvalue()
        (GOLDEN / f"{name}.npy").write_bytes(data if len(data) < 4096 else data[:256])


def gguf_file() -> None:
    path = ROOT / "types.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint32("test.u32", 4_000_000_000)
    writer.add_int8("test.i8", -3)
    writer.add_uint64("test.u64", 2**64 - 1)
    writer.add_float32("test.f32", 0.5)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "grüß dich")
    tokens = [f"token {i}" * (i % 4) for i in range(100)]
    writer.add_array("test.strings", tokens)
    writer.add_array("test.floats", [0.5, -1.5, 2.0])
    writer.add_array("test.integers", [1, -2, 3])
    generator = numpy.random.default_rng(5)
    types = {
        "F32": gguf.GGMLQuantizationType.F32, "F16": gguf.GGMLQuantizationType.F16,
        "BF16": gguf.GGMLQuantizationType.BF16, "Q8_0": gguf.GGMLQuantizationType.Q8_0,
        "Q4_0": gguf.GGMLQuantizationType.Q4_0, "Q4_1": gguf.GGMLQuantizationType.Q4_1,
        "Q5_0": gguf.GGMLQuantizationType.Q5_0, "Q5_1": gguf.GGMLQuantizationType.Q5_1,
        "Q6_K": gguf.GGMLQuantizationType.Q6_K, "Q4_K": gguf.GGMLQuantizationType.Q4_K,
    }
    expected = {"strings": tokens, "tensors": {}}
    dequantized = {}
    for name, kind in types.items():
        numbers = generator.standard_normal((3, 256), dtype=numpy.float32)
        if name in ("Q6_K", "Q4_K"):
            # gguf-py cannot quantise to these: any bytes are valid blocks, but for the scales.
            block = gguf.GGML_QUANT_SIZES[kind][1]
            data = generator.integers(0, 256, (3, block), dtype=numpy.uint8)
            scale = numpy.array([0.01], dtype=numpy.float16).view(numpy.uint8)
            spots = [block - 2] if name == "Q6_K" else [0, 2]
            for spot in spots:
                data[:, spot:spot + 2] = scale
        else:
            data = gguf.quants.quantize(numbers, kind)
        writer.add_tensor(f"t.{name}", data, raw_dtype=kind)
        dequantized[f"t.{name}"] = gguf.quants.dequantize(data, kind)
        expected["tensors"][f"t.{name}"] = {
            "shape": [3, 256], "sha256": digest(data.tobytes()),
        }
    for name, dtype in [("I8", numpy.int8), ("I16", numpy.int16), ("I32", numpy.int32),
                        ("I64", numpy.int64), ("F64", numpy.float64)]:
        data = numpy.arange(-6, 6).astype(dtype).reshape(1, 2, 2, 3)
        writer.add_tensor(f"t.{name}", data)
        expected["tensors"][f"t.{name}"] = {
            "shape": [1, 2, 2, 3], "sha256": digest(data.tobytes()),
        }
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    (ROOT / "types_gguf.json").write_text(json.dumps(expected, indent=1))
    safetensors.numpy.save_file(dequantized, ROOT / "types_dequantized.safetensors")


def gguf_blocks() -> None:
    """Four random blocks of each type that only gguf-py dequantises, and a digest of their numbers."""
    generator = numpy.random.default_rng(11)
    cases = []
    for name in ["Q2_K", "Q3_K", "Q4_K", "Q5_K", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4", "IQ4_NL",
                 "IQ4_XS", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S", "IQ1_M"]:
        kind = gguf.GGMLQuantizationType[name]
        data = generator.integers(0, 256, (4, gguf.GGML_QUANT_SIZES[kind][1]), dtype=numpy.uint8)
        numbers = gguf.quants.dequantize(data, kind).astype(numpy.float32)
        numbers[numpy.isnan(numbers)] = numpy.float32("nan")
        cases.append({
            "type": name, "id": int(kind), "blocks": base64.b64encode(data.tobytes()).decode(),
            "count": numbers.size, "sha256": digest(numbers.tobytes()),
        })
    (ROOT / "gguf_blocks.json").write_text(json.dumps(cases, indent=1))


def sparse_files() -> None:
    """Every sparse layout with batches, blocks and dense dimensions, and digests of the dense tensors."""
    generator = torch.Generator().manual_seed(3)
    base = torch.randn(4, 6, generator=generator)
    base[torch.rand(4, 6, generator=generator) < 0.5] = 0
    # Every batch of a compressed tensor has the same number of elements.
    batched = torch.stack([base, base.flip(0), -base.roll(1, 1)])
    indices = torch.tensor([[0, 3, 3, 1], [1, 0, 0, 5]])
    hybrid = torch.randn(4, 2, 3, generator=generator)
    crow, column = torch.tensor([0, 2, 2, 3]), torch.tensor([0, 2, 1])
    values = {
        "coo": base.to_sparse(),
        "coo_hybrid_uncoalesced": torch.sparse_coo_tensor(indices, hybrid, (4, 6, 2, 3)),
        "coo_no_sparse_dimension": torch.sparse_coo_tensor(
            torch.zeros(0, 1, dtype=torch.int64), hybrid[:1], (2, 3)),
        "coo_empty": torch.sparse_coo_tensor(size=(3, 5)),
        "coo_bfloat16": base.to(torch.bfloat16).to_sparse(),
        "csr": base.to_sparse_csr(),
        "csc": base.to_sparse_csc(),
        "bsr": base.to_sparse_bsr((2, 3)),
        "bsc": base.to_sparse_bsc((2, 3)),
        "csr_int32": torch.sparse_csr_tensor(
            crow.int(), column.int(), torch.tensor([1.0, 2.0, 3.0]), (3, 4)),
        "csr_batched": batched.to_sparse_csr(),
        "csc_batched": torch.stack([base, base]).to_sparse_csc(),
        "csr_hybrid": torch.sparse_csr_tensor(crow, column, hybrid[:3], (3, 4, 2, 3)),
        "csc_hybrid": torch.sparse_csc_tensor(crow, column, hybrid[:3], (4, 3, 2, 3)),
        "bsr_batched": torch.stack([base, base]).to_sparse_bsr((2, 2)),
        "bsc_batched_hybrid": torch.stack([base, base]).reshape(2, 4, 6, 1).expand(
            2, 4, 6, 2).contiguous().to_sparse_bsc((2, 3), dense_dim=1),
    }
    expected = {}
    for name, value in values.items():
        dense = value.to_dense().contiguous()
        expected[name] = {
            "dtype": str(dense.dtype).removeprefix("torch."),
            "shape": list(dense.shape),
            "sha256": digest(raw(dense)),
        }
    (ROOT / "sparse_layouts.pt").write_bytes(saved(values))
    (ROOT / "sparse_layouts.json").write_text(json.dumps(expected, indent=1))


def conversions() -> None:
    """Digests of torch's conversions, over every narrow value and over 2^16 * 9 float32 values."""
    narrow = {}
    for dtype in [torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2,
                  torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu]:
        name = str(dtype).removeprefix("torch.")
        size = torch.empty(0, dtype=dtype).element_size()
        pattern = torch.arange(1 << (8 * size), dtype=torch.int32)
        pattern = pattern.to(torch.uint8) if size == 1 else pattern.to(torch.int16)
        wide = pattern.view(dtype).float()
        wide[wide.isnan()] = float("nan")
        upper = torch.arange(65536, dtype=torch.int64) << 16
        lower = [0, 1, 0x0FFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
        bits = torch.cat([upper | low for low in lower])
        floats = bits.to(torch.int32).view(torch.float32)
        floats = floats[~floats.isnan()]
        narrow[name] = {
            "to_float32": digest(raw(wide)), "from_float32": digest(raw(floats.to(dtype))),
        }
    (ROOT / "conversions.json").write_text(json.dumps(narrow, indent=1))


def main() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    torch_goldens()
    torch_files()
    torch_views()
    torch_wide()
    safetensors_goldens()
    npy_goldens()
    gguf_file()
    gguf_blocks()
    sparse_files()
    conversions()


if __name__ == "__main__":
    main()
