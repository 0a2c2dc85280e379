import HTTPTypes
import JSON
import Testing

@testable import Server

@Suite struct `Refusals` {
  /// A field, a value that it may not have, and what is said about it.
  static let cases: [(String, JSON, String)] = [
    ("temperature", -1, "temperature must be non-negative, got -1."),
    ("temperature", 2.5, "temperature must be in [0, 2], got 2.5."),
    ("temperature", "hot", "temperature: Input should be a valid number"),
    ("top_p", 0, "top_p must be in (0, 1], got 0."),
    ("top_p", 1.5, "top_p must be in (0, 1], got 1.5."),
    ("top_k", -2, "top_k must be 0 (disable), or at least 1, got -2."),
    ("top_k", 1.5, "top_k: Input should be a valid integer"),
    ("min_p", 2, "min_p must be in [0, 1], got 2."),
    ("presence_penalty", 3, "presence_penalty must be in [-2, 2], got 3."),
    ("frequency_penalty", -3, "frequency_penalty must be in [-2, 2], got -3."),
    ("repetition_penalty", 0, "repetition_penalty must be greater than zero, got 0."),
    ("max_tokens", 0, "max_tokens must be at least 1, got 0."),
    ("max_tokens", 100_000, "max_tokens=100000 cannot be greater than max_model_len=512."),
    ("min_tokens", 20, "min_tokens must be less than or equal to max_tokens=16, got 20."),
    ("n", 0, "n: Input should be greater than or equal to 1"),
    ("n", 1_000_000, "n: Input should be less than or equal to 16384"),
    ("stop", ["a", ""], "stop cannot contain an empty string."),
    ("stop", ["a", "b", "c", "d", "e"], "stop has 5 strings"),
    ("stop", 7, "stop: Input should be a valid string"),
    ("logprobs", 21, "Requested sample logprobs of 21, which is greater than max allowed: 20"),
    ("logprobs", -2, "`logprobs` must be a non-negative value or -1, got -2."),
    ("prompt_logprobs", 21, "Requested prompt logprobs of 21"),
    ("logit_bias", ["999999": 1], "Token id 999999 is out of vocabulary"),
    ("stop_token_ids", [999_999], "Token id 999999 is out of vocabulary"),
    ("allowed_token_ids", [], "allowed_token_ids is not None and empty!"),
    ("bad_words", [""], "bad_words cannot contain an empty string."),
    ("prompt", [999_999], "Token id 999999 is out of vocabulary"),
    ("prompt", [-1], "Token id -1 is out of vocabulary"),
    ("prompt", 7, "prompt: Input should be a valid"),
    ("prompt", "", "Either prompt or prompt_embeds must be provided and non-empty."),
    ("truncate_prompt_tokens", 1000, "truncate_prompt_tokens=1000 cannot be greater"),
    ("suffix", "x", "suffix is not supported"),
    ("use_beam_search", true, "`use_beam_search` is not supported"),
    ("structured_outputs", ["choice": ["a"]], "`structured_outputs` is not supported"),
    ("guided_json", [:], "`guided_json` is not supported"),
    ("response_format", ["type": "json_object"], "`response_format`"),
    ("stream_options", ["include_usage": true], "Stream options can only be defined"),
  ]

  @Test func `name the field`() async throws {
    try await ServerFixture.with { client in
      for (name, value, message) in Self.cases {
        let body: JSON = ["prompt": "Hello", "temperature": 1]
        let answer = try await client.complete(body.with([name: value]))
        #expect(answer.status == 400, "\(name) \(value.text)")
        #expect(answer.message.hasPrefix(message), "\(answer.message)")
        #expect(answer.parameter == name, "\(name): \(answer.parameter ?? "none")")
        #expect(answer.json["error"]?["code"] == 400)
      }
      let greedy = try await client.complete(["prompt": "a", "temperature": 0, "n": 2])
      #expect(greedy.message.hasPrefix("n must be 1 when using greedy sampling, got 2."))
      let accepted = try await client.complete([
        "prompt": "a", "max_tokens": 1, "unknown_field": 1, "user": "me", "tools": [],
        "best_of": 3,
      ])
      #expect(accepted.status == 200)
    }
  }

  @Test func `measure prompts`() async throws {
    try await ServerFixture.with { client in
      let long = JSON.array([JSON](repeating: 5, count: 600))
      let answer = try await client.complete(["prompt": long])
      #expect(answer.status == 400)
      #expect(
        answer.message.hasPrefix(
          "This model's maximum context length is 512 tokens. However, your prompt contains 600"
        )
      )
      #expect(answer.parameter == "input_tokens")
      let full = try await client.complete(["prompt": .array([JSON](repeating: 5, count: 512))])
      #expect(full.message.contains("plus the number of requested output tokens (at least 1)"))
      let fitting = try await client.complete(["prompt": .array([JSON](repeating: 5, count: 511))])
      #expect(fitting.json["usage"]?["completion_tokens"] == 1)
    }
  }

  @Test func `tell what is wrong with a body`() async throws {
    try await ServerFixture.with { options in
      options.maxRequestByteCount = 1_000_000
    } _: { client in
      let path = "/v1/completions"
      let deep = String(repeating: "[", count: 10_000)
      for text in ["", "{", "[]", "nonsense", deep, "{\"prompt\": \"a\"} x"] {
        let answer = try await client.post(path, text: text)
        #expect(answer.status == 400)
        #expect(answer.json["error"]?["type"] == "Bad Request")
      }
      let form = try await client.post(
        path,
        text: "{\"prompt\": \"a\"}",
        headers: [.contentType: "text/plain"]
      )
      #expect(form.status == 400)
      let large = try await client.post(path, text: String(repeating: " ", count: 1_000_001))
      #expect(large.status == 413)
      let many = try await client.post(
        path,
        text: "[" + String(repeating: "0,", count: 400_000) + "0]"
      )
      #expect(many.status == 400)
      #expect(try await client.complete(["prompt": "a", "max_tokens": 1]).status == 200)
    }
  }

  @Test func `know models, paths and keys`() async throws {
    try await ServerFixture.with { options in
      options.apiKeys = ["secret", "other"]
    } _: { client in
      let body: JSON = ["prompt": "a", "max_tokens": 1]
      #expect(try await client.complete(body).status == 401)
      let key = "Bearer other"
      let wrong = try await client.post(
        "/v1/completions",
        body,
        headers: [.authorization: "Bearer x"]
      )
      #expect(wrong.status == 401)
      let right = try await client.post("/v1/completions", body, headers: [.authorization: key])
      #expect(right.status == 200)
      #expect(try await client.get("/health").status == 200)
      #expect(try await client.get("/v1/models").status == 401)
      let named = try await client.post(
        "/v1/completions",
        body.with(["model": "gpt"]),
        headers: [.authorization: key]
      )
      #expect(named.status == 404)
      #expect(named.message == "The model `gpt` does not exist. Valid aliases: tiny, org/tiny.")
      #expect(named.parameter == "model")
    }
  }
}
