import HTTPTypes
import HummingbirdTesting
import JSON
import TensorSerialization
import Tensors
import TestSupport
import Testing

@testable import Server

/// Requests that cannot be meant, while others are answered.
@Suite struct `Bad requests` {
  /// The body of a request, and the field that the answer names.
  private static func bodies() throws -> [(String, parameter: String?)] {
    let payloads = try JSON(parsing: Fixtures.bytes("payloads.json"))
    var bodies: [(String, parameter: String?)] = []
    func embeds(_ data: JSON) {
      let body: JSON = ["prompt_embeds": data]
      bodies.append((body.text, "prompt_embeds"))
    }
    for (_, payload) in payloads["bad"]?.objectValue ?? JSONObject() {
      embeds(payload["data"] ?? .null)
    }
    let good = try ServerFixture.embeds()
    var infinite = Matrix(rowCount: 2, columnCount: ServerFixture.hiddenSize)
    infinite.storage[5] = .infinity
    embeds("invalid_base64")
    embeds(.string(String(good.prefix(good.count / 2 / 4 * 4))))
    embeds(.string(try ServerFixture.base64(infinite)))
    embeds(.string(try ServerFixture.base64(Matrix(rowCount: 0, columnCount: 64))))
    embeds(.string(try ServerFixture.base64(Matrix(rowCount: 2, columnCount: 63))))
    bodies += [
      ("nonsense", nil), ("[1, 2]", nil), (String(repeating: "[", count: 10_000), nil),
      ("{\"prompt\": " + String(repeating: "[", count: 10_000), nil),
      ("{\"prompt\": \"a\", \"temperature\": 1e999}", "temperature"),
      ("{\"prompt\": \"a\", \"n\": 99999999999999999999}", "n"),
      ("{\"prompt\": \"a\", \"top_p\": 7}", "top_p"),
      ("{\"prompt\": \"a\", \"model\": \"nobody\"}", "model"),
      ("{\"prompt\": [" + String(repeating: "5,", count: 100_000) + "5]}", "input_tokens"),
    ]
    return bodies
  }

  @Test func `are refused by name while streams go on undisturbed`() async throws {
    let bodies = try Self.bodies()
    let stream: JSON = [
      "prompt": ServerFixture.prompt(1)["text"] ?? .null, "temperature": 0, "max_tokens": 24,
      "ignore_eos": true, "stream": true,
    ]
    try await ServerFixture.with(setup: .live) { client in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            for _ in 0..<8 {
              let choices = try await client.complete(stream).events
                .compactMap { $0["choices"]?.arrayValue?.first }
              let text = choices.compactMap { $0["text"]?.stringValue }.joined()
              #expect(.string(text) == ServerFixture.prompt(1)["greedyText"])
            }
          }
        }
        for (body, parameter) in bodies {
          group.addTask {
            let answer = try await client.post("/v1/completions", text: body)
            let shown = body.prefix(80)
            #expect((400..<500).contains(answer.status), "\(shown): \(answer.status)")
            #expect(answer.parameter == parameter, "\(shown): \(answer.text)")
            #expect(answer.json["error"]?["code"] == .integer(answer.status))
          }
        }
        try await group.waitForAll()
      }
      #expect(try await client.get("/health").status == 200)
      #expect(try await client.get("/load").json["server_load"] == 0)
    }
  }

  /// 100 MB of JSON: one long text, many values, deep nesting.
  @Test func `of a hundred megabytes are refused`() async throws {
    try await ServerFixture.with { client in
      let size = 100_000_000
      let text = "{\"prompt\": \"" + String(repeating: "a", count: size) + "\"}"
      let long = try await client.post("/v1/completions", text: text)
      #expect(long.status == 400)
      #expect(long.parameter == "input_tokens")
      let many = "{\"prompt\": [" + String(repeating: "5,", count: size / 2) + "5]}"
      #expect(try await client.post("/v1/completions", text: many).status == 400)
      let deep = String(repeating: "[", count: size)
      #expect(try await client.post("/v1/completions", text: deep).status == 400)
      #expect(try await client.complete(["prompt": "a", "max_tokens": 1]).status == 200)
    }
  }
}
