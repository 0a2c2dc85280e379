internal import Tensors

/// Reads the pickles of torch files as data: no name in them is looked up, nothing is called.
///
/// The opcodes are those of torch's `weights_only` reader. Beyond it, the number of values, the
/// nesting and the size of all that is copied are limited.
///
/// Source: torch/_weights_only_unpickler.py, CPython Lib/pickletools.py
struct PickleReader: ~Escapable {
  /// Most values on the stack and in the memo.
  private static let maximumCount = 1 << 20
  private static let maximumObjectCount = 1 << 19
  /// Most tensors and most storages, which are the largest objects.
  private static let maximumTensorCount = 1 << 17
  /// Bytes that any pickle may have copied, beside some for each of its own.
  private static let freeCopyByteCount = 4 << 20
  private static let copyByteCountPerByte = 16
  private static let maximumCopyByteCount = 1 << 28

  var reader: ByteReader
  /// What `reader` reads.
  let storage: SharedBytes
  /// Where text is counted from.
  let base: Int
  private var stack: [PickleValue] = []
  /// Stack heights at which a MARK stands.
  private var marks: [Int] = []
  private var memo = PickleMemo()
  private(set) var heap: [PickleObject] = []
  private var tensorCount = 0
  /// How many bytes may still be copied by what the pickle asks to build.
  private var copyBudget: Int
  private let copyLimit: Int

  /// A reader of the pickles from `start` on of what `reader` reads, which lies in `storage`.
  @_lifetime(copy reader)
  init(_ reader: consuming ByteReader, in storage: SharedBytes, from start: Int = 0) {
    let byteCount = reader.bytes.byteCount - start
    self.reader = reader
    self.storage = storage
    base = start
    copyLimit = min(
      Self.maximumCopyByteCount,
      Self.freeCopyByteCount
        + Self.copyByteCountPerByte * min(byteCount, Self.maximumCopyByteCount)
    )
    copyBudget = copyLimit
  }

  /// Reads one pickle, to its STOP.
  mutating func load() throws(TensorFileError) -> PickleDocument {
    stack = []
    marks = []
    memo = PickleMemo()
    heap = []
    if reader.offset < base { try reader.seek(to: base) }
    while true {
      let start = reader.offset
      let opcode = try reader.read(UInt8.self)
      if opcode == UInt8(ascii: ".") {
        let root = try pop(at: start)
        return PickleDocument(root: root, heap: heap, storage: storage, base: base)
      }
      try execute(opcode, at: start)
    }
  }

  /// What tells which keys are equal.
  var keys: PickleKeys { PickleKeys(storage, base: base, heap: heap) }

  private mutating func execute(_ opcode: UInt8, at start: Int) throws(TensorFileError) {
    switch opcode {
    case 0x80: try reader.skip(1)  // PROTO
    case UInt8(ascii: "("): try mark(at: start)
    case UInt8(ascii: "N"): try push(.none, at: start)
    case 0x88: try push(.bool(true), at: start)
    case 0x89: try push(.bool(false), at: start)
    case UInt8(ascii: "J"): try push(.integer(Int(try reader.read(Int32.self))), at: start)
    case UInt8(ascii: "K"): try push(.integer(Int(try reader.read(UInt8.self))), at: start)
    case UInt8(ascii: "M"): try push(.integer(Int(try reader.read(UInt16.self))), at: start)
    case 0x8A: try push(try readLong(at: start), at: start)
    case UInt8(ascii: "G"):
      let bits = try reader.read(UInt64.self).byteSwapped
      try push(.number(Double(bitPattern: bits)), at: start)
    case UInt8(ascii: "X"): try push(.text(try readText()), at: start)
    case UInt8(ascii: "U"):  // SHORT_BINSTRING: bytes of Python 2
      let count = Int(try reader.read(UInt8.self))
      try push(.bytes(try skipText(count)), at: start)
    case UInt8(ascii: ")"): try push(try allocate(.tuple([]), at: start), at: start)
    case UInt8(ascii: "]"): try push(try allocate(.list([]), at: start), at: start)
    case UInt8(ascii: "}"):
      try push(try allocate(.dictionary(PickleDictionary()), at: start), at: start)
    case 0x8F: try push(try allocate(.set([]), at: start), at: start)
    case UInt8(ascii: "t"):
      let items = try popToMark(at: start)
      try push(try allocate(.tuple(items), at: start), at: start)
    case 0x85, 0x86, 0x87:  // TUPLE1 to TUPLE3
      var items: [PickleValue] = []
      for _ in 0..<Int(opcode - 0x84) { items.insert(try pop(at: start), at: 0) }
      try push(try allocate(.tuple(items), at: start), at: start)
    case UInt8(ascii: "a"):
      let item = try pop(at: start)
      try append([item], at: start)
    case UInt8(ascii: "e"): try append(try popToMark(at: start), at: start)
    case UInt8(ascii: "s"):
      let value = try pop(at: start)
      try setItems([try pop(at: start), value], at: start)
    case UInt8(ascii: "u"): try setItems(try popToMark(at: start), at: start)
    case UInt8(ascii: "q"): try remember(UInt32(try reader.read(UInt8.self)), at: start)
    case UInt8(ascii: "r"): try remember(try reader.read(UInt32.self), at: start)
    case UInt8(ascii: "h"): try recall(UInt32(try reader.read(UInt8.self)), at: start)
    case UInt8(ascii: "j"): try recall(try reader.read(UInt32.self), at: start)
    case UInt8(ascii: "c"): try push(.global(try readGlobal(at: start)), at: start)
    case UInt8(ascii: "Q"): try push(try namedStorage(try pop(at: start), at: start), at: start)
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      let arguments = try pop(at: start)
      let function = try pop(at: start)
      try push(
        try call(function, arguments, isConstruction: opcode == 0x81, at: start),
        at: start
      )
    case UInt8(ascii: "b"): try build(at: start)
    default: throw .forbidden("pickle opcode \(opcode)", offset: start)
    }
  }

  // MARK: Stack and heap

  private mutating func push(_ value: PickleValue, at offset: Int) throws(TensorFileError) {
    guard stack.count < Self.maximumCount else {
      throw .tooLarge(
        "number of values on the pickle's stack",
        limit: Self.maximumCount,
        offset: offset
      )
    }
    stack.append(value)
  }

  private mutating func pop(at offset: Int) throws(TensorFileError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else {
      throw .invalid("pickle that takes from an empty stack", offset: offset)
    }
    return value
  }

  private mutating func mark(at offset: Int) throws(TensorFileError) {
    guard marks.count < Self.maximumCount else {
      throw .tooLarge(
        "number of marks on the pickle's stack",
        limit: Self.maximumCount,
        offset: offset
      )
    }
    marks.append(stack.count)
  }

  private mutating func popToMark(at offset: Int) throws(TensorFileError) -> [PickleValue] {
    guard let height = marks.popLast() else {
      throw .invalid("pickle without the mark it needs", offset: offset)
    }
    let items = Array(stack[height...])
    stack.removeSubrange(height...)
    return items
  }

  private func top(at offset: Int) throws(TensorFileError) -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.last else {
      throw .invalid("pickle that takes from an empty stack", offset: offset)
    }
    return value
  }

  mutating func allocate(
    _ object: PickleObject,
    at offset: Int
  ) throws(TensorFileError) -> PickleValue {
    guard heap.count < Self.maximumObjectCount else {
      throw .tooLarge(
        "number of objects in the pickle",
        limit: Self.maximumObjectCount,
        offset: offset
      )
    }
    switch object {
    case .storage, .tensor, .sparse:
      tensorCount += 1
      guard tensorCount <= 2 * Self.maximumTensorCount else {
        throw .tooLarge(
          "number of tensors in the pickle",
          limit: Self.maximumTensorCount,
          offset: offset
        )
      }
    default: break
    }
    heap.append(object)
    return .object(heap.count - 1)
  }

  /// The object that `value` points to, if it does.
  func object(_ value: PickleValue) -> PickleObject? {
    if case .object(let index) = value { heap[index] } else { nil }
  }

  private mutating func remember(_ key: UInt32, at offset: Int) throws(TensorFileError) {
    guard memo.count < Self.maximumCount else {
      throw .tooLarge(
        "number of values in the pickle's memo",
        limit: Self.maximumCount,
        offset: offset
      )
    }
    memo[key] = try top(at: offset)
  }

  private mutating func recall(_ key: UInt32, at offset: Int) throws(TensorFileError) {
    guard let value = memo[key] else {
      throw .invalid("pickle memo without entry \(key)", offset: offset)
    }
    try push(value, at: offset)
  }

  // MARK: Containers

  private mutating func append(
    _ items: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) {
    guard case .object(let index) = try top(at: offset), case .list(var list) = heap[index] else {
      throw .invalid("pickle that appends to no list", offset: offset)
    }
    // The heap lets go of the list first, so that it grows in place.
    heap[index] = .list([])
    list.append(contentsOf: items)
    heap[index] = .list(list)
  }

  private mutating func setItems(
    _ items: [PickleValue],
    at offset: Int
  ) throws(TensorFileError) {
    guard case .dictionary(let dictionary) = object(try top(at: offset)) else {
      throw .invalid("pickle that sets items of no dictionary", offset: offset)
    }
    guard items.count % 2 == 0 else {
      throw .invalid("pickle key without a value", offset: offset)
    }
    for position in stride(from: 0, to: items.count, by: 2) {
      try charge(key: items[position], at: offset)
      dictionary.set(items[position], to: items[position + 1], keys)
    }
  }

  /// Refuses keys that Python cannot hash, and counts the bytes of others: a long text in the memo
  /// can be a key many times.
  mutating func charge(key: PickleValue, at offset: Int) throws(TensorFileError) {
    switch key {
    case .text(let text), .device(let text): try charge(Int(text.count), at: offset)
    case .object(let index):
      switch heap[index] {
      case .list, .dictionary, .set:
        throw .invalid("pickle key that is a container", offset: offset)
      case .bytes(let bytes): try charge(bytes.count, at: offset)
      default: break
      }
    default: break
    }
  }

  /// Counts `byteCount` bytes that are copied.
  mutating func charge(_ byteCount: Int, at offset: Int) throws(TensorFileError) {
    guard byteCount <= copyBudget else {
      throw .tooLarge("size of what the pickle builds", limit: copyLimit, offset: offset)
    }
    copyBudget -= byteCount
  }

  /// BUILD: python attributes of an object, of which an `OrderedDict` may have some; none are kept.
  private mutating func build(at offset: Int) throws(TensorFileError) {
    let state = try pop(at: offset)
    guard case .dictionary = object(try top(at: offset)), case .dictionary = object(state) else {
      throw .forbidden("state of a python object", offset: offset)
    }
  }
}
