"""Writes Tests/Fixtures/operations: what torch and transformers compute in float32.

Run: python make_operation_fixtures.py   (torch 2.13.0, transformers 5.23.0)

operations.json lists cases: their numbers, and for each tensor its shape and where it begins in
operations.f32 (little-endian float32), counted in numbers.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import LlamaConfig
from transformers.models.cohere import modeling_cohere
from transformers.models.llama import modeling_llama
from transformers.models.phi import modeling_phi
from transformers.models.phi.configuration_phi import PhiConfig
from transformers.models.qwen3.modeling_qwen3 import Qwen3RMSNorm

FOLDER = Path(__file__).parent / "operations"
torch.manual_seed(20240607)

data = []
cases = []
length = 0


def case(operation, numbers, **tensors):
    global length
    places = {}
    for name, tensor in tensors.items():
        tensor = tensor.detach().to(torch.float32).contiguous()
        places[name] = {"shape": list(tensor.shape), "offset": length}
        data.append(tensor.numpy().astype("<f4").tobytes())
        length += tensor.numel()
    cases.append({"operation": operation, "numbers": numbers, "tensors": places})


def norm(rows, width, run, epsilon, size):
    layer = Qwen3RMSNorm(run, eps=epsilon)
    layer.weight.data = 1 + 0.3 * torch.randn(run)
    x, delta = size * torch.randn(rows, width), size * torch.randn(rows, width)
    y = layer(x.view(-1, run)).view(rows, width)
    sum_normalized = layer((x + delta).view(-1, run)).view(rows, width)
    case("norm", {"epsilon": epsilon}, x=x, delta=delta, weight=layer.weight, y=y, sum=sum_normalized)


norm(3, 67, 67, 1e-6, 1.0)
norm(1, 576, 576, 1e-5, 0.01)
norm(2, 64, 64, 1e-5, 300.0)
norm(3, 48, 16, 1e-6, 1.0)


def rotation(layout, module, config_rotation, heads, head_size, positions):
    x = torch.randn(len(positions), heads * head_size)
    q = x.view(1, len(positions), heads, head_size).transpose(1, 2)
    ids = torch.tensor([positions])
    cosines, sines = config_rotation(x[None], ids)
    turning = cosines.shape[-1]
    turned, _ = module.apply_rotary_pos_emb(q[..., :turning], q[..., :turning], cosines, sines)
    y = torch.cat([turned, q[..., turning:]], -1).transpose(1, 2).reshape(x.shape)
    case(
        "rotation",
        {
            "layout": layout,
            "headSize": head_size,
            "positions": positions,
            "scale": float(config_rotation.attention_scaling),
        },
        x=x,
        y=y,
        inverseFrequencies=config_rotation.inv_freq,
    )


def llama(heads, head_size, **rope):
    return LlamaConfig(
        hidden_size=heads * head_size,
        num_attention_heads=heads,
        head_dim=head_size,
        max_position_embeddings=32768,
        rope_parameters={"rope_theta": 10000.0, "rope_type": "default"} | rope,
    )


many = [0, 1, 2, 31, 1000, 8191, 131071]
rotation("halves", modeling_llama, modeling_llama.LlamaRotaryEmbedding(llama(2, 64)), 2, 64, many)
rotation(
    "halves",
    modeling_llama,
    modeling_llama.LlamaRotaryEmbedding(
        llama(2, 16, rope_type="yarn", factor=4.0, original_max_position_embeddings=8192)
    ),
    2,
    16,
    many,
)
rotation(
    "halves",
    modeling_phi,
    modeling_phi.PhiRotaryEmbedding(
        PhiConfig(hidden_size=80, num_attention_heads=2, partial_rotary_factor=0.4)
    ),
    2,
    40,
    many,
)


class Interleaved:
    """transformers' Cohere turns pairs of neighbors."""

    def __init__(self, head_size):
        self.inner = modeling_llama.LlamaRotaryEmbedding(llama(2, head_size))
        self.inv_freq, self.attention_scaling = self.inner.inv_freq, 1.0

    def __call__(self, x, ids):
        angles = ids[0][:, None].float() * self.inv_freq[None]
        angles = torch.repeat_interleave(angles, 2, dim=-1)[None]
        return angles.cos(), angles.sin()


rotation("interleaved", modeling_cohere, Interleaved(24), 2, 24, many)

special = torch.tensor([0.0, -0.0, 1e-30, -1e-30, 88.0, -88.0, -89.5, -104.0, 120.0, -120.0, 1e30, -1e30])
gates = torch.cat([special, math.inf * torch.tensor([1.0, -1.0]), torch.tensor([math.nan])])
gates = torch.cat([gates, 5 * torch.randn(3 * 67 - len(gates))]).view(3, 67)
ups = torch.randn(3, 67)
case("gate", {"activation": "silu"}, gate=gates, up=ups, y=F.silu(gates) * ups)
case(
    "gate",
    {"activation": "geluTanh"},
    gate=gates,
    up=ups,
    y=F.gelu(gates, approximate="tanh") * ups,
)

scores = 10 * torch.randn(6, 131)
scores[1, ::3] = -math.inf
scores[2] += 1e4
scores[3, 5] = math.nan
scores[4, 7] = math.inf
scores[5] = -math.inf
case("softmax", {}, x=scores, y=torch.softmax(scores, -1))


def attention(heads, key_heads, head_size, context, rows, window, size=1.0):
    q = size * torch.randn(heads, rows, head_size)
    k = size * torch.randn(key_heads, context, head_size)
    v = torch.randn(key_heads, context, head_size)
    scale = 1 / math.sqrt(head_size)
    positions = torch.arange(context - rows, context)[:, None]
    keys = torch.arange(context)[None]
    mask = keys <= positions
    if window:
        mask &= keys > positions - window
    compute = lambda *qkv: F.scaled_dot_product_attention(
        *qkv, attn_mask=mask, scale=scale, enable_gqa=True
    )
    exact, y = compute(q.double(), k.double(), v.double()), compute(q, k, v)
    flat = lambda t: t.transpose(0, 1).reshape(t.shape[1], -1)
    case(
        "attention",
        {
            "keyValueHeadCount": key_heads,
            "headSize": head_size,
            "scale": scale,
            "slidingWindow": window,
            "torchError": (y - exact).abs().max().item(),
        },
        q=flat(q),
        k=flat(k),
        v=flat(v),
        y=flat(exact),
    )


attention(6, 2, 16, 33, 33, 0)
attention(2, 2, 24, 33, 33, 7)
attention(3, 1, 10, 70, 30, 33)
attention(2, 1, 8, 530, 11, 0)
attention(2, 1, 8, 300, 11, 270, size=3.0)
attention(9, 3, 64, 4, 4, 0)


def layer_norm(rows, width, epsilon, size):
    x, delta = size * torch.randn(rows, width) + size, size * torch.randn(rows, width)
    bias, weight, shift = torch.randn(width), 1 + 0.3 * torch.randn(width), torch.randn(width)
    exact = [t.double() for t in (x, delta, bias, weight, shift)]
    y = F.layer_norm(exact[0] + (exact[1] + exact[2]), (width,), exact[3], exact[4], epsilon)
    case("layerNorm", {"epsilon": epsilon}, x=x, delta=delta, bias=bias, weight=weight, shift=shift, y=y)


layer_norm(3, 67, 1e-12, 1.0)
layer_norm(2, 384, 1e-12, 5.0)
layer_norm(2, 64, 1e-5, 0.01)

# torch's GELU of infinity is NaN.
activated = torch.where(gates == math.inf, 100.0, gates)
for activation, approximate in [("gelu", "none"), ("geluTanh", "tanh")]:
    case("activation", {"activation": activation}, x=activated, y=F.gelu(activated.double(), approximate=approximate))


def packed_attention(heads, head_size, lengths):
    q, k, v = (torch.randn(sum(lengths), heads * head_size) for _ in range(3))
    scale = 1 / math.sqrt(head_size)
    split = lambda t: [part.view(len(part), heads, head_size).transpose(0, 1) for part in t.split(lengths)]
    compute = lambda *qkv: torch.cat([
        F.scaled_dot_product_attention(*parts, scale=scale).transpose(0, 1).flatten(1)
        for parts in zip(*map(split, qkv))
    ])
    exact, y = compute(q.double(), k.double(), v.double()), compute(q, k, v)
    numbers = {"headSize": head_size, "scale": scale, "positions": lengths,
               "torchError": (y - exact).abs().max().item()}
    case("packedAttention", numbers, q=q, k=k, v=v, y=exact)


packed_attention(2, 16, [5, 1, 40, 32])
packed_attention(3, 10, [33, 7])
packed_attention(1, 8, [300, 3])

FOLDER.mkdir(exist_ok=True)
(FOLDER / "operations.f32").write_bytes(b"".join(data))
(FOLDER / "operations.json").write_text("[\n" + ",\n".join(map(json.dumps, cases)) + "\n]\n")
print(f"{len(cases)} cases, {4 * length} bytes")
