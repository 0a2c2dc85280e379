"""Measures transformers, or sentence-transformers where sentences are asked for."""

import torch
from worker import Generator, elapsed, serve


class Transformers(Generator):
    def __init__(self, model, dtype):
        from transformers import AutoModelForCausalLM, DynamicCache

        self.cache = DynamicCache
        self.model = AutoModelForCausalLM.from_pretrained(model, dtype=getattr(torch, dtype)).eval()

    def read(self, sequences, prompt):
        """The cache after random prompts, and the tokens that follow."""
        ids = torch.randint(100, self.model.config.vocab_size - 300, (sequences, prompt))
        cache = self.cache(config=self.model.config)
        return cache, self.step(ids, cache)

    def step(self, ids, cache):
        with torch.inference_mode():
            logits = self.model(ids, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
            return logits[:, -1:].argmax(-1)

    def prefill(self, prompt):
        return prompt / elapsed(lambda: self.read(1, prompt))

    def decode(self, context, tokens):
        return self.batch(1, max(1, context), tokens)

    def batch(self, sequences, prompt, tokens):
        cache, ids = self.read(sequences, prompt)

        def steps():
            following = ids
            for _ in range(tokens):
                following = self.step(following, cache)

        return sequences * tokens / elapsed(steps)


class SentenceTransformers:
    def __init__(self, model, dtype):
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(model, device="cpu", model_kwargs={"dtype": getattr(torch, dtype)})

    def embed(self, texts, batch_size):
        return len(texts) / elapsed(
            lambda: self.model.encode(texts, batch_size=batch_size, show_progress_bar=False))


def open_model(request):
    torch.set_num_threads(request["threads"])
    kind = SentenceTransformers if "sentences" in request else Transformers
    return kind(request["model"], request["dtype"])


serve(open_model)
