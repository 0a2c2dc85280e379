import JSON
import TensorSerialization
import Tensors
import TestSupport
import Testing

@testable import Server

/// Files of torch as clients send them; see Tests/Fixtures/make_payload_fixtures.py.
@Suite struct `Payloads` {
  let payloads: JSON
  let greedy: JSON = ["temperature": 0, "max_tokens": 4, "ignore_eos": true, "logprobs": 0]

  init() throws { payloads = try JSON(parsing: Fixtures.bytes("payloads.json")) }

  @Test func `are read in every layout and type`() async throws {
    let good = payloads["good"]?.objectValue ?? JSONObject()
    #expect(good.count == 4)
    try await ServerFixture.with { client in
      for (type, layouts) in good {
        let dense = try await client.complete(
          greedy.with(["prompt_embeds": layouts["strided"] ?? .null])
        )
        #expect(dense.status == 200, "\(type): \(dense.text)")
        for (layout, data) in layouts.objectValue ?? JSONObject() {
          let answer = try await client.complete(greedy.with(["prompt_embeds": data]))
          #expect(answer.choices == dense.choices, "\(type) \(layout)")
          #expect(answer.json["usage"]?["prompt_tokens"] == 2)
        }
      }
    }
  }

  @Test func `may have a batch of one around them`() async throws {
    let rows = try ServerFixture.embeds()
    try await ServerFixture.with { client in
      let plain = try await client.complete(greedy.with(["prompt_embeds": .string(rows)]))
      let file = try TensorFile.open(path: Fixtures.path("models/llama-f32/reference.safetensors"))
      let flat = try file.tensor("prompt1.embeddings")
      let batch = try #require(
        Tensor(
          dtype: flat.dtype,
          shape: [1] + flat.shape,
          storage: flat.storage,
          byteOffset: flat.byteOffset
        )
      )
      let bytes = Base64.encode(try TorchFile.write(batch))
      let text = String(decoding: bytes, as: UTF8.self)
      let answer = try await client.complete(greedy.with(["prompt_embeds": .string(text)]))
      #expect(answer.choices == plain.choices)
    }
  }

  @Test func `are refused when they hold no rows`() async throws {
    var bad: [(String, JSON, String)] = []
    for (name, payload) in payloads["bad"]?.objectValue ?? JSONObject() {
      bad.append((name, payload["data"] ?? .null, payload["message"]?.stringValue ?? "-"))
    }
    #expect(bad.count == 11)
    var generator = SeededGenerator(7)
    let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
    bad.append(
      (
        "noise", .string(String(decoding: Base64.encode(noise), as: UTF8.self)),
        "could not be deserialized as a torch tensor"
      )
    )
    for spelling in ["AAA", "AA==\n", "_-__", "A A="] {
      bad.append((spelling, .string(spelling), "base64"))
    }
    let cases = bad
    try await ServerFixture.with { client in
      for (name, data, message) in cases {
        let answer = try await client.complete(greedy.with(["prompt_embeds": data]))
        #expect(answer.status == 400, "\(name)")
        #expect(answer.message.contains(message), "\(name): \(answer.message)")
        #expect(answer.message.hasSuffix(" (parameter=prompt_embeds)"), "\(answer.message)")
        #expect(answer.message.count < 500)
        #expect(answer.parameter == "prompt_embeds")
        let part: JSON = [["type": "prompt_embeds", "data": data]]
        let chat = try await client.chat(["messages": [["role": "user", "content": part]]])
        #expect(chat.status == 400)
        #expect(chat.message == answer.message)
      }
    }
  }

  @Test func `have reasons of a limited length`() {
    let long = APIError.capped(String(repeating: "x", count: 1000))
    #expect(long.hasSuffix("... (800 more characters truncated)"))
    #expect(APIError.capped("short") == "short")
  }
}
