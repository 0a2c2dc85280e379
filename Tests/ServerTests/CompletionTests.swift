import HTTPTypes
import JSON
import Testing

@testable import Server

@Suite struct `Completions` {
  let text: JSON
  let greedy: JSON = ["model": "tiny", "temperature": 0, "max_tokens": 8]

  init() { text = ServerFixture.prompt(1)["text"] ?? .null }

  @Test func `answer as transformers do`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with([
        "prompt": text, "max_tokens": 24, "ignore_eos": true, "return_token_ids": true,
      ])
      let answer = try await client.complete(request)
      #expect(answer.status == 200)
      #expect(answer.choices.count == 1)
      #expect(answer.choices[0]["token_ids"] == ServerFixture.prompt(1)["greedyTokens"])
      #expect(answer.choices[0]["prompt_token_ids"] == ServerFixture.prompt(1)["tokens"])
      #expect(answer.choices[0]["text"] == ServerFixture.prompt(1)["greedyText"])
      #expect(answer.choices[0]["finish_reason"] == "length")
      #expect(answer.json["object"] == "text_completion")
      #expect(answer.json["model"] == "tiny")
      let promptCount = ServerFixture.prompt(1)["tokens"]?.arrayValue?.count ?? 0
      #expect(answer.json["usage"]?["prompt_tokens"] == .integer(promptCount))
      #expect(answer.json["usage"]?["completion_tokens"] == 24)
      #expect(answer.json["usage"]?["total_tokens"] == .integer(promptCount + 24))
    }
  }

  @Test func `stream the same text, with the last text and the reason in one chunk`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with(["prompt": text, "ignore_eos": true])
      let whole = try await client.complete(request)
      let stream = try await client.complete(request.with(["stream": true]))
      #expect(stream.headers[.contentType]?.hasPrefix("text/event-stream") == true)
      let events = stream.events
      let choices = events.compactMap { $0["choices"]?.arrayValue?.first }
      #expect(choices.compactMap { $0["text"]?.stringValue }.joined() == whole.texts[0])
      #expect(choices.filter { $0["finish_reason"] != .null }.count == 1)
      #expect(choices.last?["finish_reason"] == "length")
      #expect(choices.last?["text"] != "")
      #expect(events.allSatisfy { $0["usage"] == nil })
    }
  }

  @Test func `tell usage in streams when asked`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with([
        "prompt": text, "stream": true, "ignore_eos": true,
        "stream_options": ["include_usage": true, "continuous_usage_stats": true],
      ])
      let events = try await client.complete(request).events
      #expect(events.last?["choices"] == [])
      #expect(events.last?["usage"]?["completion_tokens"] == 8)
      let counts = events.dropLast().compactMap { $0["usage"]?["completion_tokens"]?.integerValue }
      #expect(counts == counts.sorted() && counts.last == 8)
    }
  }

  @Test func `give several prompts and several choices in order`() async throws {
    try await ServerFixture.with { client in
      let other = ServerFixture.prompt(2)["text"] ?? .null
      let both = try await client.complete(greedy.with(["prompt": [text, other]]))
      let first = try await client.complete(greedy.with(["prompt": text]))
      let second = try await client.complete(greedy.with(["prompt": other]))
      #expect(both.texts == first.texts + second.texts)
      #expect(both.choices.map { $0["index"] } == [0, 1])

      let drawn = greedy.with(["prompt": text, "temperature": 1, "seed": 7, "n": 3])
      let choices = try await client.complete(drawn)
      #expect(choices.texts.count == 3)
      #expect(try await client.complete(drawn).texts == choices.texts)
      let child = try await client.complete(drawn.with(["seed": 8, "n": 1]))
      #expect(child.texts[0] == choices.texts[1])
    }
  }

  @Test func `tell log probabilities in vLLM's shape`() async throws {
    try await ServerFixture.with { client in
      for count in [0, 1, 3] {
        let request = greedy.with([
          "prompt": text, "logprobs": .integer(count), "max_tokens": 5, "ignore_eos": true,
        ])
        let answer = try await client.complete(request)
        let logprobs = answer.choices[0]["logprobs"]
        for name in ["text_offset", "token_logprobs", "tokens", "top_logprobs"] {
          #expect(logprobs?[name]?.arrayValue?.count == 5)
        }
        #expect(logprobs?["text_offset"]?.arrayValue?.first == 0)
        for top in logprobs?["top_logprobs"]?.arrayValue ?? [] {
          let size = top.objectValue?.count ?? 0
          #expect(size >= max(count, 1) && size <= count + 1)
        }
      }
    }
  }

  @Test func `echo the prompt, with log probabilities, and alone`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with(["prompt": text, "echo": true])
      let plain = try await client.complete(greedy.with(["prompt": text]))
      let echoed = try await client.complete(request)
      #expect(echoed.texts[0] == (text.stringValue ?? "") + plain.texts[0])
      let alone = try await client.complete(request.with(["max_tokens": 0]))
      #expect(alone.texts[0] == text.stringValue)
      #expect(alone.json["usage"]?["completion_tokens"] == 0)
      let scored = try await client.complete(request.with(["max_tokens": 1, "logprobs": 0]))
      let values = scored.choices[0]["logprobs"]?["token_logprobs"]?.arrayValue
      #expect(values?.first == .null)
      #expect(values?.count == (ServerFixture.prompt(1)["tokens"]?.arrayValue?.count ?? 0) + 1)
    }
  }

  @Test func `read token ids and cut long prompts`() async throws {
    try await ServerFixture.with { client in
      let tokens = ServerFixture.prompt(1)["tokens"] ?? .null
      let byTokens = try await client.complete(greedy.with(["prompt": tokens]))
      let byText = try await client.complete(greedy.with(["prompt": text]))
      #expect(byTokens.texts == byText.texts)
      let lists = try await client.complete(greedy.with(["prompt": [tokens, tokens]]))
      #expect(lists.texts == byText.texts + byText.texts)
      let cut = try await client.complete(
        greedy.with(["prompt": tokens, "truncate_prompt_tokens": 2])
      )
      #expect(cut.json["usage"]?["prompt_tokens"] == 2)
    }
  }

  @Test func `end at stop texts`() async throws {
    try await ServerFixture.with { client in
      let plain = try await client.complete(greedy.with(["prompt": text, "ignore_eos": true]))
      let all = plain.texts[0]
      let middle = all.index(all.startIndex, offsetBy: all.count / 2)
      let stop = String(all[middle...].prefix(2))
      let answer = try await client.complete(
        greedy.with(["prompt": text, "ignore_eos": true, "stop": .string(stop)])
      )
      #expect(answer.choices[0]["finish_reason"] == "stop")
      #expect(answer.choices[0]["stop_reason"] == .string(stop))
      #expect(all.hasPrefix(answer.texts[0]) && !answer.texts[0].contains(stop))
    }
  }
}
