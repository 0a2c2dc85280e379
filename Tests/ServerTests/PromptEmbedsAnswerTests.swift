import JSON
import Tensors
import Testing

@testable import Server

/// What vLLM's own tests ask of answers to prompt embeddings.
///
/// Source: tests/entrypoints/openai/completion/test_completion_with_prompt_embeds.py
@Suite struct `Answers to prompt embeddings` {
  let embeds: JSON
  let other: JSON
  let greedy: JSON = ["model": "tiny", "temperature": 0, "max_tokens": 5, "ignore_eos": true]

  init() throws {
    embeds = .string(try ServerFixture.embeds())
    other = .string(try ServerFixture.embeds(rows: 0..<3))
  }

  private func choices(_ answer: Client.Answer) -> [JSON] {
    answer.events.compactMap { $0["choices"]?.arrayValue?.first }
  }

  @Test func `stream the text of the whole answer, and end once`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with(["prompt": nil, "prompt_embeds": embeds])
      let whole = try await client.complete(request)
      #expect(whole.texts.count == 1)
      #expect(whole.texts != [""])
      #expect(whole.choices[0]["prompt_logprobs"] == .null)
      let chunks = choices(try await client.complete(request.with(["stream": true])))
      let ends = chunks.filter { $0["finish_reason"] != .null }
      #expect(ends.count == 1)
      #expect(chunks.last?["finish_reason"] == "length")
      #expect(chunks.last?["text"] != "")
      let joined = chunks.compactMap { $0["text"]?.stringValue }.joined()
      #expect(joined == whole.texts[0])
    }
  }

  @Test func `have a choice for each tensor`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with(["prompt": nil, "prompt_embeds": [embeds, other]])
      let whole = try await client.complete(request)
      let first = try await client.complete(greedy.with(["prompt_embeds": embeds]))
      let second = try await client.complete(greedy.with(["prompt_embeds": other]))
      #expect(whole.texts == first.texts + second.texts)
      #expect(!whole.texts.contains(""))
      let chunks = choices(try await client.complete(request.with(["stream": true])))
      let ends = chunks.filter { $0["finish_reason"] != .null }
      #expect(ends.count == 2)
      let indices = Set(chunks.compactMap { $0["index"]?.integerValue })
      #expect(indices == [0, 1])
    }
  }

  @Test func `have n choices for each tensor, which count once`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with([
        "prompt_embeds": [embeds, other], "temperature": 1, "n": 2, "seed": 7,
        "return_token_ids": true,
      ])
      let four = try await client.complete(request)
      #expect(four.choices.map { $0["index"] } == [0, 1, 2, 3])
      let count = (ServerFixture.prompt(1)["tokens"]?.arrayValue?.count ?? 0) + 3
      #expect(four.json["usage"]?["prompt_tokens"] == .integer(count))
      #expect(four.json["usage"]?["completion_tokens"] == 20)
      #expect(four.choices[2]["prompt_token_ids"] == [0, 0, 0])
      let parts = choices(try await client.complete(request.with(["stream": true])))
      for (index, text) in four.texts.enumerated() {
        let own = parts.filter { $0["index"] == .integer(index) }
        let joined = own.compactMap { $0["text"]?.stringValue }.joined()
        #expect(joined == text)
      }
    }
  }

  @Test(arguments: [0, 1]) func `have log probabilities as texts have`(count: Int) async throws {
    try await ServerFixture.with { client in
      for (data, choiceCount) in [(embeds, 1), ([embeds, other] as JSON, 2)] {
        let answer = try await client.complete(
          greedy.with(["prompt_embeds": data, "logprobs": .integer(count)])
        )
        #expect(answer.choices.count == choiceCount)
        for choice in answer.choices {
          let logprobs = choice["logprobs"]
          for name in ["text_offset", "token_logprobs", "tokens", "top_logprobs"] {
            #expect(logprobs?[name]?.arrayValue?.count == 5)
          }
          for top in logprobs?["top_logprobs"]?.arrayValue?.dropFirst() ?? [] {
            let size = top.objectValue?.count ?? 0
            let isRight = max(count, 1) <= size && size <= count + 1
            #expect(isRight)
          }
        }
      }
    }
  }

  @Test func `need something to read`() async throws {
    try await ServerFixture.with { client in
      let bodies: [JSON] = [
        [:], ["prompt": nil, "prompt_embeds": []], ["prompt": "", "prompt_embeds": []],
        ["prompt": nil], ["prompt_embeds": []],
      ]
      for body in bodies {
        let answer = try await client.complete(body)
        #expect(answer.status == 400)
        let message = "Either prompt or prompt_embeds must be provided and non-empty."
        #expect(answer.message.hasPrefix(message), "\(answer.message)")
        #expect(answer.parameter == "prompt")
      }
      let empty = try await client.complete(greedy.with(["prompt": "Hello", "prompt_embeds": []]))
      #expect(empty.status == 200)
    }
  }

  @Test func `are measured and cut as texts are`() async throws {
    try await ServerFixture.with { client in
      func rows(_ count: Int) throws -> JSON {
        .string(try ServerFixture.base64(.init(rowCount: count, columnCount: 64)))
      }
      let long = try await client.complete(greedy.with(["prompt_embeds": try rows(600)]))
      #expect(long.status == 400)
      #expect(
        long.message.hasPrefix(
          "This model's maximum context length is 512 tokens. However, your prompt contains 600 "
            + "input tokens, which exceeds this limit even without any output tokens."
        )
      )
      #expect(long.parameter == "input_tokens")
      let full = try await client.complete(greedy.with(["prompt_embeds": try rows(512)]))
      #expect(
        full.message.hasPrefix("The decoder prompt (length 512) plus the number of requested")
      )
      let cut = try await client.complete(
        greedy.with(["prompt_embeds": try rows(600), "truncate_prompt_tokens": -1])
      )
      #expect(cut.json["usage"]?["prompt_tokens"] == 511)
      let first = try await client.complete(
        greedy.with([
          "prompt_embeds": embeds, "truncate_prompt_tokens": 3, "truncation_side": "right",
        ])
      )
      let three = try await client.complete(greedy.with(["prompt_embeds": other]))
      #expect(first.texts == three.texts)
      let wide = try await client.complete(
        greedy.with(["prompt_embeds": embeds, "truncate_prompt_tokens": 513])
      )
      #expect(
        wide.message.hasPrefix(
          "truncate_prompt_tokens=513 cannot be greater than max_model_len = 512. "
            + "Please request a smaller truncation size."
        )
      )
    }
  }
}
