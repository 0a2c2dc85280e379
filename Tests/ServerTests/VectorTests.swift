import Engine
import Foundation
import HTTPTypes
import HummingbirdTesting
import JSON
import TensorSerialization
import Tensors
import TestSupport
import Testing

@testable import Server

extension Client.Answer {
  /// The vectors of an answer of /v1/embeddings as lists of numbers.
  var vectors: [[Float]] {
    (json["data"]?.arrayValue ?? []).map {
      ($0["embedding"]?.arrayValue ?? []).map { Float($0.doubleValue ?? .nan) }
    }
  }
}

@Suite struct `Vectors over HTTP` {
  /// What sentence-transformers makes of the texts that the encoder's limit does not cut.
  struct Reference {
    var texts: [JSON] = []
    var tokens: [JSON] = []
    var vectors: [[Float]] = []
    var tooLong = JSON.null

    init() throws {
      let json = try JSON(parsing: Fixtures.bytes("encoders/bert/reference.json"))
      let file = try TensorFile.open(path: Fixtures.path("encoders/bert/reference.safetensors"))
      let rows = try file.rows(named: "vectors", columnCount: 64).matrix
      let lists = json["tokens"]?.arrayValue ?? []
      for (index, text) in (json["texts"]?.arrayValue ?? []).enumerated() {
        let count = lists[index].arrayValue?.count ?? 0
        if count == 24 { tooLong = text }
        guard text != "", count < 24 else { continue }
        texts.append(text)
        tokens.append(lists[index])
        vectors.append(Array(rows.row(index)))
      }
    }
  }

  static func distance(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  @Test func `are those of sentence-transformers, for texts and for token ids`() async throws {
    let reference = try Reference()
    try await ServerFixture.with(.encoder) { client in
      #expect(reference.texts.count == 5)
      for input in [reference.texts, reference.tokens] {
        let answer = try await client.embed(["model": "tiny", "input": .array(input)])
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.vectors.count == 5)
        for (found, expected) in zip(answer.vectors, reference.vectors) {
          let distance = Self.distance(found, expected)
          #expect(distance <= 1e-6)
        }
        #expect(answer.json["object"] == "list")
        #expect(answer.json["model"] == "tiny")
        #expect(answer.json["id"]?.stringValue?.hasPrefix("embd-") == true)
        #expect(answer.json["created"]?.integerValue != nil)
        let data = answer.json["data"]?.arrayValue ?? []
        #expect(data.map { $0["index"] } == [0, 1, 2, 3, 4])
        #expect(data.map { $0["object"] } == [JSON?](repeating: "embedding", count: 5))
        let count = reference.tokens.reduce(0) { $0 + ($1.arrayValue?.count ?? 0) }
        #expect(
          answer.json["usage"]
            == ["prompt_tokens": .integer(count), "total_tokens": .integer(count)]
        )
        let one = try await client.embed(["input": input[0]])
        #expect(one.vectors == [answer.vectors[0]])
      }
      let direct = try EmbeddingModel(path: ServerFixture.encoderPath)
      let text = reference.texts[0].stringValue ?? ""
      let row = try direct.vectors(
        of: [try direct.tokens(of: text)],
        on: WorkerPool(threadCount: 1)
      )
      let served = try await client.embed(["input": .string(text)])
      #expect(served.vectors == [row.storage])
    }
  }

  @Test func `come in base64 of any type and byte order`() async throws {
    let reference = try Reference()
    try await ServerFixture.with(.encoder) { client in
      let plain = try await client.embed(["input": reference.texts[0]]).vectors[0]
      let types: [(String, Int, (UInt32) -> Float)] = [
        ("float32", 4, { Float(bitPattern: $0) }),
        ("float16", 2, { Float(Float16(bitPattern: UInt16($0))) }),
        ("bfloat16", 2, { Float(bitPattern: $0 << 16) }),
      ]
      for (type, size, number) in types {
        for order in ["native", "little", "big"] {
          let answer = try await client.embed([
            "input": reference.texts[0], "encoding_format": "base64",
            "embed_dtype": .string(type), "endianness": .string(order),
          ])
          let text = answer.json["data"]?.arrayValue?.first?["embedding"]?.stringValue ?? ""
          let bytes = try Base64.decode(text)
          #expect(bytes.count == 64 * size)
          let found = stride(from: 0, to: bytes.count, by: size).map { start -> Float in
            let parts = bytes[start..<start + size]
            let bits = (order == "big" ? Array(parts) : parts.reversed())
              .reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            return number(bits)
          }
          let distance = Self.distance(found, plain)
          let tolerance: Float = type == "float32" ? 0 : type == "float16" ? 2e-4 : 2e-3
          #expect(distance <= tolerance, "\(type) \(order)")
        }
      }
    }
  }

  @Test func `are cut, or refused, where texts are long`() async throws {
    let reference = try Reference()
    try await ServerFixture.with(.encoder) { client in
      let long = try await client.embed(["input": reference.tooLong])
      #expect(long.status == 400)
      let beginning =
        "This model's maximum context length is 24 tokens. However, your prompt contains"
      #expect(long.message.hasPrefix(beginning), "\(long.message)")
      #expect(long.parameter == "input_tokens")
      let cut = try await client.embed(["input": reference.tooLong, "truncate_prompt_tokens": -1])
      #expect(cut.json["usage"]?["total_tokens"] == 24)
      let left = try await client.embed([
        "input": reference.tooLong, "truncate_prompt_tokens": -1, "truncation_side": "left",
      ])
      #expect(left.json["usage"]?["total_tokens"] == 24)
      #expect(left.vectors != cut.vectors)
      let tokens = reference.tokens[0].arrayValue ?? []
      let ids = try await client.embed(["input": .array(tokens), "truncate_prompt_tokens": 4])
      let same = try await client.embed(["input": .array(Array(tokens.prefix(4)))])
      #expect(ids.vectors == same.vectors)
      let bare = try await client.embed(["input": "a", "add_special_tokens": false])
      #expect(bare.json["usage"]?["total_tokens"] == 1)
      let raw = try await client.embed(["input": "a", "use_activation": false]).vectors[0]
      let unit = try await client.embed(["input": "a", "use_activation": true]).vectors[0]
      let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let distance = Self.distance(raw.map { $0 / length }, unit)
      #expect(distance <= 1e-6)
      #expect(abs(length - 1) > 1e-3)
    }
  }

  /// Bodies that ask for no vectors, what is said of them, and the field that is named.
  static let refusals: [(JSON, String, String?)] = [
    ([:], "input: Field required", "input"),
    (["input": nil], "input: Field required", "input"),
    (["input": ""], "input cannot be empty", "input"),
    (["input": []], "input cannot be empty", "input"),
    (["input": ["a", ""]], "input cannot be empty", "input"),
    (["input": [[]]], "input cannot be empty", "input"),
    (["input": 7], "input: Input should be a valid string or list", "input"),
    (["input": true], "input: Input should be a valid string or list", "input"),
    (["input": ["a": "b"]], "input: Input should be a valid string or list", "input"),
    (["input": ["a", 7]], "input: Input should be a valid string or list", "input"),
    (["input": [5, "a"]], "input: Input should be a valid integer", "input"),
    (["input": [1.5]], "input: Input should be a valid string or list", "input"),
    (["input": [999_999]], "Token id 999999 is out of vocabulary", "input"),
    (["input": [[-1]]], "Token id -1 is out of vocabulary", "input"),
    (
      ["input": "a", "encoding_format": "hex"], "encoding_format: Input should be",
      "encoding_format"
    ),
    (["input": "a", "embed_dtype": "int8"], "embed_dtype: Input should be", "embed_dtype"),
    (["input": "a", "endianness": "odd"], "endianness: Input should be", "endianness"),
    (["input": "a", "normalize": true], "`normalize` is no longer supported", "normalize"),
    (["input": "a", "prompt_embeds": "a"], "`prompt_embeds` is not supported", "prompt_embeds"),
    (
      ["input": "a", "dimensions": 32],
      "Model \"tiny\" does not support matryoshka representation, "
        + "changing output dimensions will lead to poor results.",
      "dimensions"
    ),
    (
      ["input": "a", "truncate_prompt_tokens": 25], "truncate_prompt_tokens=25 cannot be greater",
      "truncate_prompt_tokens"
    ),
    (
      ["input": "a", "truncation_side": "up"], "truncation_side: Input should be", "truncation_side"
    ),
    (
      ["messages": [["role": "user", "content": "a"]]], "The model's files have no chat template",
      "messages"
    ),
  ]

  @Test func `are refused by the field's name`() async throws {
    try await ServerFixture.with(.encoder) { client in
      for (body, message, parameter) in Self.refusals {
        let answer = try await client.embed(body)
        #expect(answer.status == 400, "\(body.text)")
        #expect(answer.message.hasPrefix(message), "\(answer.message)")
        #expect(answer.parameter == parameter, "\(body.text)")
      }
      let unknown = try await client.embed(["input": "a", "model": "gpt"])
      #expect(unknown.status == 404)
      let accepted = try await client.embed(["input": "a", "user": "me", "unknown": 1])
      #expect(accepted.status == 200)
    }
  }

  @Test func `are all that an encoder gives`() async throws {
    try await ServerFixture.with(.encoder) { client in
      let text = try await client.complete(["prompt": "a"])
      #expect(text.status == 400)
      #expect(text.message == "The model does not support Completions API")
      #expect(text.json["error"]?["type"] == "BadRequestError")
      let chat = try await client.chat(["messages": [["role": "user", "content": "a"]]])
      #expect(chat.message == "The model does not support Chat Completions API")
      #expect(try await client.post("/v1/prompt_embeds", ["prompt": "a"]).status == 400)
      for path in ["/health", "/ping", "/version", "/load"] {
        #expect(try await client.get(path).status == 200)
      }
      let card = try await client.get("/v1/models").json["data"]?.arrayValue?.first
      #expect(card?["max_model_len"] == 24)
      let reference = try Reference()
      let tokens = try await client.post("/tokenize", ["prompt": reference.texts[0]])
      #expect(tokens.json["tokens"] == reference.tokens[0])
      #expect(try await client.post("/detokenize", ["tokens": reference.tokens[0]]).status == 200)
      _ = try await client.embed(["input": ["a", "a"]])
      let metrics = try await client.get("/metrics").text
      for line in [
        "vllm:prompt_tokens_total{engine=\"0\",model_name=\"tiny\"} 6.0",
        "vllm:request_success_total{engine=\"0\",model_name=\"tiny\",finished_reason=\"stop\"} 2.0",
        "vllm:num_requests_running{engine=\"0\",model_name=\"tiny\"} 0.0",
      ] { #expect(metrics.contains(line), "\(line)") }
    }
  }

  @Test(arguments: [ServerFixture.Work.textAndVectors, .vectors])
  func `of a decoder are its last row's, as by the command`(_ work: ServerFixture.Work) async throws
  {
    let direct = try EmbeddingModel(path: ServerFixture.modelPath)
    let text = ServerFixture.prompt(1)["text"]?.stringValue ?? ""
    let row = try direct.vectors(of: [try direct.tokens(of: text)], on: WorkerPool(threadCount: 1))
    try await ServerFixture.with(work) { client in
      let answer = try await client.embed(["input": .string(text)])
      #expect(answer.vectors == [row.storage])
      let ids = try await client.embed(["input": ServerFixture.prompt(1)["tokens"] ?? .null])
      #expect(ids.vectors == answer.vectors)
      let messages: JSON = [["role": "user", "content": "Hello"]]
      let chat = try await client.embed(["messages": messages])
      let tokens = try await client.post(
        "/tokenize",
        ["messages": messages, "add_generation_prompt": false]
      )
      let same = try await client.embed(["input": tokens.json["tokens"] ?? .null])
      #expect(chat.vectors.count == 1)
      #expect(chat.vectors == same.vectors)
      let completion = try await client.complete(["prompt": "a", "max_tokens": 1])
      #expect(completion.status == (work == .vectors ? 400 : 200))
    }
  }

  @Test func `do not disturb generations, nor these them`() async throws {
    let text = ServerFixture.prompt(1)["text"] ?? .null
    try await ServerFixture.with(.textAndVectors) { client in
      let alone = try await client.embed(["input": text]).vectors
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<24 {
          group.addTask {
            if index % 2 == 0 {
              let many = JSON.array([JSON](repeating: text, count: 40))
              return try await client.embed(["input": many]).vectors.allSatisfy { $0 == alone[0] }
            }
            let answer = try await client.complete([
              "prompt": text, "temperature": 0, "max_tokens": 24, "ignore_eos": true,
            ])
            return answer.choices[0]["text"] == ServerFixture.prompt(1)["greedyText"]
          }
        }
        for try await isSame in group { #expect(isSame) }
      }
      let load = try await client.get("/load")
      #expect(load.json["server_load"] == 0)
    }
  }
}
