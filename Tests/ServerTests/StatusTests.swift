import HTTPTypes
import HummingbirdTesting
import JSON
import Testing

@testable import Server

@Suite struct `Other routes` {
  @Test func `tell how the server is`() async throws {
    try await ServerFixture.with { client in
      for path in ["/health", "/ping"] { #expect(try await client.get(path).status == 200) }
      #expect(try await client.get("/version").json["version"] == .string(ServerVersion.number))
      let missing = try await client.get("/nowhere")
      #expect(missing.status == 404)
      #expect(missing.json["error"]?["type"] == "NotFoundError")
      _ = try await client.complete(["prompt": "a", "max_tokens": 3, "ignore_eos": true])
      let metrics = try await client.get("/metrics").text
      for line in [
        "vllm:num_requests_running{engine=\"0\",model_name=\"tiny\"} 0.0",
        "vllm:generation_tokens_total{engine=\"0\",model_name=\"tiny\"} 3.0",
        "vllm:request_success_total{engine=\"0\",model_name=\"tiny\",finished_reason=\"length\"} 1.0",
        "vllm:time_to_first_token_seconds_count{engine=\"0\",model_name=\"tiny\"} 1",
        "vllm:e2e_request_latency_seconds_count{engine=\"0\",model_name=\"tiny\"} 1",
        "# TYPE vllm:kv_cache_usage_perc gauge",
      ] { #expect(metrics.contains(line), "\(line)") }
    }
  }

  @Test func `list models, also those with a slash in the name`() async throws {
    try await ServerFixture.with { client in
      let list = try await client.get("/v1/models").json
      #expect(list["data"]?.arrayValue?.map { $0["id"] } == ["tiny", "org/tiny"])
      #expect(list["data"]?.arrayValue?.first?["max_model_len"] == 512)
      #expect(try await client.get("/v1/models/org/tiny").json["id"] == "org/tiny")
      #expect(try await client.get("/v1/models/org%2Ftiny").json["id"] == "org/tiny")
      #expect(try await client.get("/v1/models/none").status == 404)
    }
  }

  @Test func `turn text into tokens and back`() async throws {
    try await ServerFixture.with { client in
      let text = ServerFixture.prompt(1)["text"] ?? .null
      let tokens = try await client.post("/tokenize", ["prompt": text, "return_token_strs": true])
      #expect(tokens.json["tokens"] == ServerFixture.prompt(1)["tokens"])
      #expect(tokens.json["count"] == .integer(tokens.json["token_strs"]?.arrayValue?.count ?? 0))
      #expect(tokens.json["max_model_len"] == 512)
      let back = try await client.post("/detokenize", ["tokens": tokens.json["tokens"] ?? .null])
      #expect(back.json["prompt"] == text)
      #expect(try await client.post("/detokenize", ["tokens": [999_999]]).status == 400)
    }
  }

  @Test func `say that the model does not embed`() async throws {
    try await ServerFixture.with { client in
      let answer = try await client.post("/v1/embeddings", ["input": "a", "model": "tiny"])
      #expect(answer.status == 400)
      #expect(answer.message == "The model does not support Embeddings API")
    }
  }

  @Test func `know their methods`() async throws {
    try await ServerFixture.with { client in
      let cases: [(String, HTTPRequest.Method, String)] = [
        ("/v1/completions", .get, "POST"), ("/v1/embeddings", .delete, "POST"),
        ("/v1/models", .post, "GET, HEAD"), ("/v1/models/org/tiny", .put, "GET, HEAD"),
        ("/ping", .patch, "GET, HEAD, POST"), ("/health", .options, "GET, HEAD"),
      ]
      for (path, method, allowed) in cases {
        let answer = try await client.send(path, method, [:], nil)
        #expect(answer.status == 405, "\(method) \(path)")
        #expect(answer.headers[.allow] == allowed)
        #expect(answer.message == "Method Not Allowed")
        #expect(answer.json["error"]?["code"] == 405)
      }
      for path in ["/health", "/v1/models", "/v1/models/org/tiny", "/metrics"] {
        let head = try await client.send(path, .head, [:], nil)
        #expect(head.status == 200)
        #expect(head.text.isEmpty)
      }
      #expect(try await client.send("/nowhere", .delete, [:], nil).status == 404)
    }
  }

  @Test func `let pages of allowed origins in`() async throws {
    try await ServerFixture.with { options in
      options.allowedOrigins = ["https://a.example"]
    } _: { client in
      let allowed = try await client.get("/v1/models", headers: [.origin: "https://a.example"])
      #expect(allowed.headers[.accessControlAllowOrigin] == "https://a.example")
      let other = try await client.get("/v1/models", headers: [.origin: "https://b.example"])
      #expect(other.headers[.accessControlAllowOrigin] == nil)
    }
  }

  @Test func `answer over real connections`() async throws {
    try await ServerFixture.with(setup: .live) { client in
      let request: JSON = [
        "prompt": "Hello", "max_tokens": 4, "temperature": 0, "ignore_eos": true,
      ]
      let whole = try await client.complete(request)
      #expect(whole.status == 200)
      let events = try await client.complete(request.with(["stream": true])).events
      let texts = events.compactMap { $0["choices"]?.arrayValue?.first?["text"]?.stringValue }
      #expect(texts.joined() == whole.texts[0])
    }
  }
}
