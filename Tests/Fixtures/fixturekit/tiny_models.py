"""Writes the directories of the tiny models: weights, tokenizer, references."""

import copy
import json
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, GenerationConfig, PreTrainedTokenizerFast

from . import gguf_writing, references, tiny_tokenizer
from .gguf_reading import GGUFModel
from .specifications import Specification, configuration, random_model

SEEDS_TO_TRY = 400


def make(spec: Specification, directory: Path) -> str:
    """Fills `directory`, with the first seed that gives telling continuations."""
    tokenizer = tiny_tokenizer.train(spec.tokenizer, spec.vocabulary)
    config = configuration(spec, tokenizer)
    for seed in range(SEEDS_TO_TRY):
        model = random_model(copy.deepcopy(config), seed)
        with tempfile.TemporaryDirectory() as folder:
            reference = read_back(spec, model, tokenizer, Path(folder))
        prompts = references.continuations(reference, tokenizer)
        if len(prompts) == 3 and references.is_telling(prompts[-1], tokenizer):
            break
    else:
        raise SystemExit(f"'{spec.name}': no seed of {SEEDS_TO_TRY} gives telling continuations")
    reference = read_back(spec, model, tokenizer, directory)
    description, tensors = references.measure(reference, tokenizer, prompts)
    check_sensitivity(spec, reference, prompts[-1]["tokens"], tensors["prompt2.logits"])
    references.write(directory, {"seed": seed} | description, tensors)
    return f"seed {seed}"


def read_back(spec: Specification, model, tokenizer: PreTrainedTokenizerFast, directory: Path):
    """Writes the model's files, and gives the model that those files hold, in float32."""
    if spec.gguf is not None:
        with tempfile.TemporaryDirectory() as folder:
            tiny_tokenizer.save(tokenizer, Path(folder), template_file=False)
            path = directory / "model.gguf"
            gguf_writing.write(path, model, Path(folder), spec.gguf, spec.tokenizer)
        file = GGUFModel(path)
        check_tokenizer(spec, file.tokenizer(), tokenizer)
        return file.model()
    stops = [tokenizer.eos_token_id, tokenizer.pad_token_id] if spec.eos_list else None
    model.generation_config = GenerationConfig(
        bos_token_id=tokenizer.bos_token_id, eos_token_id=stops or tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model.save_pretrained(directory, max_shard_size=spec.shard_size)
    tiny_tokenizer.save(tokenizer, directory, spec.template_file)
    if spec.older_layout:
        write_older_layout(directory)
    loaded = PreTrainedTokenizerFast.from_pretrained(directory)
    check_tokenizer(spec, loaded, tokenizer)
    return AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager").eval()


def write_older_layout(directory: Path) -> None:
    """config.transformers4.json: the same configuration as transformers 4 spelled it."""
    config = json.loads((directory / "config.json").read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    if rope["rope_type"] == "linear":
        config["rope_scaling"] = {"type": "linear", "factor": rope["factor"]}
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.46.0"
    references.write_json(directory / "config.transformers4.json", config)


def check_tokenizer(spec: Specification, read, made) -> None:
    for text in references.texts(made) + ["Straße <note> <|im_end|>it's 123\n\n  x"]:
        if read(text).input_ids != made(text).input_ids:
            raise SystemExit(f"'{spec.name}': the tokenizer read back differs on {text!r}")


@torch.no_grad()
def check_sensitivity(spec: Specification, model, tokens: list[int], expected) -> None:
    """A fixture for a feature must give other logits when the feature is left out."""
    without = copy.deepcopy(model)
    if spec.options.get("sliding_window"):
        without = type(model)(copy.deepcopy(model.config))
        without.config.sliding_window = None
        without.load_state_dict(model.state_dict())
    elif "rope_parameters" in spec.options:
        rotary = without.model.rotary_emb
        plain = torch.arange(len(rotary.inv_freq)) / len(rotary.inv_freq)
        rotary.inv_freq = model.config.rope_parameters["rope_theta"] ** -plain
    elif "3" in model.config.model_type:
        for layer in without.model.layers:
            layer.self_attn.q_norm = layer.self_attn.k_norm = torch.nn.Identity()
    else:
        return
    difference = abs(references.logits(without.eval(), tokens)[-1] - expected[-1]).max()
    if difference < 0.5:
        raise SystemExit(f"'{spec.name}': its feature changes logits by {difference:.3g} only")
