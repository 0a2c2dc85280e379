/// Reads the pickles of torch files as data: no name in them is looked up, nothing is called.
///
/// The opcodes are those of torch's `weights_only` reader. Beyond it, the number of values, the
/// nesting and the size of all that is copied are limited.
///
/// Source: torch/_weights_only_unpickler.py, CPython Lib/pickletools.py
struct PickleReader: ~Escapable {
  /// Most values on the stack, on the heap, and in the memo.
  private static let maximumCount = 1 << 20
  private static let maximumTextByteCount = 1 << 30
  /// Elements and bytes that any pickle may have copied, beside some for each of its own bytes.
  private static let freeCopyCount = 1 << 20
  static let copyCountPerByte = 8
  private static let maximumCopyCount = 1 << 26

  var reader: ByteReader
  private var stack: [PickleValue] = []
  /// Stack heights at which a MARK stands.
  private var marks: [Int] = []
  private var memo: [UInt32: PickleValue] = [:]
  var heap: [PickleObject] = []
  /// How many elements and bytes may still be copied by what the pickle asks to build.
  private var copyBudget: Int
  private let copyLimit: Int

  @_lifetime(copy reader)
  init(_ reader: consuming ByteReader) {
    let byteCount = reader.remaining
    self.reader = reader
    copyLimit = min(
      Self.maximumCopyCount,
      Self.freeCopyCount + Self.copyCountPerByte * min(byteCount, Self.maximumCopyCount)
    )
    copyBudget = copyLimit
  }

  /// Reads one pickle, to its STOP.
  mutating func load() throws(TensorFileError) -> PickleDocument {
    stack = []
    marks = []
    memo = [:]
    heap = []
    while true {
      let start = reader.offset
      let opcode = try reader.read(UInt8.self)
      if opcode == UInt8(ascii: ".") {
        return PickleDocument(root: try pop(at: start), heap: heap)
      }
      try execute(opcode, at: start)
    }
  }

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
    case 0x8A: try push(try readLong(), at: start)
    case UInt8(ascii: "G"):
      let bits = try reader.read(UInt64.self).byteSwapped
      try push(.number(Double(bitPattern: bits)), at: start)
    case UInt8(ascii: "X"): try push(.string(try readText()), at: start)
    case UInt8(ascii: "U"):  // SHORT_BINSTRING: bytes of Python 2
      let count = Int(try reader.read(UInt8.self))
      try push(.bytes(try reader.readBytes(count)), at: start)
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
    case UInt8(ascii: "c"): try push(try readGlobal(at: start), at: start)
    case UInt8(ascii: "Q"): try push(try storage(try pop(at: start), at: start), at: start)
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
      throw .tooLarge("number of values on the pickle's stack", limit: Self.maximumCount)
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
      throw .tooLarge("number of marks on the pickle's stack", limit: Self.maximumCount)
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
    guard heap.count < Self.maximumCount else {
      throw .tooLarge("number of objects in the pickle", limit: Self.maximumCount)
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
      throw .tooLarge("number of values in the pickle's memo", limit: Self.maximumCount)
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
    guard case .object(let index) = try top(at: offset),
      case .dictionary(var dictionary) = heap[index]
    else { throw .invalid("pickle that sets items of no dictionary", offset: offset) }
    guard items.count % 2 == 0 else {
      throw .invalid("pickle key without a value", offset: offset)
    }
    heap[index] = .dictionary(PickleDictionary())
    for position in stride(from: 0, to: items.count, by: 2) {
      try charge(key: items[position], at: offset)
      dictionary[items[position]] = items[position + 1]
    }
    heap[index] = .dictionary(dictionary)
  }

  /// Refuses keys that Python cannot hash, and counts the bytes of others: a long text in the memo
  /// can be a key many times.
  mutating func charge(key: PickleValue, at offset: Int) throws(TensorFileError) {
    switch object(key) {
    case .list, .dictionary, .set: throw .invalid("pickle key that is a container", offset: offset)
    default: break
    }
    switch key {
    case .string(let text), .opaque(let text): try charge(text.utf8.count)
    case .bytes(let bytes), .largeInteger(let bytes): try charge(bytes.count)
    default: break
    }
  }

  /// Counts `count` elements or bytes that are copied.
  mutating func charge(_ count: Int) throws(TensorFileError) {
    guard count <= copyBudget else {
      throw .tooLarge("size of what the pickle builds", limit: copyLimit)
    }
    copyBudget -= count
  }

  /// BUILD: python attributes of an object, of which an `OrderedDict` may have some; none are kept.
  private mutating func build(at offset: Int) throws(TensorFileError) {
    let state = try pop(at: offset)
    guard case .dictionary = object(try top(at: offset)), case .dictionary = object(state) else {
      throw .forbidden("state of a python object", offset: offset)
    }
  }

  // MARK: Literals

  private mutating func readLong() throws(TensorFileError) -> PickleValue {
    let count = Int(try reader.read(UInt8.self))
    var bytes = try reader.readBytes(count)
    let fill: UInt8 = bytes.last ?? 0 >= 0x80 ? 0xFF : 0
    // Drop what only repeats the sign.
    while bytes.count > 1, bytes[bytes.count - 1] == fill,
      bytes[bytes.count - 2] & 0x80 == fill & 0x80
    {
      bytes.removeLast()
    }
    guard bytes.count <= 8 else { return .largeInteger(bytes) }
    var bits: UInt64 = fill == 0 ? 0 : .max
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    return .integer(Int(truncatingIfNeeded: bits))
  }

  private mutating func readText() throws(TensorFileError) -> String {
    let start = reader.offset
    let count = try reader.readCount(UInt32.self, of: "pickle text length", byteCount: 1)
    guard count <= Self.maximumTextByteCount else {
      throw .invalid("pickle text length \(count)", offset: start)
    }
    let bytes = try reader.readBytes(count)
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    guard let text = String(bytesWithSurrogates: bytes) else {
      throw .invalid("pickle text that is not UTF-8", offset: start)
    }
    return text
  }

  /// The bytes up to the next line feed, which must be within `limit`.
  private mutating func readLine(limit: Int = 256) throws(TensorFileError) -> String {
    let start = reader.offset
    while try reader.read(UInt8.self) != UInt8(ascii: "\n") {
      guard reader.offset - start <= limit else {
        throw .invalid("pickle name of more than \(limit) bytes", offset: start)
      }
    }
    let bytes = reader.bytes.array(start..<reader.offset - 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("pickle name that is not UTF-8", offset: start)
    }
    return text
  }

  private mutating func readGlobal(at offset: Int) throws(TensorFileError) -> PickleValue {
    let module = try readLine()
    let name = try readLine()
    guard let global = PickleGlobal(module: module, name: name) else {
      throw .forbidden("global '\(quoting: "\(module).\(name)")'", offset: offset)
    }
    guard global != .unsupported else {
      throw .unsupported("'\(quoting: "\(module).\(name)")' at byte \(offset)")
    }
    return try allocate(.global(global), at: offset)
  }
}
