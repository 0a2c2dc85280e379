/// What the functions on the list would return.
extension PickleReader {
  /// Torch has no tensors of more dimensions in practice; `numpy` stops at 64.
  private static let maximumRank = 64
  private static let maximumNameByteCount = 256

  /// The storage that a persistent id names.
  ///
  /// Source: torch/serialization.py `persistent_load` in `_load` and `_legacy_load`
  mutating func namedStorage(
    _ id: PickleValue,
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    guard case .tuple(let fields) = object(id), fields.count == 5 || fields.count == 6,
      text(fields[0]) == "storage", case .global(.storageClass(let type)) = fields[1],
      let key = text(fields[2]), case .integer(let count) = fields[4], count >= 0
    else { throw .invalid("persistent id that is no storage", offset: offset) }
    var view = 0..<count
    if fields.count == 6, case .tuple(let parts) = object(fields[5]) {
      guard parts.count == 3, case .integer(let start) = parts[1],
        case .integer(let size) = parts[2], start >= 0, size >= 0, start <= count,
        size <= count - start
      else { throw .invalid("view of storage '\(quoting: key)'", offset: offset) }
      view = start..<start + size
    }
    let storage = TorchStorage(
      key: key,
      type: type,
      elementCount: count,
      view: view,
      position: offset
    )
    return try allocate(.storage(PickleBox(storage)), at: offset)
  }

  /// The result of calling `function`; `isConstruction` for `cls.__new__(cls, …)`.
  mutating func call(
    _ function: PickleValue,
    _ arguments: PickleValue,
    isConstruction: Bool,
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    guard case .global(let global) = function else {
      throw .forbidden("call of something that is no function", offset: offset)
    }
    guard case .tuple(let values) = object(arguments) else {
      throw .invalid("pickle call without a tuple of arguments", offset: offset)
    }
    if isConstruction {
      switch global {
      case .parameterClass, .orderedDictionary, .size: break
      default: throw .forbidden("construction of a python object", offset: offset)
      }
    }
    return try result(of: global, values, at: offset)
  }

  mutating func result(
    of global: PickleGlobal,
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    let value: PickleValue?
    switch global {
    case .orderedDictionary, .counter: value = try dictionary(values, at: offset)
    case .set: value = try set(values, at: offset)
    case .byteArray, .encode: value = try bytes(values, at: offset)
    case .complex: value = try complex(values, at: offset)
    case .size: value = try size(values, at: offset)
    case .device: value = shortText(values).map { .device($0) }
    case .layout: value = shortText(values).map { .layout($0) }
    case .parameterClass, .rebuildParameter, .rebuildParameterWithState:
      value = try parameter(values, at: offset)
    case .rebuildTensor, .rebuildTensor2, .rebuildTensor3, .rebuildQuantized:
      value = try tensor(global, values, at: offset)
    case .rebuildMeta: value = try metaTensor(values, at: offset)
    case .rebuildSparse: value = try sparseTensor(values, at: offset)
    case .rebuildDeviceTensor: value = try deviceTensor(values, at: offset)
    case .rebuildFromType: value = try fromType(values, at: offset)
    case .tensorClass, .elementType, .storageClass, .quantizationScheme, .unsupported:
      throw .forbidden("call of a class", offset: offset)
    }
    guard let value else { throw .invalid("arguments of a pickle call", offset: offset) }
    return value
  }

  // MARK: Plain values

  /// A short text as a string.
  func text(_ value: PickleValue) -> String? {
    shortText([value]).flatMap { String(validating: bytes($0), as: UTF8.self) }
  }

  private func shortText(_ values: [PickleValue]) -> PickleText? {
    switch values.first {
    case .text(let text), .bytes(let text): text.count <= Self.maximumNameByteCount ? text : nil
    default: nil
    }
  }

  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch object(value) {
    case .list(let items), .tuple(let items): items
    default: nil
    }
  }

  private mutating func dictionary(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    var result = PickleDictionary()
    if let source = values.first {
      if case .dictionary(let other) = object(source) {
        try charge(other.members.count, of: Self.memberByteCount, at: offset)
        result = PickleDictionary(other)
      } else if let pairs = elements(source) {
        try charge(pairs.count, of: Self.memberByteCount, at: offset)
        for pair in pairs {
          guard let parts = elements(pair), parts.count == 2 else { return nil }
          try charge(key: parts[0], at: offset)
          result.set(parts[0], to: parts[1], keys)
        }
      } else {
        return nil
      }
    }
    return try allocate(.dictionary(result), at: offset)
  }

  /// A key, a value and their place by hash.
  private static let memberByteCount = 2 * MemoryLayout<PickleValue>.stride + 16

  private mutating func set(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 1, let items = elements(values[0]) else { return nil }
    try charge(items.count, of: Self.memberByteCount, at: offset)
    let unique = PickleDictionary()
    for item in items {
      try charge(key: item, at: offset)
      unique.set(item, to: item, keys)
    }
    return try allocate(.set(unique.members.map(\.key)), at: offset)
  }

  /// Counts `count` things of `size` bytes that are copied.
  private mutating func charge(_ count: Int, of size: Int, at offset: Int) throws(TensorFileError) {
    // Neither counts beyond those on the stack nor such sizes can overflow together.
    try charge(count * size, at: offset)
  }

  /// `encode(text, 'latin1')` and `bytearray(…)`, the ways of pickle protocol 2 to write bytes.
  private mutating func bytes(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard let source = values.first else { return try allocate(.bytes([]), at: offset) }
    switch source {
    case .bytes where values.count == 1: return source
    case .object(let index) where values.count == 1:
      guard case .bytes = heap[index] else { return nil }
      return source
    case .text(let place):
      guard values.count == 2, let encoding = text(values[1]),
        ["latin1", "latin-1"].contains(encoding)
      else { return nil }
      try charge(2 * Int(place.count), at: offset)
      guard let string = String(validating: bytes(place), as: UTF8.self) else { return nil }
      var bytes: [UInt8] = []
      for scalar in string.unicodeScalars {
        guard let byte = UInt8(exactly: scalar.value) else { return nil }
        bytes.append(byte)
      }
      return try allocate(.bytes(bytes), at: offset)
    default: return nil
    }
  }

  private mutating func complex(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 2, case .number(let real) = values[0],
      case .number(let imaginary) = values[1]
    else { return nil }
    return try allocate(.complex(PickleBox((real, imaginary))), at: offset)
  }

  private mutating func size(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 1, let sizes = try sizes(values[0], at: offset) else { return nil }
    return try allocate(.tuple(sizes.map { .integer($0) }), at: offset)
  }

  /// A tuple or list of numbers, none negative, not too many.
  mutating func sizes(
    _ value: PickleValue,
    at offset: Int
  ) throws(TensorFileError) -> [Int]? {
    guard let items = elements(value), items.count <= Self.maximumRank else { return nil }
    try charge(items.count, of: MemoryLayout<PickleValue>.stride, at: offset)
    var sizes: [Int] = []
    sizes.reserveCapacity(items.count)
    for item in items {
      guard case .integer(let size) = item, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
