/// What the header of a GGUF file says of one tensor.
struct GGUFTensorEntry: Sendable {
  /// Empty name, no dimensions, type, offset.
  static let minimumByteCount = 8 + 4 + 4 + 8
  /// ggml's own limit.
  private static let maximumRank = 4
  /// ggml's own limit, bytes with the terminating zero.
  private static let maximumNameByteCount = 64

  let name: String
  let type: GGUFTensorType
  /// Slowest dimension first: the reverse of the file's order.
  let shape: [Int]
  /// Where the data begins, from the start of the data section.
  let offset: Int
  let byteCount: Int

  init(_ metadataReader: inout GGUFMetadataReader) throws(TensorFileError) {
    let start = metadataReader.reader.offset
    name = try metadataReader.readString()
    guard name.utf8.count < Self.maximumNameByteCount else {
      throw .invalid("tensor name of \(name.utf8.count) bytes", offset: start)
    }
    let rank = try metadataReader.reader.read(UInt32.self)
    guard rank <= Self.maximumRank else {
      throw .invalid("\(rank) dimensions of tensor '\(quoting: name)'", offset: start)
    }
    var sizes: [Int] = []
    for _ in 0..<rank {
      let size = try metadataReader.reader.read(UInt64.self)
      guard let size = Int(exactly: size) else {
        throw .invalid("dimension \(size) of tensor '\(quoting: name)'", offset: start)
      }
      sizes.append(size)
    }
    let id = try metadataReader.reader.read(UInt32.self)
    guard let type = GGUFTensorType(id: id) else {
      throw .invalid("type \(id) of tensor '\(quoting: name)'", offset: start)
    }
    self.type = type
    let rowSize = sizes.first ?? 1
    guard rowSize % type.blockElementCount == 0 else {
      throw .invalid(
        "row of \(rowSize) numbers in tensor '\(quoting: name)' of type \(type.name)",
        offset: start
      )
    }
    // The number of elements must fit as well, in whatever order it is multiplied.
    guard Int(productOf: sizes) != nil,
      let byteCount = Int(
        productOf: [rowSize / type.blockElementCount, type.blockByteCount] + sizes.dropFirst()
      )
    else { throw .invalid("shape \(quoting: sizes) of tensor '\(quoting: name)'", offset: start) }
    self.byteCount = byteCount
    shape = sizes.reversed()
    let offset = try metadataReader.reader.read(UInt64.self)
    guard let offset = Int(exactly: offset),
      !offset.addingReportingOverflow(byteCount).overflow
    else { throw .invalid("offset \(offset) of tensor '\(quoting: name)'", offset: start) }
    self.offset = offset
  }

  private init(_ other: GGUFTensorEntry, offset: Int) {
    name = other.name
    type = other.type
    shape = other.shape
    byteCount = other.byteCount
    self.offset = offset
  }

  /// The entry with its offset counted from the start of the file.
  func moved(by dataStart: Int) -> GGUFTensorEntry {
    GGUFTensorEntry(self, offset: offset + dataStart)
  }
}
