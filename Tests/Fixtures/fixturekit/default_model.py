"""References for the real default model, SmolLM2-135M-Instruct as GGUF; no weights are kept."""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from . import references
from .gguf_reading import GGUFModel

PROMPTS = json.loads((Path(__file__).parent.parent / "prompts.json").read_text(encoding="utf-8"))
GREEDY_STEPS = 64
EVERY, TOP = 16, 64
ROWS_PROMPT = "The capital of France is"


@torch.no_grad()
def make(path: Path, directory: Path) -> str:
    file = GGUFModel(path)
    model, tokenizer, table = file.model(), file.tokenizer(), file.rows("token_embd.weight")
    prompts = []
    tensors = {"sampled.ids": np.arange(0, len(table), EVERY, dtype=np.int32)}
    for index, prompt in enumerate(tokenized(tokenizer)):
        tokens = prompt["tokens"]
        scores = references.logits(model, tokens)[-1]
        best = np.argsort(-scores, kind="stable")[:TOP]
        tensors[f"prompt{index}.sampled"] = scores[::EVERY]
        tensors[f"prompt{index}.top.ids"] = best.astype(np.int32)
        tensors[f"prompt{index}.top"] = scores[best]
        continuation = references.greedy(model, tokens, GREEDY_STEPS)
        chosen = continuation["greedyTokens"]
        stop = tokenizer.eos_token_id
        prompts.append(prompt | continuation | {
            "greedyLength": chosen.index(stop) if stop in chosen else None,
            "greedyText": tokenizer.decode(chosen),
            "embeddingsSHA256": hashlib.sha256(table[tokens].astype("<f4").tobytes()).hexdigest(),
        })
        if prompt.get("text") == ROWS_PROMPT:
            tensors[f"prompt{index}.embeddings"] = table[tokens]
    source = {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    references.write(directory, {"source": source, "prompts": prompts}, tensors)
    return ", ".join(str(len(prompt["tokens"])) for prompt in prompts) + " tokens"


def tokenized(tokenizer) -> list[dict]:
    plain = [{"text": text, "tokens": tokenizer(text).input_ids} for text in PROMPTS["text"]]
    return plain + [references.chat(tokenizer, messages) for messages in PROMPTS["chat"]]
