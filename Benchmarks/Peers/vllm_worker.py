"""Measures vLLM in its own process; prefix caching is off, as each prompt is new."""

from worker import Generator, random_tokens, serve


class VLLM(Generator):
    def __init__(self, model, **_):
        from vllm import LLM, SamplingParams

        self.parameters = SamplingParams
        self.engine = LLM(model, max_model_len=4096, enable_prefix_caching=False)

    def generate(self, sequences, prompt, tokens):
        prompts = [{"prompt_token_ids": random_tokens(prompt)} for _ in range(sequences)]
        parameters = self.parameters(temperature=0, max_tokens=tokens, min_tokens=tokens, ignore_eos=True,
                                     detokenize=False)
        for output in self.engine.generate(prompts, parameters, use_tqdm=False):
            assert len(output.outputs[0].token_ids) == tokens


# vLLM may start processes that import this file again.
if __name__ == "__main__":
    serve(lambda request: VLLM(**request))
