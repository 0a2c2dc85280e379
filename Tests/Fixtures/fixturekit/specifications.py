"""The tiny models: one line each, and the random weights they are filled with."""

from dataclasses import dataclass, field

import numpy as np
import torch
from gguf import GGMLQuantizationType as Type
from transformers import (
    AutoModelForCausalLM, LlamaConfig, MistralConfig, PretrainedConfig, Qwen2Config, Qwen3Config,
)

SIZES = {
    "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
}
TIED = {"tie_word_embeddings": True}
ONE_WIDE_LAYER = TIED | {"hidden_size": 256, "num_hidden_layers": 1, "num_key_value_heads": 1}
THETA = 10000.0
LLAMA3_ROPE = {
    "rope_type": "llama3", "rope_theta": THETA, "factor": 8.0, "low_freq_factor": 1.0,
    "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
}
LINEAR_ROPE = {"rope_type": "linear", "rope_theta": THETA, "factor": 2.0}
BIASED = TIED | {
    "num_key_value_heads": 4, "attention_bias": True, "mlp_bias": True,
    "rope_parameters": LINEAR_ROPE,
}
LLAMA3 = TIED | {"head_dim": 32, "rope_parameters": LLAMA3_ROPE}


@dataclass(frozen=True)
class Specification:
    """One directory under models/."""

    name: str
    configuration: type[PretrainedConfig] = LlamaConfig
    options: dict = field(default_factory=dict)
    dtype: torch.dtype = torch.bfloat16
    tokenizer: str = "smollm"
    vocabulary: int = 352
    shard_size: str = "1GB"
    eos_list: bool = False  # generation_config.json has several end-of-sequence ids
    template_file: bool = False  # chat_template.jinja, or a member of tokenizer_config.json
    older_layout: bool = False  # a second config.json as transformers 4 wrote it
    gguf: Type | None = None  # a GGUF file whose matrices have this type


HUGGING_FACE = [
    Specification("llama-f32", options=TIED, dtype=torch.float32),
    Specification("llama-bf16", eos_list=True),
    Specification("llama-f16", options=TIED, dtype=torch.float16),
    Specification("llama-sharded", shard_size="150KB", template_file=True),
    Specification("llama-rope3", options=LLAMA3, tokenizer="llama3", eos_list=True,
                  older_layout=True),
    Specification("llama-mha", options=BIASED, older_layout=True),
    Specification("mistral", MistralConfig, TIED | {"sliding_window": 8}, tokenizer="llama3",
                  older_layout=True),
    Specification("qwen2", Qwen2Config, TIED, tokenizer="qwen2", eos_list=True),
    Specification("qwen3", Qwen3Config, TIED | {"head_dim": 32, "rms_norm_eps": 1e-6},
                  tokenizer="qwen2", template_file=True),
]

GGUF = [
    Specification("gguf-f32", options=TIED, dtype=torch.float32, gguf=Type.F32),
    Specification("gguf-f16", options=BIASED, gguf=Type.F16),
    Specification("gguf-bf16", gguf=Type.BF16),
    Specification("gguf-q8_0", gguf=Type.Q8_0),
    Specification("gguf-q4_0", options=TIED, gguf=Type.Q4_0),
    Specification("gguf-q4_1", options={"intermediate_size": 128}, gguf=Type.Q4_1),
    Specification("gguf-q5_0", gguf=Type.Q5_0),
    Specification("gguf-q5_1", options=TIED, gguf=Type.Q5_1),
    Specification("gguf-q6_k", options=ONE_WIDE_LAYER | {"intermediate_size": 64},
                  vocabulary=320, gguf=Type.Q6_K),
    Specification("gguf-q4_k", options=ONE_WIDE_LAYER | {"intermediate_size": 256},
                  vocabulary=320, gguf=Type.Q4_K),
    Specification("gguf-mixture", options=ONE_WIDE_LAYER | {"intermediate_size": 256},
                  vocabulary=320, gguf=Type.Q2_K),
    Specification("gguf-rope3", options=LLAMA3, tokenizer="llama3", gguf=Type.Q8_0),
    Specification("gguf-qwen2", Qwen2Config, tokenizer="qwen2", gguf=Type.Q8_0),
    Specification("gguf-qwen3", Qwen3Config, TIED | {"head_dim": 32}, tokenizer="qwen2",
                  gguf=Type.Q8_0),
]


def configuration(spec: Specification, tokenizer) -> PretrainedConfig:
    options = {"rope_parameters": {"rope_type": "default", "rope_theta": THETA}}
    return spec.configuration(
        **SIZES | options | spec.options, vocab_size=spec.vocabulary, dtype=spec.dtype,
        bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def random_model(config: PretrainedConfig, seed: int):
    """A model whose logits spread over several units.

    Matrices keep their input's scale or double it; embeddings and head give logits a standard
    deviation of about 4; norms are near 1 and biases are not zero.
    """
    model = AutoModelForCausalLM.from_config(config).to(config.dtype)
    generator = np.random.Generator(np.random.PCG64(seed))
    for name, parameter in sorted(model.named_parameters()):
        noise = generator.standard_normal(parameter.shape, dtype=np.float32)
        if name.endswith("norm.weight"):
            values = 1 + 0.1 * noise
            if "q_norm" in name or "k_norm" in name:
                values *= 2  # at 1, attention over so few positions is nearly flat
        elif name.endswith("bias"):
            values = 0.2 * noise
        else:
            outer = "embed_tokens" in name or "lm_head" in name
            values = noise * (4 if outer else 1.6) / parameter.shape[1] ** 0.5
        parameter.data.copy_(torch.from_numpy(values))
    return model.eval()
