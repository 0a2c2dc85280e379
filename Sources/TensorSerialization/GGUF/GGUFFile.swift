public import Tensors

/// A GGUF file, version 2 or 3: metadata, and tensors that stay where they are in the file.
///
/// As strict as llama.cpp's reader: arrays of arrays, big-endian files and gaps between tensors, of
/// which the specification or gguf-py allows some, are refused. Beyond it, the data of every tensor
/// must be there.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, ggml/src/gguf.cpp
public struct GGUFFile: Sendable {
  /// The version in the header.
  public let version: Int
  /// All metadata by key, such as "general.architecture".
  public let metadata: [String: GGUFValue]
  /// The names of the tensors in the order of the file.
  public let tensorNames: [String]

  let storage: SharedBytes
  let entries: [String: GGUFTensorEntry]

  /// Maps the file at `path`; only the pages of its header are read.
  public init(path: String) throws(TensorFileError) {
    self = try reading(path) { bytes throws(TensorFileError) in try GGUFFile(bytes) }
  }

  /// Reads the header of `bytes`, which the tensors then look into.
  public init(_ bytes: SharedBytes) throws(TensorFileError) {
    var reader = ByteReader(bytes.span)
    version = try Self.readVersion(&reader)
    let tensorCount = try reader.readCount(
      UInt64.self,
      of: "tensor count",
      byteCount: GGUFTensorEntry.minimumByteCount
    )
    let pairCount = try reader.readCount(UInt64.self, of: "metadata count", byteCount: 1)

    var metadataReader = GGUFMetadataReader(bytes, reader)
    metadata = try metadataReader.readPairs(pairCount)
    let alignment = try Self.alignment(metadata, offset: metadataReader.reader.offset)

    var names: [String] = []
    var entries: [String: GGUFTensorEntry] = [:]
    names.reserveCapacity(tensorCount)
    entries.reserveCapacity(tensorCount)
    var expectedOffset = 0
    for _ in 0..<tensorCount {
      let start = metadataReader.reader.offset
      let entry = try GGUFTensorEntry(&metadataReader)
      guard entry.offset == expectedOffset else {
        throw .invalid(
          "offset \(entry.offset) of tensor '\(quoting: entry.name)' where \(expectedOffset) is expected",
          offset: start
        )
      }
      guard let end = (entry.offset + entry.byteCount).roundedUp(to: alignment) else {
        throw .invalid("size of tensor '\(quoting: entry.name)'", offset: start)
      }
      expectedOffset = end
      guard entries.updateValue(entry, forKey: entry.name) == nil else {
        throw .invalid("second tensor '\(quoting: entry.name)'", offset: start)
      }
      names.append(entry.name)
    }

    let headerEnd = metadataReader.reader.offset
    if let last = names.last.flatMap({ entries[$0] }) {
      guard let dataStart = headerEnd.roundedUp(to: alignment),
        let dataEnd = Int(sumOf: dataStart, last.offset, last.byteCount)
      else { throw .invalid("size of tensor '\(quoting: last.name)'", offset: headerEnd) }
      guard dataEnd <= bytes.count else {
        throw .truncated(offset: bytes.count, needed: dataEnd - bytes.count)
      }
      self.entries = entries.mapValues { $0.moved(by: dataStart) }
    } else {
      self.entries = [:]
    }
    tensorNames = names
    storage = bytes
  }

  /// The tensor `name` in place, its shape slowest dimension first.
  ///
  /// - Throws: `.missingTensor`, or `.unsupported` for a type whose numbers cannot be read.
  public func tensor(_ name: String) throws(TensorFileError) -> Tensor {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard let dtype = entry.type.dtype else {
      throw .unsupported(
        "type \(entry.type.name) of tensor '\(quoting: name)'",
        offset: entry.offset
      )
    }
    guard
      let tensor = Tensor(
        dtype: dtype,
        shape: entry.shape,
        storage: storage,
        byteOffset: entry.offset
      )
    else { throw .invalid("size of tensor '\(quoting: name)'", offset: entry.offset) }
    return tensor
  }

  /// The shape of the tensor `name`, slowest dimension first, also of one that cannot be read.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  private static func readVersion(_ reader: inout ByteReader) throws(TensorFileError) -> Int {
    guard try reader.read(UInt32.self) == 0x4655_4747 else {
      throw .invalid("no 'GGUF'", offset: 0)
    }
    let version = try reader.read(UInt32.self)
    switch version {
    case 2, 3: return Int(version)
    case 0x0200_0000, 0x0300_0000: throw .unsupported("a big-endian GGUF file", offset: 4)
    default: throw .unsupported("GGUF version \(version)", offset: 4)
    }
  }

  private static func alignment(
    _ metadata: [String: GGUFValue],
    offset: Int
  ) throws(TensorFileError) -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard let alignment = value.integerValue, alignment > 0, alignment <= Int(UInt32.max),
      alignment & (alignment - 1) == 0
    else { throw .invalid("'general.alignment' that is no power of two", offset: offset) }
    return alignment
  }
}
