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
  /// What has been made before, by its place: a text or tensor may stand in the tree many times.
  private var texts: [PickleText: String] = [:]
  private var tensors: [Int: TorchValue] = [:]

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
      throw .tooLarge("nesting of containers in the pickle", limit: Self.maximumDepth)
    }
    count += 1
    guard count <= Self.maximumCount else {
      throw .tooLarge("number of values in the pickle", limit: Self.maximumCount)
    }
    switch value {
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .text(let text): return .string(string(text))
    case .bytes(let text): return .bytes(document.bytes(text))
    case .device(let text): return .opaque("device \(string(text))")
    case .layout(let text): return .opaque(string(text))
    case .global(.elementType(let type)): return .opaque("torch.\(type.name)")
    case .global(let global): return .opaque("\(global)")
    case .object(let index): return try object(index, depth: depth)
    }
  }

  private mutating func string(_ text: PickleText) -> String {
    if let known = texts[text] { return known }
    let string = document.string(text)
    // Short ones need no memory of their own.
    if text.count > 15 { texts[text] = string }
    return string
  }

  private mutating func values(
    _ items: [PickleValue],
    depth: Int
  ) throws(TensorFileError) -> [TorchValue] {
    var result: [TorchValue] = []
    result.reserveCapacity(items.count)
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
    case .bytes(let bytes): return .bytes(bytes)
    case .largeInteger(let bytes): return .largeInteger(bytes)
    case .complex(let box): return .complex(real: box.value.0, imaginary: box.value.1)
    case .storage(let box): return .opaque("storage of torch.\(box.value.type.name)")
    case .tensor, .sparse:
      if let known = tensors[index] { return known }
      let value = try tensor(index)
      tensors[index] = value
      return value
    }
  }

  private func tensor(_ index: Int) throws(TensorFileError) -> TorchValue {
    switch document.heap[index] {
    case .tensor(let box):
      let record = box.value
      guard let storageIndex = record.storage, !record.isQuantized, let dtype = record.type.dtype
      else { return .unreadable(.unsupported(record.kind, offset: record.position)) }
      guard case .storage(let storage) = document.heap[storageIndex],
        let region = storages[storage.value.key]
      else { throw .invalid("tensor without a storage", offset: record.position) }
      if record.isNegative, !record.type.isFloatingPointOrComplex {
        throw .unsupported("a negative view of \(dtype.rawValue)", offset: record.position)
      }
      if record.isConjugate, !record.type.isComplex {
        throw .invalid("conjugate view of \(dtype.rawValue)", offset: record.position)
      }
      let strided = StridedTensor(
        record: record,
        dtype: dtype,
        storage: region.elements(of: storage.value),
        isBigEndian: isBigEndian
      )
      try strided.checkBounds()
      return .tensor(StoredTensor(strided))
    case .sparse(let box):
      var parts: [StridedTensor] = []
      for part in box.value.parts {
        switch try tensor(part) {
        case .tensor(let tensor):
          if case .strided(let part) = tensor.layout { parts.append(part) }
        case .unreadable(let error): return .unreadable(error)
        default: break
        }
      }
      guard parts.count == box.value.parts.count, let dtype = parts.last?.dtype else {
        throw .invalid("sparse tensor of other than tensors", offset: box.value.position)
      }
      return .tensor(StoredTensor(box.value, parts, dtype))
    default: return .opaque("object")
    }
  }
}

extension TorchTensorRecord {
  /// What it is, for a tensor without plain numbers.
  fileprivate var kind: String {
    if isQuantized { return "a quantized tensor (torch.\(type.name))" }
    if storage == nil { return "a tensor without data (on the meta device)" }
    return "a tensor of torch.\(type.name)"
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
      checksum: checksum
    )
  }
}
