#!/usr/bin/env python3
"""Asks a running swiftllm server many things at once, and leaves in the middle of a third of them.

usage: load_test.py BASE_URL MODEL PID [ROUNDS]     (PID is the server's, to read its memory)

Each round sends 200 streaming requests of mixed lengths at once, half of them with embeddings. Every
answer that is read to its end must be the one that the server gives to the same request alone; then
all blocks of its cache must be free. Memory must not grow from round to round.
"""

import asyncio
import json
import random
import sys
import urllib.request

base, model, pid = sys.argv[1].rstrip("/"), sys.argv[2], int(sys.argv[3])
rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 10
host, port = base.split("//")[1].rsplit(":", 1)
stream_count = 200
words = "the a of and river stone blue seven under light falls never over old wind says".split()


def post(path, body):
    data = json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=300) as response:
        return json.load(response)


def metric(name):
    """The sum of a metric over its labels."""
    with urllib.request.urlopen(base + "/metrics", timeout=60) as response:
        lines = response.read().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name + "{"))


def memory():
    """Bytes of the server in memory that are its own."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("RssAnon"))


def make_request(source):
    text = " ".join(source.choices(words, k=source.choice([1, 5, 20, 60])))
    body = {
        "model": model, "max_tokens": source.randint(1, 48), "temperature": 0, "ignore_eos": True,
    }
    if source.random() < 0.5:
        rows = post("/v1/prompt_embeds", {"model": model, "prompt": text})
        body["prompt_embeds"] = rows["prompt_embeds"]
    else:
        body["prompt"] = text
    return body


async def stream(body, events_read):
    """The whole text of a stream, or None after so many events of it."""
    data = json.dumps({**body, "stream": True}).encode()
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 20)
    try:
        writer.write(
            b"POST /v1/completions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(data), data)
        )
        text, reason = "", None
        while line := await reader.readline():
            if not line.startswith(b"data: "):
                continue
            if line.startswith(b"data: [DONE]"):
                assert reason == "length", reason
                return text
            choice = json.loads(line[6:])["choices"][0]
            text, reason = text + choice["text"], choice["finish_reason"]
            events_read -= 1
            if events_read == 0:
                return None
        raise AssertionError("the stream ends before [DONE]")
    finally:
        writer.close()


async def run_round(requests, leaving):
    return await asyncio.gather(*(stream(r, n) for r, n in zip(requests, leaving)))


async def wait_until_free():
    for _ in range(400):
        if metric("vllm:num_requests_running") + metric("vllm:num_requests_waiting") == 0:
            break
        await asyncio.sleep(0.05)
    usage = metric("vllm:kv_cache_usage_perc")
    assert usage == 0, f"blocks are still in use: {usage}"


def main():
    source = random.Random(1)
    requests = [make_request(source) for _ in range(stream_count)]
    alone = [post("/v1/completions", body)["choices"][0]["text"] for body in requests]
    sizes = []
    for _ in range(rounds):
        leaving = [source.randint(1, 12) if source.random() < 1 / 3 else 0 for _ in requests]
        answers = asyncio.run(run_round(requests, leaving))
        complete = [i for i, answer in enumerate(answers) if answer is not None]
        assert len(complete) >= stream_count / 2, len(complete)
        for i in complete:
            assert answers[i] == alone[i], (requests[i], answers[i], alone[i])
        asyncio.run(wait_until_free())
        sizes.append(memory())
    # The first rounds fill what is kept: the prefix cache, buffers of connections, free lists.
    settled = max(sizes[: max(1, rounds // 3)])
    assert min(sizes[-3:]) <= settled + (8 << 20), [size >> 20 for size in sizes]
    print(
        f"server: {rounds} rounds of {stream_count} streams as each alone;"
        f" MiB after each: {' '.join(str(size >> 20) for size in sizes)}"
    )


main()
