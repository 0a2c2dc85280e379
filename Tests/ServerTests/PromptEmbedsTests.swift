import JSON
import TensorSerialization
import Tensors
import Testing

@testable import Server

@Suite struct `Prompt embeddings` {
  let text: JSON
  let embeds: String
  let greedy: JSON = ["model": "tiny", "temperature": 0, "max_tokens": 8, "ignore_eos": true]

  init() throws {
    text = ServerFixture.prompt(1)["text"] ?? .null
    embeds = try ServerFixture.embeds()
  }

  @Test(arguments: [JSON.null, ""]) func `give the text's answer`(prompt: JSON) async throws {
    try await ServerFixture.with { client in
      let byText = try await client.complete(greedy.with(["prompt": text]))
      let byRows = try await client.complete(
        greedy.with(["prompt": prompt, "prompt_embeds": .string(embeds)])
      )
      #expect(byRows.status == 200)
      #expect(byRows.texts == byText.texts)
      #expect(byRows.choices.count == 1)
      #expect(byRows.json["usage"] == byText.json["usage"])
      #expect(byRows.choices[0]["prompt_logprobs"] == .null)
    }
  }

  @Test func `come before texts, and in order`() async throws {
    try await ServerFixture.with { client in
      let other = ServerFixture.prompt(2)["text"] ?? .null
      let byRows = try await client.complete(greedy.with(["prompt_embeds": .string(embeds)]))
      let byText = try await client.complete(greedy.with(["prompt": other]))
      let mixed = try await client.complete(
        greedy.with(["prompt": other, "prompt_embeds": [.string(embeds), .string(embeds)]])
      )
      #expect(mixed.texts == byRows.texts + byRows.texts + byText.texts)
      #expect(mixed.choices.map { $0["index"] } == [0, 1, 2])
    }
  }

  @Test func `stream and have log probabilities`() async throws {
    try await ServerFixture.with { client in
      let list: JSON = [.string(embeds), .string(embeds)]
      let request = greedy.with(["prompt_embeds": list, "logprobs": 1, "max_tokens": 5])
      let whole = try await client.complete(request)
      for choice in whole.choices {
        let logprobs = choice["logprobs"]
        for name in ["text_offset", "token_logprobs", "tokens", "top_logprobs"] {
          #expect(logprobs?[name]?.arrayValue?.count == 5)
        }
      }
      let choices = try await client.complete(request.with(["stream": true])).events
        .compactMap { $0["choices"]?.arrayValue?.first }
      #expect(choices.filter { $0["finish_reason"] != .null }.count == 2)
      for index in 0..<2 {
        let own = choices.filter { $0["index"] == .integer(index) }
        #expect(own.compactMap { $0["text"]?.stringValue }.joined() == whole.texts[index])
      }
    }
  }

  @Test func `may be cut`() async throws {
    try await ServerFixture.with { client in
      let last = try ServerFixture.embeds(rows: 1..<3)
      let count = ServerFixture.prompt(1)["tokens"]?.arrayValue?.count ?? 0
      let firstThree = try ServerFixture.embeds(rows: 0..<3)
      #expect(count > 3)
      let cut = try await client.complete(
        greedy.with(["prompt_embeds": .string(firstThree), "truncate_prompt_tokens": 2])
      )
      let short = try await client.complete(greedy.with(["prompt_embeds": .string(last)]))
      #expect(cut.texts == short.texts)
    }
  }

  @Test func `need the flag`() async throws {
    try await ServerFixture.with { options in
      options.enablesPromptEmbeds = false
    } _: { client in
      let answer = try await client.complete(greedy.with(["prompt_embeds": .string(embeds)]))
      #expect(answer.status == 400)
      #expect(
        answer.message
          == "You must set `--enable-prompt-embeds` to input `prompt_embeds`. (parameter=prompt_embeds)"
      )
      #expect(answer.parameter == "prompt_embeds")
      #expect(answer.json["error"]?["type"] == "BadRequestError")
      let rows = try await client.post("/v1/prompt_embeds", ["prompt": "a"])
      #expect(rows.status == 400)
    }
  }

  /// Payloads that are no rows of this model, and a part of what is said of them.
  static func bad() throws -> [(JSON, String)] {
    func bytes(_ text: [UInt8]) -> JSON {
      .string(String(decoding: Base64.encode(text), as: UTF8.self))
    }
    let good = try Base64.decode(ServerFixture.embeds())
    let wide = Matrix(rowCount: 2, columnCount: 65)
    var nan = Matrix(rowCount: 2, columnCount: 64)
    nan.storage[70] = .nan
    return [
      ("invalid_base64", "base64"),
      ("", "could not be deserialized"),
      (bytes([1]), "could not be deserialized"),
      (bytes(Array("hello, world, this is no tensor".utf8)), "could not be deserialized"),
      (bytes(Array(good.prefix(good.count / 2))), "could not be deserialized"),
      (
        .string(try ServerFixture.base64(wide)),
        "hidden_size 65 does not match the model's hidden_size 64."
      ),
      (.string(try ServerFixture.base64(nan)), "NaN"),
      (
        .string(try ServerFixture.base64(Matrix(rowCount: 0, columnCount: 64))),
        "no rows"
      ),
      (7, "Input should be a valid"),
      ([7], "Input should be a valid"),
    ]
  }

  @Test func `are refused when they are no rows of the model`() async throws {
    try await ServerFixture.with { client in
      for (payload, part) in try Self.bad() {
        let answer = try await client.complete(greedy.with(["prompt_embeds": payload]))
        #expect(answer.status == 400, "\(payload.text.prefix(60))")
        #expect(answer.message.contains(part), "\(answer.message)")
        #expect(answer.message.count < 500)
        #expect(answer.parameter == "prompt_embeds")
      }
      #expect(try await client.complete(greedy.with(["prompt": text])).status == 200)
    }
  }

  @Test func `do not go with echo, suffix and prompt log probabilities`() async throws {
    try await ServerFixture.with { client in
      for embeds in [JSON.string(embeds), []] {
        let request = greedy.with(["prompt": "Hello", "prompt_embeds": embeds])
        let cases: [(String, JSON, String)] = [
          ("echo", true, "Echo is unsupported with prompt embeds."),
          ("suffix", "x", "suffix is not supported with prompt_embeds"),
          ("prompt_logprobs", 0, "prompt_logprobs is not compatible with prompt embeds."),
          ("prompt_logprobs", true, "prompt_logprobs is not compatible with prompt embeds."),
        ]
        for (name, value, message) in cases {
          let answer = try await client.complete(request.with([name: value]))
          #expect(answer.status == 400)
          #expect(answer.message.hasPrefix(message))
        }
        #expect(try await client.complete(request).status == 200)
      }
    }
  }

  @Test func `are limited in number and in bytes`() async throws {
    try await ServerFixture.with { options in
      options.maxPromptCount = 2
      options.maxEmbedByteCount = 1000
    } _: { client in
      let many: JSON = [.string(embeds), .string(embeds), .string(embeds)]
      let count = try await client.complete(greedy.with(["prompt_embeds": many]))
      #expect(
        count.message
          == "prompt_embeds list length 3 exceeds the maximum allowed count of 2. To increase this "
          + "limit, set the VLLM_MAX_COMPLETION_PROMPTS environment variable."
      )
      let large = try await client.complete(greedy.with(["prompt_embeds": .string(embeds)]))
      #expect(large.status == 400)
      #expect(large.message.contains("exceeding the 1000 byte limit"))
      let texts = try await client.complete(greedy.with(["prompt": ["a", "b", "c"]]))
      #expect(texts.message.hasPrefix("prompt list length 3 exceeds"))
    }
  }

  @Test func `are made of texts, token ids and messages`() async throws {
    try await ServerFixture.with { client in
      let byText = try await client.complete(greedy.with(["prompt": text]))
      for format in ["torch", "safetensors", "npy"] {
        let rows = try await client.post(
          "/v1/prompt_embeds",
          ["prompt": text, "format": .string(format)]
        )
        #expect(rows.status == 200)
        let answer = try await client.complete(
          greedy.with(["prompt_embeds": rows.json["prompt_embeds"] ?? .null])
        )
        #expect(answer.texts == byText.texts)
      }
      let byTokens = try await client.post(
        "/v1/prompt_embeds",
        ["prompt": ServerFixture.prompt(1)["tokens"] ?? .null]
      )
      #expect(byTokens.json["prompt_embeds"] == .string(embeds))
      let messages = ServerFixture.reference["chat"]?["messages"] ?? .null
      let chat = try await client.post("/v1/prompt_embeds", ["messages": messages])
      #expect(chat.json["prompt_token_ids"] == ServerFixture.reference["chat"]?["tokens"])
    }
  }
}
