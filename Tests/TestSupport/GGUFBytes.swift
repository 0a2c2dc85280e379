/// A GGUF file in the making: any metadata, and float32 tensors of zeros.
public struct GGUFBytes {
  /// A value of the metadata.
  public enum Value {
    case uint32(UInt32)
    case float32(Float)
    case string(String)
    case int32s([Int32])
    case float32s([Float])
    case strings([String])
  }

  /// Keys and values in the order of the file.
  public var metadata: [(key: String, value: Value)]
  /// Names and shapes, slowest dimension first.
  public var tensors: [(name: String, shape: [Int])]

  /// A file of `metadata` and `tensors`.
  public init(
    metadata: [(key: String, value: Value)] = [],
    tensors: [(name: String, shape: [Int])] = []
  ) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// A file that describes a Llama of hidden size 4 with `tokens`, all of one letter but the first three.
  public static func llama(tokens: [String]) -> GGUFBytes {
    GGUFBytes(
      metadata: [
        ("general.architecture", .string("llama")), ("llama.embedding_length", .uint32(4)),
        ("llama.block_count", .uint32(1)), ("llama.attention.head_count", .uint32(2)),
        ("llama.feed_forward_length", .uint32(4)), ("llama.context_length", .uint32(16)),
        ("llama.attention.layer_norm_rms_epsilon", .float32(1e-5)),
        ("tokenizer.ggml.model", .string("llama")), ("tokenizer.ggml.tokens", .strings(tokens)),
        ("tokenizer.ggml.scores", .float32s(tokens.map { _ in 0 })),
        (
          "tokenizer.ggml.token_type",
          .int32s(tokens.map { $0.utf8.count == 1 ? 1 : $0 == "<unk>" ? 2 : 3 })
        ),
      ],
      tensors: [("token_embd.weight", [tokens.count, 4])]
    )
  }

  /// The file's bytes.
  public var bytes: [UInt8] {
    var bytes = Array("GGUF".utf8)
    bytes.append(little: UInt32(3))
    bytes.append(little: UInt64(tensors.count))
    bytes.append(little: UInt64(metadata.count))
    for (key, value) in metadata {
      bytes.append(key)
      bytes.append(value)
    }
    var offset = 0
    for (name, shape) in tensors {
      bytes.append(name)
      bytes.append(little: UInt32(shape.count))
      for size in shape.reversed() { bytes.append(little: UInt64(size)) }
      bytes.append(little: UInt32(0))
      bytes.append(little: UInt64(offset))
      offset += (shape.reduce(4, *) + 31) / 32 * 32
    }
    return bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32 + offset)
  }
}

extension [UInt8] {
  fileprivate mutating func append(little value: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(_ text: String) {
    append(little: UInt64(text.utf8.count))
    append(contentsOf: text.utf8)
  }

  fileprivate mutating func append(_ value: GGUFBytes.Value) {
    func begin(_ type: UInt32, count: Int) {
      append(little: UInt32(9))
      append(little: type)
      append(little: UInt64(count))
    }
    switch value {
    case .uint32(let number):
      append(little: UInt32(4))
      append(little: number)
    case .float32(let number):
      append(little: UInt32(6))
      append(little: number.bitPattern)
    case .string(let text):
      append(little: UInt32(8))
      append(text)
    case .int32s(let numbers):
      begin(5, count: numbers.count)
      for number in numbers { append(little: number) }
    case .float32s(let numbers):
      begin(6, count: numbers.count)
      for number in numbers { append(little: number.bitPattern) }
    case .strings(let texts):
      begin(8, count: texts.count)
      for text in texts { append(text) }
    }
  }
}
