#!/usr/bin/env python3
"""Asks a running swiftllm server as vLLM's clients do.

usage: client_test.py BASE_URL MODEL     (BASE_URL without /v1; started with --enable-prompt-embeds)

Uses the official `openai` client where it is installed, else urllib; rows come from /v1/prompt_embeds,
and from torch where that is installed, so that both directions of the file format are tested.
"""

import base64
import io
import json
import socket
import sys
import time
import urllib.error
import urllib.request

try:
    import openai
except ImportError:
    openai = None
try:
    import torch
except ImportError:
    torch = None

base, model = sys.argv[1].rstrip("/"), sys.argv[2]
prompt = "The capital of France is"
options = {"model": model, "max_tokens": 6, "temperature": 0.0}


def post(path, body):
    """Status and parsed body; streams as a list of events."""
    request = urllib.request.Request(
        base + path, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as response:
            text, status = response.read().decode(), response.status
    except urllib.error.HTTPError as error:
        text, status = error.read().decode(), error.code
    if text.startswith("data: "):
        events = [line[6:] for line in text.split("\n\n") if line]
        assert events[-1] == "[DONE]", events[-1]
        return status, [json.loads(event) for event in events[:-1]]
    return status, json.loads(text)


class Light:
    """What the tests need of the official client, on urllib."""

    def complete(self, **fields):
        extra = fields.pop("extra_body", {})
        status, body = post("/v1/completions", {**fields, **extra})
        assert status == 200, body
        if fields.get("stream"):
            return [(c["index"], c["text"], c["finish_reason"]) for e in body for c in e["choices"]]
        return [(c["index"], c["text"], c["finish_reason"]) for c in body["choices"]]

    def chat(self, **fields):
        status, body = post("/v1/chat/completions", fields)
        assert status == 200, body
        return body["choices"][0]["message"]["content"]

    def status(self, **fields):
        extra = fields.pop("extra_body", {})
        return post("/v1/completions", {**fields, **extra})[0]

    def models(self):
        with urllib.request.urlopen(base + "/v1/models", timeout=60) as response:
            return [card["id"] for card in json.load(response)["data"]]


class Official:
    """The same on the `openai` package."""

    def __init__(self):
        self.client = openai.OpenAI(api_key="EMPTY", base_url=base + "/v1", max_retries=0)

    def complete(self, **fields):
        answer = self.client.completions.create(**fields)
        chunks = answer if fields.get("stream") else [answer]
        return [(c.index, c.text, c.finish_reason) for chunk in chunks for c in chunk.choices]

    def chat(self, **fields):
        return self.client.chat.completions.create(**fields).choices[0].message.content

    def status(self, **fields):
        try:
            self.client.completions.create(**fields)
        except openai.APIStatusError as error:
            return error.status_code
        return 200

    def models(self):
        return [card.id for card in self.client.models.list()]


def joined(chunks, index):
    return "".join(text for i, text, _ in chunks if i == index)


def saved(value):
    """What torch saves of a value, in base64."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return base64.b64encode(buffer.getvalue()).decode()


client = Official() if openai else Light()
assert model in client.models()

by_text = client.complete(prompt=prompt, **options)[0][1]
status, rows = post("/v1/prompt_embeds", {"prompt": prompt, "model": model})
assert status == 200, rows
embeds = rows["prompt_embeds"]
if torch:
    tensor = torch.load(io.BytesIO(base64.b64decode(embeds)), weights_only=True)
    assert list(tensor.shape) == rows["shape"]
    embeds = saved(tensor)

# Both forms of vLLM's documents: older ones say prompt="", newer ones prompt=None.
for empty in ("", None):
    answer = client.complete(prompt=empty, extra_body={"prompt_embeds": embeds}, **options)
    assert [choice[1] for choice in answer] == [by_text], (empty, answer, by_text)

both = client.complete(prompt=None, extra_body={"prompt_embeds": [embeds, embeds]}, **options)
assert [choice[1] for choice in both] == [by_text, by_text]
mixed = client.complete(prompt="Once upon a time", extra_body={"prompt_embeds": embeds}, **options)
alone = client.complete(prompt="Once upon a time", **options)
assert [choice[1] for choice in mixed] == [by_text, alone[0][1]]

chunks = client.complete(
    prompt=None, stream=True, extra_body={"prompt_embeds": [embeds, embeds]}, **options
)
assert joined(chunks, 0) == joined(chunks, 1) == by_text
assert len([1 for _, _, reason in chunks if reason]) == 2
assert [choice[2] for choice in both] == [r for _, _, r in chunks if r]

for count in (0, 1):
    status, body = post(
        "/v1/completions", {**options, "prompt_embeds": embeds, "logprobs": count, "max_tokens": 5}
    )
    logprobs = body["choices"][0]["logprobs"]
    for name in ("text_offset", "token_logprobs", "tokens", "top_logprobs"):
        assert len(logprobs[name]) == body["usage"]["completion_tokens"], (name, logprobs)
    assert all(max(count, 1) <= len(top) <= count + 1 for top in logprobs["top_logprobs"][1:])
    if openai:
        answer = client.client.completions.create(
            prompt=None, logprobs=count, extra_body={"prompt_embeds": [embeds, embeds]}, **options
        )
        assert len(answer.choices) == 2 and answer.choices[0].text == by_text
        for choice in answer.choices:
            found = choice.logprobs
            assert found is not None and choice.model_extra["prompt_logprobs"] is None
            sizes = {len(found.tokens), len(found.token_logprobs), len(found.text_offset)}
            assert sizes == {len(found.top_logprobs)}, choice
            assert all(max(count, 1) <= len(top) <= count + 1 for top in found.top_logprobs[1:])


def status_of(payload):
    return client.status(prompt=None, extra_body={"prompt_embeds": payload}, **options)


if torch:
    for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.float64):
        for count in (2, len(tensor)):
            dense = tensor[:count].to(dtype).clone()
            layouts = [dense, dense.to_sparse_coo(), dense.to_sparse_csr(), dense.to_sparse_csc()]
            answer = client.complete(
                prompt=None, extra_body={"prompt_embeds": [saved(t) for t in layouts]}, **options
            )
            assert len({choice[1] for choice in answer}) == 1, (dtype, count, answer)
    width = tensor.shape[1]
    far = torch.sparse_coo_tensor([[9], [0]], [1.0], (2, width), check_invariants=False)
    large = torch.sparse_coo_tensor([[0], [0]], [1.0], (1 << 40, width), check_invariants=False)
    nan = tensor.clone()
    nan[0, 0] = float("nan")
    for value in (
        7, {"a": tensor}, tensor.to(torch.int32), tensor[0].clone(), tensor[:, 1:].clone(), nan,
        torch.stack([tensor, tensor]), tensor[:0].clone(), far, large,
    ):
        assert status_of(saved(value)) == 400, value
    assert status_of(saved(tensor.unsqueeze(0))) == 200
    cut = base64.b64encode(base64.b64decode(embeds)[:-100]).decode()
    assert status_of(cut) == 400

assert client.chat(messages=[{"role": "user", "content": "Hello"}], **options)

bad = [
    {"prompt": None, "extra_body": {"prompt_embeds": "invalid_base64"}},
    {"prompt": None, "extra_body": {"prompt_embeds": []}},
    {"prompt": None, "extra_body": {"prompt_embeds": embeds, "prompt_logprobs": True}},
    {"prompt": None, "extra_body": {"prompt_embeds": embeds}, "echo": True},
    {"prompt": [999999999]},
    {"prompt": "a", "extra_body": {"structured_outputs": {"choice": ["a"]}}},
]
for fields in bad:
    assert client.status(**{**options, **fields}) == 400, fields
assert client.status(prompt="Hello", extra_body={"prompt_embeds": []}, **options) == 200
assert client.status(**{**options, "prompt": "a", "model": "nobody/nothing"}) == 404


def metric(name):
    """The sum of a metric over its labels."""
    with urllib.request.urlopen(base + "/metrics", timeout=60) as response:
        lines = response.read().decode().splitlines()
    return sum(float(l.split()[-1]) for l in lines if l.startswith(name + "{"))


# A client that goes away ends its generations.
generated = metric("vllm:generation_tokens_total")
body = json.dumps({
    "model": model, "prompt": prompt, "n": 300, "max_tokens": 200, "temperature": 1, "stream": True,
    "ignore_eos": True, "min_tokens": 200,
}).encode()
host, port = base.split("//")[1].rsplit(":", 1)
with socket.create_connection((host, int(port)), timeout=60) as connection:
    connection.sendall(
        b"POST /v1/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    )
    assert connection.recv(15).startswith(b"HTTP/1.1 200")
deadline = time.monotonic() + 20
while metric("vllm:num_requests_running") + metric("vllm:num_requests_waiting") > 0:
    assert time.monotonic() < deadline, "generations go on without their client"
    time.sleep(0.05)
assert metric("vllm:generation_tokens_total") - generated < 300 * 200
assert client.complete(prompt=prompt, **options)[0][1] == by_text

names = ["openai" if openai else "urllib"] + (["torch"] if torch else [])
print(f"server: all answers as expected ({', '.join(names)})")
