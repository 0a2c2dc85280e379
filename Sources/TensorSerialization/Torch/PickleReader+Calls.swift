/// What the functions on the list would return.
extension PickleReader {
  /// Torch has no tensors of more dimensions in practice; `numpy` stops at 64.
  private static let maximumRank = 64
  private static let maximumNameByteCount = 256

  /// The storage that a persistent id names.
  ///
  /// Source: torch/serialization.py `persistent_load` in `_load` and `_legacy_load`
  mutating func storage(
    _ id: PickleValue,
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    guard case .tuple(let fields) = object(id), fields.count == 5 || fields.count == 6,
      text(fields[0]) == "storage", case .global(.storageClass(let type)) = object(fields[1]),
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
    try charge(key.utf8.count)
    let storage = TorchStorage(
      key: key,
      type: type,
      elementCount: count,
      view: view,
      position: offset
    )
    return try allocate(.storage(storage), at: offset)
  }

  /// The result of calling `function`; `isConstruction` for `cls.__new__(cls, …)`.
  mutating func call(
    _ function: PickleValue,
    _ arguments: PickleValue,
    isConstruction: Bool,
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    guard case .global(let global) = object(function) else {
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
    case .complex: value = complex(values)
    case .size: value = try size(values, at: offset)
    case .device: value = opaque(values, prefix: "device ")
    case .layout: value = opaque(values)
    case .parameterClass, .rebuildParameter, .rebuildParameterWithState:
      value = try parameter(values, at: offset)
    case .rebuildTensor, .rebuildTensor2, .rebuildTensor3, .rebuildQuantized:
      value = try tensor(global, values, at: offset)
    case .rebuildMeta: value = try metaTensor(values, at: offset)
    case .rebuildSparse: value = try sparseTensor(values, at: offset)
    case .rebuildDeviceTensor: value = try deviceTensor(values)
    case .rebuildFromType: value = try fromType(values, at: offset)
    case .tensorClass, .elementType, .storageClass, .quantizationScheme, .unsupported:
      throw .forbidden("call of a class", offset: offset)
    }
    guard let value else { throw .invalid("arguments of a pickle call", offset: offset) }
    return value
  }

  // MARK: Plain values

  private func text(_ value: PickleValue) -> String? {
    switch value {
    case .string(let text): text
    case .bytes(let bytes) where bytes.count <= Self.maximumNameByteCount:
      String(validating: bytes, as: UTF8.self)
    default: nil
    }
  }

  private func opaque(_ values: [PickleValue], prefix: String = "") -> PickleValue? {
    guard let first = values.first, let name = text(first),
      name.utf8.count <= Self.maximumNameByteCount
    else { return nil }
    return .opaque(prefix + name)
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
        try charge(other.members.count)
        result = other
      } else if let pairs = elements(source) {
        try charge(pairs.count)
        for pair in pairs {
          guard let parts = elements(pair), parts.count == 2 else { return nil }
          try charge(key: parts[0], at: offset)
          result[parts[0]] = parts[1]
        }
      } else {
        return nil
      }
    }
    return try allocate(.dictionary(result), at: offset)
  }

  private mutating func set(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 1, let items = elements(values[0]) else { return nil }
    // To hash an element costs more than to copy one.
    try charge(Self.copyCountPerByte * items.count)
    var unique = PickleDictionary()
    for item in items {
      try charge(key: item, at: offset)
      unique[item] = item
    }
    return try allocate(.set(unique.members.map(\.key)), at: offset)
  }

  /// `encode(text, 'latin1')` and `bytearray(…)`, the ways of pickle protocol 2 to write bytes.
  private mutating func bytes(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard let source = values.first else { return .bytes([]) }
    switch source {
    case .bytes(let bytes) where values.count == 1:
      return .bytes(bytes)
    case .string(let string):
      guard values.count == 2, let encoding = text(values[1]),
        ["latin1", "latin-1"].contains(encoding)
      else { return nil }
      try charge(string.utf8.count)
      var bytes: [UInt8] = []
      for scalar in string.unicodeScalars {
        guard let byte = UInt8(exactly: scalar.value) else { return nil }
        bytes.append(byte)
      }
      return .bytes(bytes)
    default: return nil
    }
  }

  private func complex(_ values: [PickleValue]) -> PickleValue? {
    guard values.count == 2, case .number(let real) = values[0],
      case .number(let imaginary) = values[1]
    else { return nil }
    return .complex(real, imaginary)
  }

  private mutating func size(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 1, let sizes = try sizes(values[0]) else { return nil }
    return try allocate(.tuple(sizes.map { .integer($0) }), at: offset)
  }

  /// A tuple or list of numbers, none negative, not too many.
  mutating func sizes(_ value: PickleValue) throws(TensorFileError) -> [Int]? {
    guard let items = elements(value), items.count <= Self.maximumRank else { return nil }
    try charge(items.count)
    var sizes: [Int] = []
    for item in items {
      guard case .integer(let size) = item, size >= 0 else { return nil }
      sizes.append(size)
    }
    return sizes
  }
}
