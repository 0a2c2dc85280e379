import JSON
import TensorSerialization
import Tensors

/// How vectors stand in an answer: `encoding_format`, `embed_dtype` and `endianness`.
///
/// Source: vllm/utils/serial_utils.py
struct VectorEncoding: Sendable {
  private let isBase64: Bool
  private let type: DType
  private let isBigEndian: Bool

  init(_ fields: RequestFields) throws(APIError) {
    isBase64 = try fields.choice("encoding_format", ["float": false, "base64": true]) ?? false
    type = try fields.floatType("embed_dtype")
    isBigEndian =
      try fields.choice("endianness", ["native": false, "little": false, "big": true]) ?? false
  }

  /// The one row of `vector`: a list of numbers, or base64 of an array.
  func json(_ vector: Matrix) throws(TensorFileError) -> JSON {
    guard isBase64 else { return .array(vector.storage.map { .number(Double($0)) }) }
    var bytes = try Tensor(vector, as: type).storage.array
    if isBigEndian {
      let size = type == .float32 ? 4 : 2
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<start + size].reverse()
      }
    }
    return .string(String(decoding: Base64.encode(bytes), as: UTF8.self))
  }
}

extension RequestFields {
  /// The value for which the field `name` stands, one of `choices`.
  func choice<Value>(_ name: String, _ choices: KeyValuePairs<String, Value>) throws(APIError)
    -> Value?
  {
    guard let text = try string(name) else { return nil }
    guard let choice = choices.first(where: { $0.key == text }) else {
      let names = choices.map { "'\($0.key)'" }.joined(separator: ", ")
      throw .schema(
        "\(name): Input should be one of \(names), got '\(APIError.capped(text))'",
        name
      )
    }
    return choice.value
  }

  /// The type of numbers that the field `name` asks for; float32 where it is not given.
  func floatType(_ name: String) throws(APIError) -> DType {
    try choice(name, ["float32": .float32, "float16": .float16, "bfloat16": .bfloat16]) ?? .float32
  }
}
