internal import Tensors

/// Turns a pickle that has been read into a tree of values.
struct TorchTree {
  /// Deepest nesting of containers; a container that holds itself ends here too.
  private static let maximumDepth = 128
  /// Most values in the tree: a container may stand in it many times, and grow it exponentially.
  private static let maximumCount = 1 << 20

  private let document: PickleDocument
  /// The bytes of each storage of the pickle, by its name.
  private let storages: [String: ByteRegion]
  private let isBigEndian: Bool
  private var count = 0

  /// The tree of `document`.
  static func value(
    of document: PickleDocument,
    storages: [String: ByteRegion],
    isBigEndian: Bool
  ) throws(TensorFileError) -> TorchValue {
    var tree = TorchTree(document: document, storages: storages, isBigEndian: isBigEndian)
    return try tree.value(document.root, depth: 0)
  }

  private init(
    document: PickleDocument,
    storages: [String: ByteRegion],
    isBigEndian: Bool
  ) {
    self.document = document
    self.storages = storages
    self.isBigEndian = isBigEndian
  }

  private mutating func value(
    _ value: PickleValue,
    depth: Int
  ) throws(TensorFileError) -> TorchValue {
    guard depth < Self.maximumDepth else {
      throw .tooLarge("nesting of containers", limit: Self.maximumDepth)
    }
    count += 1
    guard count <= Self.maximumCount else {
      throw .tooLarge("number of values", limit: Self.maximumCount)
    }
    switch value {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .largeInteger(let bytes): return .largeInteger(bytes)
    case .number(let value): return .number(value)
    case .complex(let real, let imaginary): return .complex(real: real, imaginary: imaginary)
    case .string(let text): return .string(text)
    case .bytes(let bytes): return .bytes(bytes)
    case .opaque(let text): return .opaque(text)
    case .object(let index): return try object(index, depth: depth)
    }
  }

  private mutating func values(
    _ items: [PickleValue],
    depth: Int
  ) throws(TensorFileError) -> [TorchValue] {
    var result: [TorchValue] = []
    for item in items { result.append(try value(item, depth: depth + 1)) }
    return result
  }

  private mutating func object(_ index: Int, depth: Int) throws(TensorFileError) -> TorchValue {
    switch document.heap[index] {
    case .list(let items): return .list(try values(items, depth: depth))
    case .tuple(let items): return .tuple(try values(items, depth: depth))
    case .set(let items): return .set(try values(items, depth: depth))
    case .dictionary(let dictionary):
      var members: [(key: TorchValue, value: TorchValue)] = []
      for (key, item) in dictionary.members {
        members.append((try value(key, depth: depth + 1), try value(item, depth: depth + 1)))
      }
      return .dictionary(members)
    case .global(.elementType(let type)): return .opaque("torch.\(type.name)")
    case .global(let global): return .opaque("\(global)")
    case .storage(let storage): return .opaque("storage of \(storage.type.name)")
    case .tensor, .sparse: return try tensor(index)
    }
  }

  private func tensor(_ index: Int) throws(TensorFileError) -> TorchValue {
    switch document.heap[index] {
    case .tensor(let record):
      guard let storageIndex = record.storage, !record.isQuantized, let dtype = record.type.dtype
      else { return .opaque("tensor of torch.\(record.type.name) without plain numbers") }
      guard case .storage(let storage) = document.heap[storageIndex],
        let region = storages[storage.key]
      else { throw .invalid("tensor without a storage", offset: record.position) }
      if record.isNegative, !record.type.isFloatingPointOrComplex {
        throw .unsupported("a negative view of \(dtype.rawValue)")
      }
      if record.isConjugate, !record.type.isComplex {
        throw .invalid("conjugate view of \(dtype.rawValue)", offset: record.position)
      }
      let strided = StridedTensor(
        record: record,
        dtype: dtype,
        storage: region.elements(of: storage),
        isBigEndian: isBigEndian
      )
      try strided.checkBounds()
      return .tensor(StoredTensor(strided))
    case .sparse(let record):
      var parts: [StridedTensor] = []
      for part in record.parts {
        guard case .tensor(let tensor) = try tensor(part), case .strided(let part) = tensor.layout
        else { return .opaque("sparse tensor without plain numbers") }
        parts.append(part)
      }
      guard let dtype = parts.last?.dtype else { return .opaque("sparse tensor without parts") }
      return .tensor(StoredTensor(record, parts, dtype))
    default: return .opaque("object")
    }
  }
}

extension ByteRegion {
  /// The part of this record that `storage` is a view of.
  fileprivate func elements(of storage: TorchStorage) -> ByteRegion {
    let size = storage.type.byteCount
    let start = range.lowerBound + storage.view.lowerBound * size
    return ByteRegion(
      storage: self.storage,
      range: start..<start + storage.view.count * size,
      // Of a part the checksum is not known.
      expectedChecksum: storage.view.count == storage.elementCount ? expectedChecksum : nil
    )
  }
}
