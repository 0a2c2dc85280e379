#!/usr/bin/env python3
"""Checks files that swiftllm's writer made with torch: 200 random tensors, and dictionaries of them.

usage: check_torch_files.py TENSOR_FILES [--count N] [--seed N]
  TENSOR_FILES   the tool of Tools/: swift build --package-path Tools -c release --product TensorFiles

Torch saves each tensor, of any type, shape and strides; the tool reads the file and writes it anew.
`torch.load(weights_only=True)` must then give an equal tensor of the same type, and the bytes must
be those that `torch.save(tensor.contiguous(), buffer)` gives. Needs torch 2.13. Exit status 0 if all agree.
"""

import argparse
import io
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2,
    torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu, torch.int64, torch.int32, torch.int16,
    torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool, torch.complex64,
    torch.complex128,
]


def bits(tensor: torch.Tensor) -> torch.Tensor:
    """The bytes: NaN equals itself, and every type can be compared."""
    return plain(tensor).reshape(-1).view(torch.uint8)


def random_tensor(choice: random.Random) -> torch.Tensor:
    dtype = choice.choice(DTYPES)
    shape = [choice.choice([0, 1, 1, 2, 3, 5, 8, 17, 64]) for _ in range(choice.randrange(5))]
    size = torch.empty(0, dtype=dtype).element_size()
    count = 1
    for length in shape:
        count *= length
    data = torch.tensor([choice.randrange(256) for _ in range(count * size)], dtype=torch.uint8)
    if dtype == torch.bool:
        data &= 1
    tensor = data.view(dtype).reshape(shape)
    match choice.randrange(5):
        case 0 if shape:
            tensor = tensor.transpose(0, -1)
        case 1 if shape and shape[0] > 2:
            tensor = tensor[1::2]
        case 2 if shape:
            tensor = tensor[:1].expand(3, *shape[1:]) if shape[0] else tensor
        case 3 if tensor.is_floating_point():
            tensor = torch.nn.Parameter(tensor)
    return tensor


def saved(value) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def plain(tensor: torch.Tensor) -> torch.Tensor:
    """What the tool writes: a contiguous tensor with a storage of its own."""
    return torch.empty(tensor.shape, dtype=tensor.dtype).copy_(tensor.detach())


class Tool:
    def __init__(self, path: str, folder: Path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = folder

    def copy(self, value) -> bytes:
        source, target = self.folder / "in.pt", self.folder / "out.pt"
        torch.save(value, source)
        self.process.stdin.write(f"copy {source} {target}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if answer.startswith("error"):
            raise SystemExit(f"check_torch_files: {answer.strip()}")
        return target.read_bytes()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    choice = random.Random(options.seed)
    tensors = equal = identical = contiguous = dictionaries = 0
    with tempfile.TemporaryDirectory() as folder:
        tool = Tool(options.tool, Path(folder))
        for _ in range(options.count):
            tensor = random_tensor(choice)
            data = tool.copy(tensor)
            loaded = torch.load(io.BytesIO(data), weights_only=True)
            tensors += 1
            contiguous += tensor.is_contiguous()
            equal += (loaded.dtype == tensor.dtype and loaded.shape == tensor.shape
                      and torch.equal(bits(loaded), bits(tensor.detach())))
            identical += data == saved(plain(tensor))
        for _ in range(20):
            named = {f"layer.{i}": random_tensor(choice) for i in range(2, choice.randrange(4, 40))}
            expected = {name: plain(tensor) for name, tensor in named.items()}
            dictionaries += tool.copy(named) == saved(expected)
        tool.process.stdin.close()
        tool.process.wait()
    print(f"torch {torch.__version__}: {tensors} random tensors, {contiguous} of them contiguous: "
          f"{equal} equal after torch.load(weights_only=True), {identical} files identical to torch.save's; "
          f"{dictionaries} of 20 dictionaries identical")
    return 0 if equal == identical == tensors and dictionaries == 20 else 1


if __name__ == "__main__":
    sys.exit(main())
