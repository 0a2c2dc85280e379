#!/usr/bin/env python3
"""Asks a running swiftllm server for vectors, as OpenAI's clients do.

usage: embeddings_test.py BASE_URL MODEL     (BASE_URL without /v1; MODEL is an encoder)

Uses the official `openai` client where it is installed, which asks for base64, else urllib.
"""

import array
import base64
import json
import math
import sys
import urllib.error
import urllib.request

try:
    import openai
except ImportError:
    openai = None

base, model = sys.argv[1].rstrip("/"), sys.argv[2]
texts = ["How are you?", "How old are you?", "The train to Bern leaves at noon."]


def post(path, **body):
    """Status and parsed body."""
    request = urllib.request.Request(
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def decoded(text):
    numbers = array.array("f", base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return list(numbers)


def embed(texts):
    """The vectors of texts, as the client at hand reads them."""
    if openai:
        client = openai.OpenAI(api_key="EMPTY", base_url=base + "/v1", max_retries=0)
        answer = client.embeddings.create(model=model, input=texts)
        assert answer.usage.prompt_tokens == answer.usage.total_tokens > 0
        return [item.embedding for item in answer.data]
    status, answer = post("/v1/embeddings", model=model, input=texts, encoding_format="base64")
    assert status == 200, answer
    return [decoded(item["embedding"]) for item in answer["data"]]


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


vectors = embed(texts)
assert len(vectors) == len(texts)
status, answer = post("/v1/embeddings", model=model, input=texts)
assert status == 200, answer
assert [item["index"] for item in answer["data"]] == [0, 1, 2]
for item, vector in zip(answer["data"], vectors):
    assert max(abs(x - y) for x, y in zip(item["embedding"], vector)) < 1e-7
assert cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2])
assert embed(texts[1:2]) == vectors[1:2]

status, answer = post("/tokenize", model=model, prompt=texts[0])
assert status == 200, answer
status, answer = post("/v1/embeddings", model=model, input=answer["tokens"])
assert status == 200 and cosine(answer["data"][0]["embedding"], vectors[0]) > 1 - 1e-6

bad = [
    ({"input": ""}, "input"),
    ({"input": []}, "input"),
    ({"input": 7}, "input"),
    ({"input": [999999999]}, "input"),
    ({"input": "a " * 100000}, "input_tokens"),
    ({"input": "a", "dimensions": 3}, "dimensions"),
    ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
]
for fields, name in bad:
    status, answer = post("/v1/embeddings", model=model, **fields)
    assert status == 400 and answer["error"]["param"] == name, (fields, answer)
if openai:
    client = openai.OpenAI(api_key="EMPTY", base_url=base + "/v1", max_retries=0)
    for call in (
        lambda: client.embeddings.create(model=model, input=""),
        lambda: client.completions.create(model=model, prompt="a"),
    ):
        try:
            call()
        except openai.BadRequestError:
            continue
        raise AssertionError("a bad request was answered")
for path, kind in (("/v1/completions", "Completions"), ("/v1/chat/completions", "Chat Completions")):
    status, answer = post(path, model=model, prompt="a", messages=[{"role": "user", "content": "a"}])
    assert status == 400, answer
    assert answer["error"]["message"] == f"The model does not support {kind} API", answer
assert post("/v1/embeddings", model="nobody/nothing", input="a")[0] == 404

print(f"server: all vectors as expected ({'openai' if openai else 'urllib'})")
