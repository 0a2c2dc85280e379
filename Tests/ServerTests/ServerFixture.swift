import Engine
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import TensorSerialization
import Tensors
import TestSupport

@testable import Server

/// A server over a tiny model, and short ways to ask it.
enum ServerFixture {
  static let modelPath = Fixtures.path("models/llama-f32")
  static let hiddenSize = 64

  /// What stands in the model's reference.json.
  static let reference: JSON = {
    (try? JSON(parsing: Fixtures.bytes("models/llama-f32/reference.json"))) ?? .null
  }()

  static func prompt(_ index: Int) -> JSON { reference["prompts"]?.arrayValue?[index] ?? .null }

  /// What the tiny model is served for.
  enum Work {
    /// A decoder: text alone, text and vectors, vectors alone.
    case text, textAndVectors, vectors
    /// An encoder of `Tests/Fixtures/encoders`.
    case encoder
  }

  static let encoderPath = Fixtures.path("encoders/bert")

  static func with<Value>(
    _ work: Work = .text,
    path: String = modelPath,
    _ change: (inout ServerOptions) -> Void = { _ in },
    setup: TestingSetup = .router,
    _ body: @Sendable (Client) async throws -> Value
  ) async throws -> Value {
    var options = ServerOptions()
    options.enablesPromptEmbeds = true
    options.modelNames = ["tiny", "org/tiny"]
    options.modelRoot = path
    change(&options)
    let model = try model(for: work, path, options)
    defer { model.shutdown() }
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = ServerApplication.make(model, logger: logger)
    return try await application.test(setup) { try await body(Client(client: $0)) }
  }

  private static func model(for work: Work, _ path: String, _ options: ServerOptions) throws
    -> ServedModel
  {
    if work == .encoder {
      let embedder = try Embedder(try EmbeddingModel(path: encoderPath), threadCount: 2)
      return ServedModel(embedding: embedder, nil, options)
    }
    let loaded = try LoadedModel(path: path)
    if work == .vectors {
      let embedder = try Embedder(try EmbeddingModel(path: path), threadCount: 2)
      return ServedModel(embedding: embedder, loaded, options)
    }
    let engine = try InferenceEngine(loaded, EngineOptions())
    let embedder = work == .text ? nil : try Embedder(loaded, on: engine)
    return ServedModel(loaded, engine, embedder: embedder, options)
  }

  /// Base64 of the rows of the reference's second prompt, in a torch file.
  static func embeds(rows range: Range<Int>? = nil) throws -> String {
    let file = try TensorFile.open(path: Fixtures.path("models/llama-f32/reference.safetensors"))
    let matrix = try file.rows(named: "prompt1.embeddings", columnCount: hiddenSize).matrix
    return try base64(range.map { matrix.rows($0) } ?? matrix)
  }

  static func base64(_ matrix: Matrix, as dtype: DType = .float32) throws -> String {
    let bytes = try TorchFile.write(try Tensor(matrix, as: dtype))
    return String(decoding: Base64.encode(bytes), as: UTF8.self)
  }
}

/// Asks a server; answers are statuses and parsed bodies.
struct Client: Sendable {
  struct Answer: Sendable {
    let status: Int
    let text: String
    let headers: HTTPFields

    var json: JSON { (try? JSON(parsing: text)) ?? .null }
    var message: String { json["error"]?["message"]?.stringValue ?? "" }
    var parameter: String? { json["error"]?["param"]?.stringValue }
    var choices: [JSON] { json["choices"]?.arrayValue ?? [] }
    var texts: [String] { choices.compactMap { $0["text"]?.stringValue } }

    /// The events of a stream; the last one must be `[DONE]`.
    var events: [JSON] {
      let lines = text.components(separatedBy: "\n\n").filter { !$0.isEmpty }
      guard lines.last == "data: [DONE]" else { return [] }
      return lines.dropLast().compactMap { try? JSON(parsing: String($0.dropFirst(6))) }
    }
  }

  let client: any TestClientProtocol

  func get(_ path: String, headers: HTTPFields = [:]) async throws -> Answer {
    try await send(path, .get, headers, nil)
  }

  func post(_ path: String, _ body: JSON, headers: HTTPFields = [:]) async throws -> Answer {
    try await post(path, text: body.text, headers: headers)
  }

  func post(_ path: String, text: String, headers: HTTPFields = [:]) async throws -> Answer {
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "application/json" }
    return try await send(path, .post, headers, ByteBuffer(string: text))
  }

  func complete(_ body: JSON) async throws -> Answer { try await post("/v1/completions", body) }
  func chat(_ body: JSON) async throws -> Answer { try await post("/v1/chat/completions", body) }
  func embed(_ body: JSON) async throws -> Answer { try await post("/v1/embeddings", body) }

  func send(
    _ path: String,
    _ method: HTTPRequest.Method,
    _ headers: HTTPFields,
    _ body: ByteBuffer?
  ) async throws -> Answer {
    try await client.execute(uri: path, method: method, headers: headers, body: body) {
      Answer(status: $0.status.code, text: String(buffer: $0.body), headers: $0.headers)
    }
  }
}

extension JSON {
  /// The object with further members.
  func with(_ members: KeyValuePairs<String, JSON>) -> JSON {
    var object = objectValue ?? JSONObject()
    for (key, value) in members { object[key] = value }
    return .object(object)
  }
}
