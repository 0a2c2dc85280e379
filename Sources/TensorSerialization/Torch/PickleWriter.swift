internal import Tensors

/// Writes the pickles of `torch.save` as CPython's pickler does, in protocol 2.
///
/// Whatever Python would find again as the same object is written once and then fetched from the memo.
///
/// Source: CPython Modules/_pickle.c, torch/_tensor.py `_reduce_ex_internal`
struct PickleWriter {
  private(set) var output = ByteWriter()
  private var memoCount = 0
  /// Where strings and globals that torch writes over and over are in the memo.
  private var memo: [String: Int] = [:]
  /// The tensors written, in the order of their storages.
  private(set) var tensors: [Tensor] = []
  /// Python takes a batch of this many items at a time.
  private static let batchSize = 1000

  init() {
    output.append(0x80)
    output.append(0x02)
  }

  /// Ends the pickle and returns it.
  mutating func finish() -> [UInt8] {
    output.append(UInt8(ascii: "."))
    return output.bytes
  }

  /// Writes a list of tensors.
  mutating func write(list tensors: [Tensor]) throws(TensorFileError) {
    output.append(UInt8(ascii: "]"))
    remember()
    if tensors.count == 1 {
      try write(tensors[0])
      return output.append(UInt8(ascii: "a"))
    }
    for start in stride(from: 0, to: tensors.count, by: Self.batchSize) {
      output.append(UInt8(ascii: "("))
      for tensor in tensors[start...].prefix(Self.batchSize) { try write(tensor) }
      output.append(UInt8(ascii: "e"))
    }
  }

  /// Writes a dictionary of tensors; an `OrderedDict` where `isOrdered`.
  mutating func write(
    dictionary members: [(name: String, tensor: Tensor)],
    isOrdered: Bool
  ) throws(TensorFileError) {
    if isOrdered {
      writeEmptyOrderedDictionary()
    } else {
      output.append(UInt8(ascii: "}"))
      remember()
    }
    var rest = members[...]
    while !rest.isEmpty {
      let batch = rest.prefix(Self.batchSize)
      rest = rest.dropFirst(batch.count)
      // A plain `dict` takes the short form only if this is all it has.
      let isSingle = batch.count == 1 && (isOrdered || members.count == 1)
      if !isSingle { output.append(UInt8(ascii: "(")) }
      for (name, tensor) in batch {
        write(string: name)
        try write(tensor)
      }
      output.append(isSingle ? UInt8(ascii: "s") : UInt8(ascii: "u"))
      // It notices its end only by a batch that is not full, and so may write an empty one.
      if !isOrdered, rest.isEmpty, batch.count == Self.batchSize {
        output.append(UInt8(ascii: "("))
        output.append(UInt8(ascii: "u"))
      }
    }
  }

  /// Writes a tensor with a storage of its own.
  mutating func write(_ tensor: Tensor) throws(TensorFileError) {
    guard !tensor.dtype.isQuantized else {
      throw .unsupported("\(tensor.dtype.rawValue) in a torch file")
    }
    let type = TorchElementType(tensor.dtype)
    let storageClass = type.storageClass
    write(global: "torch._utils", storageClass == nil ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
    output.append(UInt8(ascii: "("))

    output.append(UInt8(ascii: "("))
    write(constant: "storage")
    // Types without a storage class are kept as bytes, and name their type after the tensor.
    write(
      global: storageClass == nil ? "torch.storage" : "torch",
      storageClass ?? "UntypedStorage"
    )
    write(string: String(tensors.count))
    write(constant: "cpu")
    write(integer: storageClass == nil ? tensor.byteCount : tensor.elementCount)
    output.append(UInt8(ascii: "t"))
    remember()
    output.append(UInt8(ascii: "Q"))

    write(integer: 0)
    write(sizes: tensor.shape)
    write(sizes: Self.strides(tensor.shape))
    output.append(0x89)
    writeEmptyOrderedDictionary()
    if storageClass == nil { write(global: "torch", type.name) }
    output.append(UInt8(ascii: "t"))
    remember()
    output.append(UInt8(ascii: "R"))
    remember()
    tensors.append(tensor)
  }

  /// The strides of a contiguous tensor; sizes of 0 count as 1, as in torch.
  private static func strides(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var stride = 1
    for size in shape.reversed() {
      strides.append(stride)
      stride *= Swift.max(size, 1)
    }
    return strides.reversed()
  }

  private mutating func writeEmptyOrderedDictionary() {
    write(global: "collections", "OrderedDict")
    output.append(UInt8(ascii: ")"))
    output.append(UInt8(ascii: "R"))
    remember()
  }

  private mutating func write(sizes: [Int]) {
    guard !sizes.isEmpty else { return output.append(UInt8(ascii: ")")) }
    if sizes.count > 3 { output.append(UInt8(ascii: "(")) }
    for size in sizes { write(integer: size) }
    output.append(sizes.count > 3 ? UInt8(ascii: "t") : UInt8(0x84 + sizes.count))
    remember()
  }

  private mutating func write(integer: Int) {
    if let byte = UInt8(exactly: integer) {
      output.append(UInt8(ascii: "K"))
      output.append(byte)
    } else if let short = UInt16(exactly: integer) {
      output.append(UInt8(ascii: "M"))
      output.append(number: short)
    } else if let word = Int32(exactly: integer) {
      output.append(UInt8(ascii: "J"))
      output.append(number: word)
    } else {
      let byteCount = (integer.bitWidth - integer.leadingZeroBitCount) / 8 + 1
      output.append(0x8A)
      output.append(UInt8(byteCount))
      for index in 0..<byteCount {
        output.append(UInt8(truncatingIfNeeded: integer >> (8 * index)))
      }
    }
  }

  private mutating func write(string: String) {
    output.append(UInt8(ascii: "X"))
    output.append(number: UInt32(string.utf8.count))
    output.append(text: string)
    remember()
  }

  /// Writes a string that is one object in torch, however often it is used.
  private mutating func write(constant: String) {
    if let place = memo[constant] { return recall(place) }
    memo[constant] = memoCount
    write(string: constant)
  }

  private mutating func write(global module: String, _ name: String) {
    let key = "\(module)\n\(name)"
    if let place = memo[key] { return recall(place) }
    memo[key] = memoCount
    output.append(UInt8(ascii: "c"))
    output.append(text: "\(module)\n\(name)\n")
    remember()
  }

  private mutating func remember() {
    if let byte = UInt8(exactly: memoCount) {
      output.append(UInt8(ascii: "q"))
      output.append(byte)
    } else {
      output.append(UInt8(ascii: "r"))
      output.append(number: UInt32(truncatingIfNeeded: memoCount))
    }
    memoCount += 1
  }

  private mutating func recall(_ place: Int) {
    if let byte = UInt8(exactly: place) {
      output.append(UInt8(ascii: "h"))
      output.append(byte)
    } else {
      output.append(UInt8(ascii: "j"))
      output.append(number: UInt32(truncatingIfNeeded: place))
    }
  }
}
