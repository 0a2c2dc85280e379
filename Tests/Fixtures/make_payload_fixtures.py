"""Writes Tests/Fixtures/payloads.json: what clients may send as prompt embeddings, in base64.

Usage: python make_payload_fixtures.py   (torch 2.13)

good: the same rows, [2, 64], of which most numbers are 0, in every layout and type that vLLM reads;
bad:  files of torch that hold no rows, and what is said of them.
"""

import base64
import io
import json
import pathlib
import warnings
import zipfile

import torch

warnings.filterwarnings("ignore", "Sparse .* tensor support is in beta state")


def saved(value, **options) -> str:
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return base64.b64encode(buffer.getvalue()).decode()


def sparse(indices, values, size) -> torch.Tensor:
    """A sparse tensor as a stranger may make it: nothing is checked."""
    return torch.sparse_coo_tensor(
        torch.tensor(indices), torch.tensor(values), size, check_invariants=False
    )


def empty_zip() -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("notes.txt", "no tensor")
    return base64.b64encode(buffer.getvalue()).decode()


generator = torch.Generator().manual_seed(7)
rows = torch.randn(2, 64, generator=generator) * (torch.rand(2, 64, generator=generator) < 0.2)
layouts = {
    "strided": lambda tensor: tensor,
    "coo": lambda tensor: tensor.to_sparse_coo(),
    "csr": lambda tensor: tensor.to_sparse_csr(),
    "csc": lambda tensor: tensor.to_sparse_csc(),
}
good = {
    str(dtype).removeprefix("torch."): {
        name: saved(change(rows.to(dtype))) for name, change in layouts.items()
    }
    for dtype in (torch.float32, torch.float16, torch.bfloat16, torch.float64)
}
unreadable = "could not be deserialized as a torch tensor"
bad = {
    "a number": (saved(7), "payload did not deserialize to a torch.Tensor."),
    "a dictionary": (saved({"a": rows}), "payload did not deserialize to a torch.Tensor."),
    "a list": (saved([rows]), "payload did not deserialize to a torch.Tensor."),
    "a zip without a tensor": (empty_zip(), unreadable),
    "whole numbers": (
        saved(rows.to(torch.int32)),
        "dtype torch.int32 is not a floating-point type, cannot safely cast to the model's dtype "
        "torch.float32.",
    ),
    "one row without its rank": (
        saved(rows[0].clone()),
        "must be a 2D tensor of shape (num_tokens, hidden_size); got shape (64,).",
    ),
    "two batches": (
        saved(rows.unsqueeze(0).repeat(2, 1, 1)),
        "must be a 2D tensor of shape (num_tokens, hidden_size); got shape (2, 2, 64).",
    ),
    "rank 4": (
        saved(rows[None, None].clone()),
        "must be a 2D tensor of shape (num_tokens, hidden_size); got shape (1, 2, 64).",
    ),
    "terabytes": (
        saved(sparse([[0], [0]], [1.0], (1 << 20, 1 << 20))),
        "exceeding the 2147483648 byte limit. Set VLLM_MAX_EMBED_DECODE_BYTES to increase this limit.",
    ),
    "an index beyond the end": (saved(sparse([[9], [0]], [1.0], (2, 64))), unreadable),
    "a negative index": (saved(sparse([[-1], [0]], [1.0], (2, 64))), unreadable),
}
path = pathlib.Path(__file__).parent / "payloads.json"
bad = {name: {"data": data, "message": message} for name, (data, message) in bad.items()}
path.write_text(json.dumps({"good": good, "bad": bad}, indent=1) + "\n")
