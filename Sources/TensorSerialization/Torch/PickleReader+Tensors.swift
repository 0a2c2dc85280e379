/// What the functions that put tensors together would return.
extension PickleReader {
  /// (storage, offset, size, stride[, requires_grad, hooks[, dtype][, metadata]])
  mutating func tensor(
    _ global: PickleGlobal,
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count >= (global == .rebuildTensor ? 4 : 6),
      case .object(let index) = values[0], case .storage(let box) = heap[index],
      case .integer(let start) = values[1], start >= 0,
      let shape = try sizes(values[2], at: offset),
      let strides = try sizes(values[3], at: offset), shape.count == strides.count
    else { return nil }
    let storage = box.value
    var type = storage.type
    var rest = values.dropFirst(4)
    if global == .rebuildQuantized { rest = rest.dropFirst() }
    let requiresGradient = rest.popFirst()
    rest = rest.dropFirst()
    if global == .rebuildTensor3 {
      guard let given = rest.popFirst(), case .global(.elementType(let element)) = given
      else { return nil }
      type = element
    }
    if case .bool(true) = requiresGradient, !type.isFloatingPointOrComplex {
      throw .invalid("requires_grad of a tensor of \(type.name)", offset: offset)
    }
    var record = TorchTensorRecord(
      storage: index,
      type: type,
      offset: start,
      shape: shape,
      strides: strides
    )
    record.isQuantized = global == .rebuildQuantized
    record.position = offset
    if !record.isQuantized, let metadata = rest.popFirst() {
      guard case .dictionary(let flags) = object(metadata) else { return nil }
      if case .bool(true) = flags.value("conj", keys) { record.isConjugate = true }
      if case .bool(true) = flags.value("neg", keys) { record.isNegative = true }
    }
    return try allocate(.tensor(PickleBox(record)), at: offset)
  }

  /// (tensor, requires_grad, …)
  func parameter(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard let data = values.first else { return nil }
    guard case .tensor(let box) = object(data) else { return nil }
    let record = box.value
    let requiresGradient = values.count < 2 ? .bool(true) : values[1]
    if case .bool(true) = requiresGradient, !record.type.isFloatingPointOrComplex {
      throw .invalid("requires_grad of a tensor of \(record.type.name)", offset: offset)
    }
    return data
  }

  /// (dtype, size, stride, requires_grad)
  mutating func metaTensor(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 4, case .global(.elementType(let type)) = values[0],
      let shape = try sizes(values[1], at: offset), let strides = try sizes(values[2], at: offset)
    else { return nil }
    let record = TorchTensorRecord(
      storage: nil,
      type: type,
      offset: 0,
      shape: shape,
      strides: strides
    )
    return try allocate(.tensor(PickleBox(record)), at: offset)
  }

  /// (tensor, dtype, device, requires_grad)
  func deviceTensor(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 4, case .tensor(let box) = object(values[0]),
      case .global(.elementType(let type)) = values[1]
    else { return nil }
    guard type == box.value.type else {
      throw .unsupported("a tensor saved to be converted", offset: offset)
    }
    return values[0]
  }

  /// (function, class, arguments, state); the state is python attributes.
  mutating func fromType(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 4, case .global(let function) = values[0],
      case .global(let type) = values[1], type == .tensorClass || type == .parameterClass,
      case .tuple(let arguments) = object(values[2])
    else { return nil }
    switch function {
    case .rebuildTensor, .rebuildTensor2, .rebuildTensor3, .rebuildParameter, .rebuildSparse,
      .rebuildMeta, .rebuildQuantized, .rebuildDeviceTensor:
      return try result(of: function, arguments, at: offset)
    default: throw .forbidden("call of a function that makes no tensor", offset: offset)
    }
  }

  /// (layout, (indices, values, size[, is_coalesced])) or (layout, (compressed, plain, values, size))
  mutating func sparseTensor(
    _ values: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) -> PickleValue? {
    guard values.count == 2, case .layout(let name) = values[0],
      let layout = TorchSparseRecord.Layout(rawValue: text(.text(name)) ?? ""),
      let fields = elements(values[1])
    else { return nil }
    let partCount = layout == .coordinates ? 2 : 3
    guard fields.count > partCount, fields.count <= 4,
      let shape = try sizes(fields[partCount], at: offset)
    else {
      return nil
    }
    var parts: [Int] = []
    for field in fields[..<partCount] {
      guard case .object(let index) = field, case .tensor = heap[index] else { return nil }
      parts.append(index)
    }
    var isCoalesced = false
    if layout == .coordinates, fields.count == 4, case .bool(true) = fields[3] {
      isCoalesced = true
    }
    let record = TorchSparseRecord(
      layout: layout,
      parts: parts,
      shape: shape,
      isCoalesced: isCoalesced,
      position: offset
    )
    return try allocate(.sparse(PickleBox(record)), at: offset)
  }
}
