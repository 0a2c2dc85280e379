import Foundation
import JSON
import TestSupport
import Testing

/// `generate --input`: what becomes of lines.
@Suite struct `A batch` {
  static let model = Fixtures.path("models/llama-f32")
  static let generate = ["generate", "-m", model, "--input"]

  /// The objects of JSON lines.
  static func objects(_ data: Data) throws -> [JSON] {
    try data.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: [UInt8]($0)) }
  }

  /// The texts of each result's choices; the message of an error.
  static func texts(_ results: [JSON]) -> [[String]] {
    results.map { result in
      let choices = result["response"]?["body"]?["choices"]?.arrayValue ?? []
      let texts = choices.compactMap { ($0["text"] ?? $0["message"]?["content"])?.stringValue }
      return texts.isEmpty ? [result["error"]?["message"]?.stringValue ?? ""] : texts
    }
  }

  private func run(_ lines: [String], _ options: [String] = []) throws -> (
    result: Swiftllm.Result, objects: [JSON]
  ) {
    let input = Data(lines.joined(separator: "\n").utf8)
    let result = try Swiftllm.run(Self.generate + ["-"] + options, input: input)
    return (result, try Self.objects(result.output))
  }

  @Test func `has one result for each line, in order, in one shape`() throws {
    let (result, objects) = try run([
      #"{"custom_id":"a","method":"POST","url":"/v1/completions","body":{"prompt":"the","max_tokens":40}}"#,
      "", "  \r",
      #"{"prompt":["the boats",[35,36]],"max_tokens":2}"#,
      #"{"custom_id":"c","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"hi"}],"max_tokens":3}}"#,
      #"{"messages":[{"role":"user","content":"hi"}],"max_tokens":3,"custom_id":"bare"}"#,
    ])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(objects.map { $0["index"] } == [0, 1, 2, 3])
    #expect(objects.map { $0["custom_id"] } == ["a", .null, "c", "bare"])
    for object in objects {
      let keys = object.objectValue?.keys
      #expect(keys == ["id", "index", "custom_id", "response", "error"])
      #expect(object["response"]?.objectValue?.keys == ["status_code", "request_id", "body"])
      #expect(object["response"]?["status_code"] == 200)
      #expect(object["error"] == .null)
    }
    let bodies = objects.compactMap { $0["response"]?["body"] }
    #expect(
      bodies.map { $0["object"] } == [
        "text_completion", "text_completion", "chat.completion", "chat.completion",
      ]
    )
    let texts = Self.texts(objects)
    #expect(texts.map(\.count) == [1, 2, 1, 1])
    #expect(texts[2] == texts[3])
    for (text, options) in [
      (texts[0][0], ["the", "-n", "40"]), (texts[1][1], ["--token-ids", "35,36", "-n", "2"]),
      (texts[2][0], ["--chat", "hi", "-n", "3"]),
    ] {
      #expect(try Swiftllm.run(["generate", "-m", Self.model] + options).text == text + "\n")
    }
  }

  @Test func `takes the command line's sampling where a line has none`() throws {
    let options = ["-n", "7", "-t", "0.9", "--seed", "5", "--top-k", "20", "--ignore-eos"]
    let (_, objects) = try run(
      [#"{"prompt":"the"}"#, #"{"prompt":"the","max_tokens":3}"#],
      options
    )
    let expected = try Swiftllm.run(["generate", "-m", Self.model, "the"] + options).text
    #expect(Self.texts(objects)[0][0] + "\n" == expected)
    let counts = objects.map { $0["response"]?["body"]?["usage"]?["completion_tokens"] }
    #expect(counts == [7, 3])
    let (_, greedy) = try run([#"{"prompt":"the","temperature":0}"#], options)
    let plain = ["generate", "-m", Self.model, "the", "-n", "7", "--ignore-eos"]
    #expect(try Swiftllm.run(plain).text == Self.texts(greedy)[0][0] + "\n")
  }

  @Test func `goes on after bad lines, and says how many there were`() throws {
    let long = String(repeating: "the boats ", count: 600)
    let good = #"{"prompt":"the","max_tokens":2}"#
    let bad: [(line: String, message: String, parameter: JSON)] = [
      ("no JSON", "Invalid JSON: ", .null),
      ("[1]", "body: Input should be a valid dictionary", .null),
      (#"{"prompt":"the","top_p":7}"#, "top_p must be in (0, 1], got 7.", "top_p"),
      (#"{"prompt":"the","tools":[1]}"#, "\"auto\" tool choice requires", "tool_choice"),
      (#"{"prompt":"\#(long)"}"#, "This model's maximum context length is 512", "input_tokens"),
      (#"{"prompt":"the","stream":true}"#, "Request must not be sent in stream mode", "stream"),
      (
        #"{"prompt":"the","custom_id":3}"#, "custom_id: Input should be a valid string", "custom_id"
      ),
      (#"{"prompt_embeds":"?"}"#, "`prompt_embeds` is not valid base64", "prompt_embeds"),
      (#"{"url":"/v1/completions","custom_id":"x"}"#, "body: Field required", "body"),
      (
        #"{"url":"/v1/score","body":{},"custom_id":"x"}"#,
        "URL /v1/score is not a supported endpoint. Supported endpoints: /v1/completions,", "url"
      ),
      (#"{"body":{"prompt":"the"}}"#, "url: Field required", "url"),
      (#"{"url":"/v1/completions","method":"GET","body":{}}"#, "method: ", "method"),
      (#"{"custom_id":"x","error":{"message":"told","param":"that","code":400}}"#, "told", "that"),
    ]
    let (result, objects) = try run(bad.flatMap { [$0.line, good] })
    #expect(result.status == 1)
    #expect(result.errors == "swiftllm: \(bad.count) of \(2 * bad.count) lines failed\n")
    #expect(objects.map { $0["index"] } == (0..<2 * bad.count).map { .integer($0) })
    for (object, expected) in zip(
      stride(from: 0, to: objects.count, by: 2).map { objects[$0] },
      bad
    ) {
      let message = object["error"]?["message"]?.stringValue ?? ""
      #expect(message.hasPrefix(expected.message), "\(message)")
      #expect(object["error"]?["param"] == expected.parameter)
      #expect(object["response"]?["status_code"] == 400)
      #expect(object["response"]?["body"]?["error"] == object["error"])
      #expect((object["custom_id"] == "x") == expected.line.contains(#""custom_id":"x""#))
    }
    let others = stride(from: 1, to: objects.count, by: 2).map { objects[$0] }
    #expect(others.allSatisfy { $0["error"] == .null })
  }

  @Test func `knows the model by the names it is given`() throws {
    let lines = [#"{"prompt":"a","model":"tiny","max_tokens":1}"#]
    let (named, objects) = try run(lines, ["--served-model-name", "tiny"])
    #expect(named.status == 0)
    #expect(objects[0]["response"]?["body"]?["model"] == "tiny")
    let (other, errors) = try run(lines)
    #expect(other.status == 1)
    #expect(errors[0]["response"]?["status_code"] == 404)
  }

  @Test func `embeds texts, with an encoder and with a decoder`() throws {
    let lines = [
      #"{"custom_id":"e","url":"/v1/embeddings","body":{"input":["How are you?","b"]}}"#,
      #"{"input":"How are you?"}"#, #"{"prompt":"the","max_tokens":1}"#,
    ]
    let input = Data(lines.joined(separator: "\n").utf8)
    for (model, failed) in [(Fixtures.path("encoders/bert"), 1), (Self.model, 0)] {
      let result = try Swiftllm.run(["generate", "-m", model, "--input", "-"], input: input)
      #expect(result.status == Int32(failed))
      let objects = try Self.objects(result.output)
      #expect(objects.filter { $0["error"] != .null }.count == failed)
      let plain = try Swiftllm.run(["embed", "-m", model, "How are you?", "b"]).output
      let expected = try Self.objects(plain).map { $0["embedding"]?.arrayValue?.count ?? 0 }
      let found = objects.prefix(2).map { $0["response"]?["body"]?["data"]?.arrayValue ?? [] }
      #expect(
        found.map { $0.map { $0["embedding"]?.arrayValue?.count } } == [expected, [expected[0]]]
      )
      #expect(found[0].first?["embedding"] == found[1].first?["embedding"])
    }
  }

  @Test func `of encoded requests says the same as of the requests themselves`() throws {
    let chat = #"[{"role":"system","content":"be brief"},{"role":"user","content":"hi"}]"#
    let lines = [
      #"{"custom_id":"a","url":"/v1/completions","body":{"prompt":"the boats","max_tokens":9}}"#,
      #"{"prompt":["the",[35,36],"small boats"],"max_tokens":4,"logprobs":2}"#,
      #"{"custom_id":"b","url":"/v1/chat/completions","body":{"messages":\#(chat),"max_completion_tokens":6}}"#,
      #"{"messages":\#(chat),"temperature":0.8,"seed":4,"n":2,"logprobs":true,"top_logprobs":1}"#,
      "no JSON", #"{"custom_id":"c","url":"/v1/score","body":{}}"#,
    ]
    let folder = try TemporaryFolder()
    _ = try folder.write(Data(lines.joined(separator: "\n").utf8), to: "in.jsonl")
    let environment = ["SWIFTLLM_MODEL": Self.model]
    let direct = try Swiftllm.shell(
      "swiftllm generate --input in.jsonl",
      environment: environment,
      in: folder.url
    )
    for format in ["torch", "npy"] {
      let piped = try Swiftllm.shell(
        "swiftllm encode-embeds --format \(format) --input in.jsonl | swiftllm generate --input -",
        environment: environment,
        in: folder.url
      )
      #expect(piped.status == 1)
      #expect(
        piped.errors == "swiftllm: 2 of 6 lines failed\nswiftllm: 2 of 6 lines failed\n"
      )
      let (expected, found) = (try Self.objects(direct.output), try Self.objects(piped.output))
      #expect(found.map { $0["custom_id"] } == expected.map { $0["custom_id"] })
      #expect(Self.texts(found).prefix(4) == Self.texts(expected).prefix(4))
      #expect(Self.texts(found).map(\.count) == [1, 3, 1, 2, 1, 1])
      #expect(found.map { $0["response"]?["status_code"] } == [200, 200, 200, 200, 400, 400])
    }
  }

  @Test func `of texts is encoded line by line`() throws {
    let input = Data("the boats\n\n{the\n".utf8)
    let encoded = try Swiftllm.run(
      ["encode-embeds", "-m", Self.model, "--input", "-"],
      input: input
    )
    #expect(encoded.status == 0)
    let result = try Swiftllm.run(Self.generate + ["-", "-n", "5"], input: encoded.output)
    let texts = Self.texts(try Self.objects(result.output))
    for (text, prompt) in zip(texts, ["the boats", "{the"]) {
      let plain = try Swiftllm.run(["generate", "-m", Self.model, "-n", "5", prompt]).text
      #expect([plain] == text.map { $0 + "\n" })
    }
    #expect(texts.count == 2)
  }

  @Test(arguments: [
    (["--input", "x", "the"], "a prompt and '--input' cannot be used together"),
    (["--input", "x", "-e", "y"], "'--prompt-embeds' and '--input' cannot be used together"),
    (["--input", "x", "--chat"], "'--chat' and '--input' cannot be used together"),
    (["--input", "x", "--messages", "y"], "'--messages' and '--input' cannot be used together"),
    (["--input", "x", "--json"], "'--json' and '--input' cannot be used together"),
    (["the", "--resume"], "'--resume' needs '--input'"),
    (["the", "-o", "x"], "'--output' needs '--input'"),
    (["the", "--max-num-seqs", "2"], "'--max-num-seqs' needs '--input'"),
    (["--input", "x", "--max-num-seqs", "0"], "invalid value for '--max-num-seqs'"),
  ])
  func `is not mixed with one prompt's options`(_ arguments: [String], _ message: String) throws {
    let result = try Swiftllm.run(["generate"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("swiftllm: \(message)"), "\(result.errors)")
    #expect(result.output.isEmpty)
  }
}
