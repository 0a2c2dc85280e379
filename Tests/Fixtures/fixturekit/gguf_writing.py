"""GGUF files laid out as llama.cpp's converter and quantizer lay them out.

Source: ggml-org/llama.cpp, convert_hf_to_gguf.py, LlamaModel and Qwen2Model.
"""

import json
import math
from pathlib import Path

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from . import k_quants
from .gguf_reading import tensor_name
from .tiny_tokenizer import STYLES

FILE_TYPES = {
    Type.F32: gguf.LlamaFileType.ALL_F32, Type.F16: gguf.LlamaFileType.MOSTLY_F16,
    Type.BF16: gguf.LlamaFileType.MOSTLY_BF16, Type.Q8_0: gguf.LlamaFileType.MOSTLY_Q8_0,
    Type.Q4_0: gguf.LlamaFileType.MOSTLY_Q4_0, Type.Q4_1: gguf.LlamaFileType.MOSTLY_Q4_1,
    Type.Q5_0: gguf.LlamaFileType.MOSTLY_Q5_0, Type.Q5_1: gguf.LlamaFileType.MOSTLY_Q5_1,
    Type.Q6_K: gguf.LlamaFileType.MOSTLY_Q6_K, Type.Q4_K: gguf.LlamaFileType.MOSTLY_Q4_K_M,
    Type.Q2_K: gguf.LlamaFileType.GUESSED,
}

# Matrices of a file that have another type than the one it is named by: those of the mixture
# Q4_K_M, and, beside Q2_K, one of each other type that rows of 256 can have.
MIXTURES = {
    Type.Q4_K: {"token_embd": Type.Q6_K, "attn_v": Type.Q6_K, "ffn_down": Type.Q6_K},
    Type.Q2_K: {
        "attn_k": Type.Q3_K, "attn_v": Type.Q5_K, "attn_output": Type.IQ4_XS,
        "ffn_gate": Type.IQ4_NL, "ffn_up": Type.MXFP4, "ffn_down": Type.TQ2_0,
        "token_embd": Type.Q4_K,
    },
}


def write(path: Path, model, tokenizer_directory: Path, kind: Type, style: str) -> None:
    config = model.config
    architecture = config.model_type
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type("model")
    writer.add_name(f"tiny random {architecture}")
    writer.add_size_label("100K")
    writer.add_file_type(FILE_TYPES[kind])
    add_sizes(writer, config)
    add_tokenizer(writer, tokenizer_directory, STYLES[style].gguf_name)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for name, parameter in model.named_parameters():
        weights = parameter.detach().float().numpy()
        if architecture == "llama":
            weights = interleave_rotary_rows(name, weights, config)
        add_tensor(writer, tensor_name(config, name), weights, kind)
    if config.rope_parameters["rope_type"] == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_divisors(config))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_sizes(writer: gguf.GGUFWriter, config) -> None:
    rope = config.rope_parameters
    heads = config.num_attention_heads
    head_size = getattr(config, "head_dim", None) or config.hidden_size // heads
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_rope_freq_base(rope["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if head_size * heads != config.hidden_size:
        writer.add_key_length(head_size)
        writer.add_value_length(head_size)
    if config.model_type == "llama":
        writer.add_vocab_size(config.vocab_size)
        writer.add_rope_dimension_count(head_size)
    if rope["rope_type"] == "linear":
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(rope["factor"])


def add_tokenizer(writer: gguf.GGUFWriter, directory: Path, splitter: str) -> None:
    description = json.loads((directory / "tokenizer.json").read_text(encoding="utf-8"))
    tokens = {id: text for text, id in description["model"]["vocab"].items()}
    types = {id: gguf.TokenType.NORMAL for id in tokens}
    for added in description["added_tokens"]:
        tokens[added["id"]] = added["content"]
        types[added["id"]] = (
            gguf.TokenType.CONTROL if added["special"] else gguf.TokenType.USER_DEFINED)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(splitter)
    writer.add_token_list([tokens[id] for id in range(len(tokens))])
    writer.add_token_types([types[id] for id in range(len(tokens))])
    gguf.SpecialVocab(directory, load_merges=True).add_to_gguf(writer, quiet=True)


def add_tensor(writer: gguf.GGUFWriter, name: str, weights: np.ndarray, kind: Type) -> None:
    """Vectors stay float32; rows that are no whole number of blocks fall back to Q8_0."""
    if weights.ndim == 1:
        kind = Type.F32
    else:
        parts = MIXTURES.get(kind, {})
        kind = next((parts[part] for part in parts if part in name), kind)
    if kind in (Type.Q4_K, Type.Q6_K) and weights.shape[-1] % k_quants.BLOCK:
        kind = Type.Q8_0
    if kind in (Type.F32, Type.F16):
        writer.add_tensor(name, weights.astype(np.float32 if kind == Type.F32 else np.float16))
    else:
        writer.add_tensor(name, k_quants.quantize(weights, kind), raw_dtype=kind)


def interleave_rotary_rows(name: str, weights: np.ndarray, config) -> np.ndarray:
    """Rows of q and k from half-split to interleaved pairs, as the llama architecture has them."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    count = heads.get(name.split(".")[-2])
    if count is None:
        return weights
    pairs = weights.reshape(count, 2, weights.shape[0] // count // 2, *weights.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weights.shape)


def llama3_divisors(config) -> np.ndarray:
    """What each rotary frequency is divided by, [head size / 2]."""
    rope = config.rope_parameters
    old = rope["original_max_position_embeddings"]
    low, high = rope["low_freq_factor"], rope["high_freq_factor"]
    divisors = []
    for pair in range(0, config.head_dim, 2):
        turns = old / (2 * math.pi * rope["rope_theta"] ** (pair / config.head_dim))
        smooth = min(max((turns - low) / (high - low), 0), 1)
        divisors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
    return np.array(divisors, np.float32)
