import JSON
import Testing

@testable import Server

/// Fields that change an answer, each with what it must change.
@Suite struct `Fields` {
  let greedy: JSON = [
    "prompt": ServerFixture.prompt(1)["text"] ?? .null, "temperature": 0, "max_tokens": 8,
    "ignore_eos": true, "return_token_ids": true,
  ]

  @Test func `end an output`() async throws {
    try await ServerFixture.with { client in
      let plain = try await client.complete(greedy)
      let tokens = plain.choices[0]["token_ids"]?.arrayValue ?? []
      let third = tokens[2]
      let count = (tokens.firstIndex(of: third) ?? 0) + 1
      let stopped = try await client.complete(greedy.with(["stop_token_ids": [third]]))
      #expect(stopped.choices[0]["finish_reason"] == "stop")
      #expect(stopped.choices[0]["stop_reason"] == third)
      #expect(stopped.choices[0]["token_ids"]?.arrayValue?.count == count)
      #expect(stopped.json["usage"]?["completion_tokens"] == .integer(count))

      let stop = String(plain.texts[0].dropFirst(2).prefix(2))
      let kept = try await client.complete(
        greedy.with(["stop": .string(stop), "include_stop_str_in_output": true])
      )
      #expect(kept.texts[0].hasSuffix(stop))
      let late = try await client.complete(greedy.with(["stop": .string(stop), "min_tokens": 8]))
      #expect(late.json["usage"]?["completion_tokens"] == 8)
    }
  }

  @Test func `choose tokens`() async throws {
    try await ServerFixture.with { client in
      let plain = try await client.complete(greedy)
      let tokens = plain.choices[0]["token_ids"]?.arrayValue ?? []
      let first = tokens[0].integerValue ?? 0
      let banned = try await client.complete(greedy.with(["logit_bias": ["\(first)": -100]]))
      #expect(banned.choices[0]["token_ids"]?.arrayValue?.first != .integer(first))
      let allowed = try await client.complete(greedy.with(["allowed_token_ids": [7, 9]]))
      #expect(
        allowed.choices[0]["token_ids"]?.arrayValue?.allSatisfy { $0 == 7 || $0 == 9 } == true
      )
      let drawn = greedy.with(["temperature": 1, "seed": 3])
      let one = try await client.complete(drawn)
      #expect(try await client.complete(drawn).texts == one.texts)
    }
  }

  @Test func `tell more`() async throws {
    try await ServerFixture.with { options in
      options.tellsCachedTokens = true
    } _: { client in
      let answer = try await client.complete(
        greedy.with([
          "request_id": "mine", "logprobs": 1, "return_tokens_as_token_ids": true,
          "prompt_logprobs": 1,
        ])
      )
      #expect(answer.json["id"] == "cmpl-mine")
      let names = answer.choices[0]["logprobs"]?["tokens"]?.arrayValue ?? []
      let ids = answer.choices[0]["token_ids"]?.arrayValue ?? []
      #expect(names == ids.map { .string("token_id:\($0.text)") })
      let prompt = answer.choices[0]["prompt_logprobs"]?.arrayValue ?? []
      let tokens = ServerFixture.prompt(1)["tokens"]?.arrayValue ?? []
      #expect(prompt.count == tokens.count)
      #expect(prompt.first == .null)
      for (token, entry) in zip(tokens, prompt).dropFirst() {
        let own = entry[token.text]
        let logprob = own?["logprob"]?.doubleValue ?? 1
        let rank = own?["rank"]?.integerValue ?? 0
        #expect(logprob < 0)
        #expect(rank >= 1)
        #expect(own?["decoded_token"]?.stringValue != nil)
      }
      #expect(answer.json["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 0)

      let long = greedy.with(["prompt": .array([JSON](repeating: 5, count: 200))])
      _ = try await client.complete(long)
      let again = try await client.complete(long)
      let cached = again.json["usage"]?["prompt_tokens_details"]?["cached_tokens"]
      let count = cached?.integerValue ?? 0
      #expect((100..<200).contains(count))
      let stream = long.with(["stream": true, "stream_options": ["include_usage": true]])
      let last = try await client.complete(stream).events.last
      #expect(last?["usage"]?["prompt_tokens_details"]?["cached_tokens"] == cached)
    }
  }

  @Test func `of chats`() async throws {
    try await ServerFixture.with { client in
      let chat: JSON = [
        "messages": [["role": "user", "content": "Hello"]], "temperature": 0, "ignore_eos": true,
      ]
      let answer = try await client.chat(
        chat.with([
          "max_completion_tokens": 3, "max_tokens": 9, "logprobs": true, "top_logprobs": 2,
        ])
      )
      #expect(answer.json["usage"]?["completion_tokens"] == 3)
      let content = answer.choices[0]["logprobs"]?["content"]?.arrayValue ?? []
      #expect(content.count == 3)
      for entry in content {
        #expect(entry["token"]?.stringValue != nil)
        #expect(entry["logprob"]?.doubleValue != nil)
        #expect(entry["bytes"]?.arrayValue != nil)
        #expect(entry["top_logprobs"]?.arrayValue?.count == 2)
      }
      let open: JSON = chat.with([
        "messages": [
          ["role": "user", "content": "Hello"], ["role": "assistant", "content": "Once upon"],
        ],
        "continue_final_message": true, "add_generation_prompt": false, "max_tokens": 3,
      ])
      let plain = try await client.chat(open)
      let echoed = try await client.chat(open.with(["echo": true]))
      let text = plain.choices[0]["message"]?["content"]?.stringValue ?? "-"
      #expect(echoed.choices[0]["message"]?["content"] == .string("Once upon" + text))
    }
  }
}
