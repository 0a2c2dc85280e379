internal import Tensors

/// Reads keys and values of a GGUF file's metadata.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
struct GGUFMetadataReader: ~Escapable {
  /// The longest string that llama.cpp reads.
  private static let maximumStringLength = 1 << 30
  /// A length and a type take at least this much.
  private static let minimumPairByteCount = 8 + 4 + 1

  private let storage: SharedBytes
  var reader: ByteReader

  @_lifetime(copy reader)
  init(_ storage: SharedBytes, _ reader: consuming ByteReader) {
    self.storage = storage
    self.reader = reader
  }

  /// Reads `count` pairs; a key may stand only once.
  mutating func readPairs(_ count: Int) throws(TensorFileError) -> [String: GGUFValue] {
    guard count <= reader.remaining / Self.minimumPairByteCount else {
      throw .invalid("\(count) metadata pairs", offset: reader.offset)
    }
    var metadata: [String: GGUFValue] = [:]
    for _ in 0..<count {
      let start = reader.offset
      let key = try readString()
      let value = try readValue(key)
      guard metadata.updateValue(value, forKey: key) == nil else {
        throw .invalid("second metadata key '\(quoting: key)'", offset: start)
      }
    }
    return metadata
  }

  mutating func readString() throws(TensorFileError) -> String {
    let start = reader.offset
    let length = try reader.readCount(UInt64.self, of: "string length", byteCount: 1)
    guard length <= Self.maximumStringLength else {
      throw .invalid("string length \(length)", offset: start)
    }
    return String(decoding: try reader.readBytes(length), as: UTF8.self)
  }

  private mutating func readValue(_ key: String) throws(TensorFileError) -> GGUFValue {
    let start = reader.offset
    let type = try reader.read(UInt32.self)
    switch type {
    case 0: return .integer(Int(try reader.read(UInt8.self)))
    case 1: return .integer(Int(try reader.read(Int8.self)))
    case 2: return .integer(Int(try reader.read(UInt16.self)))
    case 3: return .integer(Int(try reader.read(Int16.self)))
    case 4: return .integer(Int(try reader.read(UInt32.self)))
    case 5: return .integer(Int(try reader.read(Int32.self)))
    case 6: return .number(Double(try reader.readFloat32()))
    case 7: return .bool(try reader.read(UInt8.self) != 0)
    case 8: return .string(try readString())
    case 9: return try readArray(key)
    case 10:
      let value = try reader.read(UInt64.self)
      return Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
    case 11: return .integer(Int(try reader.read(Int64.self)))
    case 12: return .number(try reader.readFloat64())
    default:
      throw .invalid("value type \(type) of metadata key '\(quoting: key)'", offset: start)
    }
  }

  private mutating func readArray(_ key: String) throws(TensorFileError) -> GGUFValue {
    let start = reader.offset
    let type = try reader.read(UInt32.self)
    switch type {
    case 0: return .integers(try readIntegers(UInt8.self))
    case 1: return .integers(try readIntegers(Int8.self))
    case 2: return .integers(try readIntegers(UInt16.self))
    case 3: return .integers(try readIntegers(Int16.self))
    case 4: return .integers(try readIntegers(UInt32.self))
    case 5: return .integers(try readIntegers(Int32.self))
    case 10: return .integers(try readIntegers(UInt64.self))
    case 11: return .integers(try readIntegers(Int64.self))
    case 6:
      return .floats(
        try readElements(byteCount: 4) { reader throws(TensorFileError) in
          try reader.readFloat32()
        }
      )
    case 12:
      return .floats(
        try readElements(byteCount: 8) { reader throws(TensorFileError) in
          Float(try reader.readFloat64())
        }
      )
    case 7:
      return .bools(
        try readElements(byteCount: 1) { reader throws(TensorFileError) in
          try reader.read(UInt8.self) != 0
        }
      )
    case 8:
      let count = try reader.readCount(UInt64.self, of: "array length", byteCount: 8)
      return .strings(try GGUFStringArray(count: count, in: storage, &reader))
    default:
      // Arrays of arrays (type 9) are in the specification, but no known file or reader has them.
      throw .invalid("array type \(type) of metadata key '\(quoting: key)'", offset: start)
    }
  }

  private mutating func readIntegers<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type
  ) throws(TensorFileError) -> [Int] {
    try readElements(byteCount: MemoryLayout<T>.size) { reader throws(TensorFileError) in
      let start = reader.offset
      let value = try reader.read(T.self)
      guard let integer = Int(exactly: value) else {
        throw .invalid("array element \(value)", offset: start)
      }
      return integer
    }
  }

  private mutating func readElements<Element>(
    byteCount: Int,
    _ element: (inout ByteReader) throws(TensorFileError) -> Element
  ) throws(TensorFileError) -> [Element] {
    let count = try reader.readCount(UInt64.self, of: "array length", byteCount: byteCount)
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try element(&reader)) }
    return elements
  }
}
