import Foundation
import JSON
import Prompts
import TensorSerialization
import Tensors
import TestSupport
import Tokenization

/// A model in `Tests/Fixtures/models` and what transformers says of it.
struct ReferenceFixture {
  /// One prompt of a reference.
  struct PromptCase {
    let index: Int
    let text: String
    let tokens: [TokenID]
    let greedyTokens: [TokenID]
    /// At each greedy step, by how much the likeliest token leads.
    let greedyGaps: [Double]
    let greedyText: String
    let hasAllLogits: Bool
  }

  /// One rendered chat of a reference.
  struct ChatCase {
    let messages: [JSON]
    let text: String
    let tokens: [TokenID]
  }

  let name: String
  let prompts: [PromptCase]
  let chat: ChatCase?
  let tensors: SafetensorsFile

  init(_ name: String) throws {
    self.name = name
    let json = try JSON(parsing: try Fixtures.bytes("models/\(name)/reference.json"))
    prompts = try (json["prompts"]?.arrayValue ?? []).enumerated().map { index, prompt in
      PromptCase(
        index: index,
        text: try prompt["text"]?.stringValue ?? Self.missing("text"),
        tokens: try Self.tokens(prompt["tokens"]),
        greedyTokens: try Self.tokens(prompt["greedyTokens"]),
        greedyGaps: prompt["greedyGaps"]?.arrayValue?.compactMap(\.doubleValue) ?? [],
        greedyText: prompt["greedyText"]?.stringValue ?? "",
        hasAllLogits: prompt["logits"] == "all"
      )
    }
    chat = try json["chat"].map { chat in
      ChatCase(
        messages: chat["messages"]?.arrayValue ?? [],
        text: chat["text"]?.stringValue ?? "",
        tokens: try Self.tokens(chat["tokens"])
      )
    }
    tensors = try SafetensorsFile(
      SharedBytes.mapping(path: Fixtures.path("models/\(name)/reference.safetensors"))
    )
  }

  /// The model beside the reference.
  var modelPath: String {
    let file = Fixtures.path("models/\(name)/model.gguf")
    return FileManager.default.fileExists(atPath: file)
      ? file : Fixtures.path("models/\(name)")
  }

  /// The float32 reference `name`, [n, width].
  func matrix(_ name: String) throws -> Matrix {
    let tensor = try tensors.tensor(name)
    let numbers = tensor.bytes.withMemoryRebound(to: Float.self) { Array($0) }
    let width = tensor.shape.last ?? 1
    return Matrix(rowCount: numbers.count / width, columnCount: width, storage: numbers)
  }

  /// The int32 reference `name`.
  func integers(_ name: String) throws -> [Int] {
    try tensors.tensor(name).bytes.withMemoryRebound(to: Int32.self) { $0.map { Int($0) } }
  }

  private static func tokens(_ json: JSON?) throws -> [TokenID] {
    guard let ids = json?.arrayValue else { return try missing("tokens") }
    return ids.compactMap { $0.integerValue.flatMap(UInt32.init(exactly:)).map { TokenID($0) } }
  }

  private static func missing<Value>(_ key: String) throws -> Value {
    throw CocoaError(.coderValueNotFound, userInfo: [NSDebugDescriptionErrorKey: key])
  }
}

extension Matrix {
  /// The largest absolute difference between numbers of two matrices of one shape.
  func maximumDifference(from other: Matrix) -> Float {
    precondition(rowCount == other.rowCount && columnCount == other.columnCount, "shapes differ")
    return zip(storage, other.storage).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}
