"""GGUF files as transformers models in float32, through gguf-py's own dequantization."""

from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import quants
from tokenizers import AddedToken, Tokenizer, models
from transformers import (
    AutoModelForCausalLM, LlamaConfig, PretrainedConfig, PreTrainedTokenizerFast, Qwen2Config,
    Qwen3Config,
)

from .tiny_tokenizer import add_bos_processor, text_pipeline

CONFIGURATIONS = {"llama": LlamaConfig, "qwen2": Qwen2Config, "qwen3": Qwen3Config}


class GGUFModel:
    """One file: its metadata, its tensors, and what transformers makes of them."""

    def __init__(self, path: Path):
        reader = gguf.GGUFReader(path)
        self.tensors = {tensor.name: tensor for tensor in reader.tensors}
        self.metadata = {key: field.contents() for key, field in reader.fields.items()}
        self.architecture = self.metadata["general.architecture"]

    def rows(self, name: str) -> np.ndarray:
        """The float32 values of a tensor, outermost dimension first."""
        tensor = self.tensors[name]
        shape = tuple(int(size) for size in reversed(tensor.shape))
        return quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32).reshape(shape)

    def value(self, key: str, default=None):
        return self.metadata.get(f"{self.architecture}.{key}", default)

    def configuration(self) -> PretrainedConfig:
        if self.architecture not in CONFIGURATIONS:
            raise SystemExit(f"no configuration is known here for '{self.architecture}'")
        heads, hidden = self.value("attention.head_count"), self.value("embedding_length")
        rope = {"rope_type": "default", "rope_theta": self.value("rope.freq_base", 10000.0)}
        if self.value("rope.scaling.type") == "linear":
            rope |= {"rope_type": "linear", "factor": self.value("rope.scaling.factor")}
        options = {}
        if self.architecture == "llama":
            options["attention_bias"] = "blk.0.attn_q.bias" in self.tensors
            options["mlp_bias"] = "blk.0.ffn_up.bias" in self.tensors
        return CONFIGURATIONS[self.architecture](
            vocab_size=len(self.metadata["tokenizer.ggml.tokens"]), hidden_size=hidden,
            intermediate_size=self.value("feed_forward_length"), num_attention_heads=heads,
            num_hidden_layers=self.value("block_count"),
            num_key_value_heads=self.value("attention.head_count_kv", heads),
            head_dim=self.value("attention.key_length", hidden // heads),
            max_position_embeddings=self.value("context_length"), rope_parameters=rope,
            rms_norm_eps=self.value("attention.layer_norm_rms_epsilon"),
            tie_word_embeddings="output.weight" not in self.tensors, dtype=torch.float32, **options,
        )

    def model(self):
        """The causal language model with these weights, eager attention, float32."""
        config = self.configuration()
        model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float()
        for name, parameter in model.named_parameters():
            weights = self.rows(tensor_name(config, name))
            if self.architecture == "llama":
                weights = split_rotary_rows(name, weights, config)
            if weights.shape != tuple(parameter.shape):
                raise SystemExit(f"'{name}' is {weights.shape}, not {tuple(parameter.shape)}")
            parameter.data.copy_(torch.from_numpy(np.ascontiguousarray(weights)))
        if "rope_freqs.weight" in self.tensors:
            model.model.rotary_emb.inv_freq /= torch.from_numpy(self.rows("rope_freqs.weight"))
        return model.eval()

    def tokenizer(self) -> PreTrainedTokenizerFast:
        """The tokenizer of a file whose tokenizer.ggml.model is 'gpt2'."""
        ggml = {key.removeprefix("tokenizer.ggml."): value for key, value in self.metadata.items()}
        tokens, types = ggml["tokens"], ggml["token_type"]
        tokenizer = Tokenizer(models.BPE(
            vocab={text: id for id, text in enumerate(tokens)},
            merges=[split_merge(line) for line in ggml["merges"]],
            ignore_merges=ggml["pre"] == "llama-bpe",
        ))
        text_pipeline(tokenizer, ggml["pre"])
        kinds = {gguf.TokenType.CONTROL: True, gguf.TokenType.USER_DEFINED: False}
        tokenizer.add_tokens([
            AddedToken(text, special=kinds[kind], normalized=False)
            for text, kind in zip(tokens, types) if kind in kinds
        ])
        names = {
            f"{role}_token": tokens[ggml[key]]
            for role, key in (("bos", "bos_token_id"), ("eos", "eos_token_id"),
                              ("pad", "padding_token_id")) if key in ggml
        }
        if ggml.get("add_bos_token"):
            add_bos_processor(tokenizer, names["bos_token"])
        return PreTrainedTokenizerFast(
            tokenizer_object=tokenizer, clean_up_tokenization_spaces=False,
            chat_template=self.metadata.get("tokenizer.chat_template"), **names,
        )


def split_merge(line: str) -> tuple[str, str]:
    """The left half may begin with a space, so the dividing one is the first after it."""
    middle = line.index(" ", 1)
    return line[:middle], line[middle + 1:]


def tensor_name(config, parameter: str) -> str:
    """'model.layers.0.mlp.up_proj.weight' → 'blk.0.ffn_up.weight'."""
    architecture = {name: key for key, name in gguf.MODEL_ARCH_NAMES.items()}[config.model_type]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    return names.get_name(parameter, try_suffixes=(".weight", ".bias"))


def split_rotary_rows(name: str, weights: np.ndarray, config) -> np.ndarray:
    """Rows of q and k from interleaved pairs to half-split, as transformers has them."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    count = heads.get(name.split(".")[-2])
    if count is None:
        return weights
    pairs = weights.reshape(count, weights.shape[0] // count // 2, 2, *weights.shape[1:])
    return pairs.swapaxes(1, 2).reshape(weights.shape)
