internal import Tensors

extension TorchFile {
  /// How a stream begins: a pickle of protocol 2 with torch's number.
  static let streamStart: [UInt8] = [0x80, 0x02, 0x8A, 0x0A] + streamMagic
  private static let streamMagic: [UInt8] = [
    0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19,
  ]
  private static let streamProtocol = 1001

  /// The format before torch 1.6: five pickles, then storages one after another.
  ///
  /// Source: torch/serialization.py `_legacy_load`
  static func readStream(_ bytes: SharedBytes) throws(TensorFileError) -> TorchValue {
    var pickles = PickleReader(ByteReader(bytes.span), in: bytes)
    let start = try pickles.load()
    guard case .largeInteger(streamMagic) = start.object(start.root) else {
      throw .invalid("no magic number of a torch file", offset: 0)
    }
    let offset = pickles.reader.offset
    guard case .integer(streamProtocol) = try pickles.load().root else {
      throw .unsupported("a torch stream of another protocol", offset: offset)
    }
    _ = try pickles.load()  // about the machine that wrote it; data are always little-endian
    let document = try pickles.load()
    let keyList = try pickles.load()
    guard case .list(let keys) = keyList.object(keyList.root) else {
      throw .invalid("no list of storages", offset: pickles.reader.offset)
    }

    var expected: [String: TorchStorage] = [:]
    for storage in try document.storages() { expected[storage.key] = storage }
    var storages: [String: ByteRegion] = [:]
    for key in keys {
      guard case .text(let place) = key, case let key = keyList.string(place),
        let storage = expected[key], storages[key] == nil
      else {
        throw .invalid("storage key that the tensors do not name", offset: pickles.reader.offset)
      }
      let offset = pickles.reader.offset
      let count = try pickles.reader.read(Int64.self)
      let (size, overflow) = Int(count).multipliedReportingOverflow(by: storage.type.byteCount)
      guard count == storage.elementCount, !overflow else {
        throw .invalid(
          "storage of \(count) elements where \(storage.elementCount) are expected",
          offset: offset
        )
      }
      storages[key] = ByteRegion(storage: bytes, range: try pickles.reader.skip(size))
    }
    for storage in expected.values where storages[storage.key] == nil {
      throw .invalid("no data of storage '\(quoting: storage.key)'", offset: bytes.count)
    }
    return try TorchTree.value(of: document, storages: storages, isBigEndian: false)
  }
}

extension PickleDocument {
  /// One storage for each record that the pickle names; all that share a record must agree on it.
  func storages() throws(TensorFileError) -> [TorchStorage] {
    var known: [String: TorchStorage] = [:]
    var result: [TorchStorage] = []
    for case .storage(let box) in heap {
      let storage = box.value
      if let other = known[storage.key] {
        guard other.type == storage.type, other.elementCount == storage.elementCount else {
          throw .invalid(
            "storage '\(quoting: storage.key)' with two sizes or types",
            offset: storage.position
          )
        }
      } else {
        known[storage.key] = storage
        result.append(storage)
      }
    }
    return result
  }
}
