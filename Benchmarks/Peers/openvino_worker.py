"""Measures OpenVINO GenAI."""

import numpy
import openvino
import openvino_genai
from worker import Generator, random_tokens, serve


class OpenVINO(Generator):
    def __init__(self, model, threads, **_):
        self.pipeline = openvino_genai.LLMPipeline(model, "CPU", INFERENCE_NUM_THREADS=threads)

    def generate(self, sequences, prompt, tokens):
        ids = numpy.array([random_tokens(prompt) for _ in range(sequences)], dtype=numpy.int64)
        configuration = openvino_genai.GenerationConfig()
        configuration.max_new_tokens = tokens
        configuration.ignore_eos = True
        configuration.do_sample = False
        result = self.pipeline.generate(
            openvino_genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(numpy.ones_like(ids))),
            configuration)
        assert all(len(row) == tokens for row in result.tokens)


serve(lambda request: OpenVINO(**request))
