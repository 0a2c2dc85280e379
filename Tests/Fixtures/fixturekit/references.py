"""What transformers answers: logits, hidden states and greedy continuations, in float32."""

import json
import re
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file

from .corpus import CHAT_MESSAGES, LONG_TEXT, SHORT_TEXT, SINGLE_TOKEN_TEXT

GREEDY_STEPS = 24
HIDDEN_PROMPT = 1  # the prompt whose hidden states are recorded


def greedy(model, tokens: list[int], steps: int) -> dict:
    """The most likely continuation, through the KV cache, not ended by any token.

    The gaps are the differences between the best and the second logit before each choice.
    """
    chosen, gaps, cache = [], [], None
    ids = torch.tensor([tokens])
    for _ in range(steps):
        out = model(input_ids=ids, past_key_values=cache, use_cache=True)
        best = out.logits[0, -1].topk(2)
        chosen.append(int(best.indices[0]))
        gaps.append(float(f"{best.values[0] - best.values[1]:.6g}"))
        cache, ids = out.past_key_values, best.indices[:1][None]
    return {"greedyTokens": chosen, "greedyGaps": gaps}


@contextmanager
def recorded_layers(model, into: dict):
    """Records the embeddings, the residual stream after each layer, and the final norm."""
    decoder = model.model
    named = {"embeddings": decoder.embed_tokens, "norm": decoder.norm}
    named |= {f"layer{index}": layer for index, layer in enumerate(decoder.layers)}

    def hook(name):
        def record(_module, _arguments, output):
            rows = output[0] if isinstance(output, tuple) else output
            into[name] = rows.reshape(-1, rows.shape[-1]).numpy().copy()
        return record

    handles = [module.register_forward_hook(hook(name)) for name, module in named.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def logits(model, tokens: list[int]) -> np.ndarray:
    """[n] tokens → [n, vocabulary], without a cache."""
    return model(input_ids=torch.tensor([tokens]), use_cache=False).logits[0].numpy()


def texts(tokenizer) -> list[str]:
    """The texts of the three prompts; the first is one token also when one is put in front."""
    first = SINGLE_TOKEN_TEXT if len(tokenizer(SINGLE_TOKEN_TEXT).input_ids) == 1 else ""
    return [first, SHORT_TEXT, LONG_TEXT]


@torch.no_grad()
def continuations(model, tokenizer) -> list[dict]:
    """The prompts with their greedy continuations; ends early when one of them is a poor test."""
    prompts = []
    for text in texts(tokenizer):
        tokens = tokenizer(text).input_ids
        prompts.append({"text": text, "tokens": tokens} | greedy(model, tokens, GREEDY_STEPS))
        if not is_telling(prompts[-1], tokenizer):
            break
    return prompts


def is_telling(prompt: dict, tokenizer) -> bool:
    """Whether every choice is clear of rounding, the text varies and no special token comes up."""
    tokens = prompt["greedyTokens"]
    return (
        min(prompt["greedyGaps"]) > 0.05
        and len(set(tokens)) >= GREEDY_STEPS // 2
        and not set(tokens) & set(tokenizer.all_special_ids)
    )


@torch.no_grad()
def measure(model, tokenizer, prompts: list[dict]) -> tuple[dict, dict]:
    """The contents of reference.json and of reference.safetensors."""
    tensors = {}
    for index, prompt in enumerate(prompts):
        layers = {}
        with recorded_layers(model, layers):
            scores = logits(model, prompt["tokens"])
        whole = index < len(prompts) - 1
        prompt["logits"] = "all" if whole else "last"
        prompt["greedyText"] = tokenizer.decode(prompt["greedyTokens"], skip_special_tokens=True)
        tensors[f"prompt{index}.logits"] = scores if whole else scores[-1:]
        if index == HIDDEN_PROMPT:
            tensors |= {f"prompt{index}.{name}": rows for name, rows in layers.items()}
    return {"prompts": prompts, "chat": chat(tokenizer, CHAT_MESSAGES)}, tensors


def chat(tokenizer, messages: list[dict]) -> dict:
    options = {"conversation": messages, "add_generation_prompt": True}
    return {
        "messages": messages,
        "text": tokenizer.apply_chat_template(**options, tokenize=False),
        "tokens": tokenizer.apply_chat_template(**options, return_dict=False),
    }


def write(directory: Path, description: dict, tensors: dict[str, np.ndarray]) -> None:
    tensors = {name: np.ascontiguousarray(tensors[name]) for name in sorted(tensors)}
    save_file(tensors, directory / "reference.safetensors")
    write_json(directory / "reference.json", description)


def write_json(path: Path, value) -> None:
    """Indented JSON in which an array of numbers stays on one line."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    text = re.sub(r"\[\s+(-?\d[-+.,\de\s]*)\]", lambda m: f"[{' '.join(m[1].split())}]", text)
    path.write_text(text + "\n", encoding="utf-8")
