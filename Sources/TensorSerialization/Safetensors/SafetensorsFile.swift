internal import JSON
public import Tensors

/// A .safetensors file: named tensors that stay where they are in the file.
///
/// Accepts what the reference library accepts, which is a little more than its documentation:
/// white space before the header's `{`, repeated names (the last counts), further fields.
///
/// Source: https://github.com/huggingface/safetensors/blob/main/README.md#format and
/// safetensors/src/tensor.rs
public struct SafetensorsFile: Sendable {
  /// The reference reader's own limit, bytes.
  private static let maximumHeaderByteCount = 100_000_000

  /// The names of the tensors in the order of their data.
  public let tensorNames: [String]
  /// The header's `__metadata__`.
  public let metadata: [String: String]

  private let storage: SharedBytes
  private let entries: [String: SafetensorsEntry]
  /// Where the data begins in `storage`.
  private let dataStart: Int

  /// Maps the file at `path`; only the pages of its header are read.
  public init(path: String) throws(TensorFileError) {
    self = try reading(path) { bytes throws(TensorFileError) in try SafetensorsFile(bytes) }
  }

  /// Reads the header of `bytes`, which the tensors then look into.
  public init(_ bytes: SharedBytes) throws(TensorFileError) {
    var reader = ByteReader(bytes.span)
    let length = try reader.read(UInt64.self)
    guard length <= Self.maximumHeaderByteCount else {
      throw .invalid("header length \(length)", offset: 0)
    }
    let header = try reader.readBytes(Int(length))
    dataStart = reader.offset
    storage = bytes
    (entries, metadata) = try Self.readHeader(header)

    let ordered = entries.sorted {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }
    var end = 0
    for (name, entry) in ordered {
      guard entry.range.lowerBound == end else {
        throw .invalid(
          "data of tensor '\(quoting: name)' from \(entry.range.lowerBound) where \(end) is expected",
          offset: 8
        )
      }
      end = entry.range.upperBound
    }
    let available = bytes.count - dataStart
    guard end <= available else {
      throw .truncated(offset: bytes.count, needed: end - available)
    }
    guard end == available else {
      throw .invalid("\(available - end) bytes that no tensor covers", offset: dataStart + end)
    }
    tensorNames = ordered.map(\.key)
  }

  /// The tensor `name` in place.
  ///
  /// - Throws: `.missingTensor`, or `.unsupported` for a type of less than a byte.
  public func tensor(_ name: String) throws(TensorFileError) -> Tensor {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard let dtype = entry.type.dtype else {
      throw .unsupported(
        "type \(entry.type.rawValue) of tensor '\(quoting: name)'",
        offset: dataStart + entry.range.lowerBound
      )
    }
    let offset = dataStart + entry.range.lowerBound
    guard
      let tensor = Tensor(dtype: dtype, shape: entry.shape, storage: storage, byteOffset: offset)
    else { throw .invalid("size of tensor '\(quoting: name)'", offset: offset) }
    return tensor
  }

  /// The shape of the tensor `name`, also of one that cannot be read.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  private static func readHeader(
    _ header: [UInt8]
  ) throws(TensorFileError) -> ([String: SafetensorsEntry], [String: String]) {
    var entries: [String: SafetensorsEntry] = [:]
    var metadata: [String: String] = [:]
    var reader = JSONReader(header.span)
    do throws(JSONError) {
      try reader.beginObject()
    } catch {
      throw .invalid("header (\(error))", offset: 8)
    }
    while let name = try nextName(&reader) {
      if name == "__metadata__" {
        do throws(JSONError) {
          metadata = try readMetadata(&reader)
        } catch {
          throw .invalid("header's '__metadata__' (\(error))", offset: 8)
        }
      } else {
        entries[name] = try SafetensorsEntry(name, &reader, offset: 8)
      }
    }
    return (entries, metadata)
  }

  /// The next name in the header; at its end, checks that nothing follows.
  private static func nextName(_ reader: inout JSONReader) throws(TensorFileError) -> String? {
    do throws(JSONError) {
      if let name = try reader.nextKey() { return name }
      try reader.finish()
      return nil
    } catch {
      throw .invalid("header (\(error))", offset: 8)
    }
  }

  private static func readMetadata(
    _ reader: inout JSONReader
  ) throws(JSONError) -> [String: String] {
    var metadata: [String: String] = [:]
    if try reader.peek() == .null {
      try reader.readNull()
      return metadata
    }
    try reader.beginObject()
    while let key = try reader.nextKey() { metadata[key] = try reader.readString() }
    return metadata
  }
}
