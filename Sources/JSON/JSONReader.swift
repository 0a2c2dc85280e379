/// Reads JSON text piece by piece, without building a tree of it.
///
/// A vocabulary of 128,000 entries is read in one pass this way. The grammar is RFC 8259's;
/// the text must be UTF-8, and nothing is accepted beyond the grammar.
///
/// Source: https://www.rfc-editor.org/rfc/rfc8259
public struct JSONReader: ~Copyable, ~Escapable {
  /// Deepest nesting of objects and arrays that is accepted.
  public static let defaultDepthLimit = 128

  /// What a value begins like.
  public enum Kind: Sendable { case null, bool, number, string, array, object }

  let bytes: Span<UInt8>
  private let depthLimit: Int
  private var depth = 0
  /// The next byte to read, counted from the start of the text.
  public internal(set) var offset = 0
  /// Whether the next element of the container just entered is its first.
  private var atFirst = false

  /// Starts at the first byte of `bytes`.
  @_lifetime(copy bytes)
  public init(_ bytes: Span<UInt8>, depthLimit: Int = JSONReader.defaultDepthLimit) {
    self.bytes = bytes
    self.depthLimit = depthLimit
  }

  // MARK: Structure

  /// The kind of the value that comes next, which is not consumed.
  public mutating func peek() throws(JSONError) -> Kind {
    switch try nextSignificant() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw .unexpected(offset: offset, expected: "a value")
    }
  }

  /// Enters an object; read its members with ``nextKey()``.
  public mutating func beginObject() throws(JSONError) { try open(UInt8(ascii: "{"), "'{'") }

  /// Enters an array; read its elements while ``nextElement()`` says that there is one.
  public mutating func beginArray() throws(JSONError) { try open(UInt8(ascii: "["), "'['") }

  /// The next key of the object, its value to be read next; `nil` at the end of the object.
  public mutating func nextKey() throws(JSONError) -> String? {
    guard try advance(closing: UInt8(ascii: "}"), "',' or '}'") else { return nil }
    let key = try readString()
    guard try nextSignificant() == UInt8(ascii: ":") else {
      throw .unexpected(offset: offset, expected: "':'")
    }
    offset += 1
    return key
  }

  /// Whether the array has another element, which is to be read next.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try advance(closing: UInt8(ascii: "]"), "',' or ']'")
  }

  /// Checks that nothing but white space is left.
  public mutating func finish() throws(JSONError) {
    skipWhiteSpace()
    guard offset == bytes.count else {
      throw .unexpected(offset: offset, expected: "the end of the text")
    }
  }

  // MARK: Values

  /// Reads `null`.
  public mutating func readNull() throws(JSONError) { try readWord("null") }

  /// Reads `true` or `false`.
  public mutating func readBool() throws(JSONError) -> Bool {
    if try nextSignificant() == UInt8(ascii: "t") {
      try readWord("true")
      return true
    }
    try readWord("false")
    return false
  }

  /// Reads a string, its escapes resolved.
  ///
  /// A lone surrogate escape becomes U+FFFD.
  public mutating func readString() throws(JSONError) -> String {
    guard try nextSignificant() == UInt8(ascii: "\"") else {
      throw .unexpected(offset: offset, expected: "a string")
    }
    offset += 1
    let start = offset
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte == UInt8(ascii: "\"") {
        let text = try validated(start..<offset)
        offset += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start) }
      guard byte >= 0x20 else {
        throw .unexpected(offset: offset, expected: "no control character in a string")
      }
      offset += 1
    }
    throw .truncated(offset: offset)
  }

  /// Reads a number; whole ones are `.integer` or `.largeInteger`, all others `.number`.
  public mutating func readNumber() throws(JSONError) -> JSON {
    let text = try readNumberText()
    if let integer = Int(text), !(integer == 0 && text.utf8.first == UInt8(ascii: "-")) {
      return .integer(integer)
    }
    let isWhole = !text.utf8.contains { ".eE".utf8.contains($0) }
    if isWhole, Int(text) == nil { return .largeInteger(text) }
    guard let number = Double(text) else {
      throw .unexpected(offset: offset, expected: "a number")
    }
    return .number(number)
  }

  /// Reads a whole number that fits `Int`.
  public mutating func readInteger() throws(JSONError) -> Int {
    _ = try nextSignificant()
    let start = offset
    // Most are a few digits; whatever else this is, the rest finds out.
    var value = 0
    var index = offset
    while index < bytes.count, index < start + 18,
      case let digit = bytes[index] &- UInt8(ascii: "0"),
      digit < 10
    {
      value = value * 10 + Int(digit)
      index += 1
    }
    if index > start, index < bytes.count, value > 0, bytes[start] != UInt8(ascii: "0"),
      [0x20, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(
        bytes[index]
      )
    {
      offset = index
      return value
    }
    guard let integer = Int(try readNumberText()) else {
      throw .unexpected(offset: start, expected: "a whole number")
    }
    return integer
  }

  /// Reads any value as a tree.
  public mutating func readValue() throws(JSONError) -> JSON {
    switch try peek() {
    case .null:
      try readNull()
      return .null
    case .bool: return .bool(try readBool())
    case .number: return try readNumber()
    case .string: return .string(try readString())
    case .array:
      var elements: [JSON] = []
      try beginArray()
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case .object:
      var object = JSONObject()
      try beginObject()
      while let key = try nextKey() { object[key] = try readValue() }
      return .object(object)
    }
  }

  /// Passes over any value, checking its grammar.
  public mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case .null: try readNull()
    case .bool: _ = try readBool()
    case .number: _ = try readNumberText()
    case .string: _ = try readString()
    case .array:
      try beginArray()
      while try nextElement() { try skipValue() }
    case .object:
      try beginObject()
      while try nextKey() != nil { try skipValue() }
    }
  }

  // MARK: Bytes

  private mutating func skipWhiteSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  mutating func nextSignificant() throws(JSONError) -> UInt8 {
    skipWhiteSpace()
    guard offset < bytes.count else { throw .truncated(offset: offset) }
    return bytes[offset]
  }

  private mutating func open(_ bracket: UInt8, _ name: String) throws(JSONError) {
    guard try nextSignificant() == bracket else {
      throw .unexpected(offset: offset, expected: name)
    }
    guard depth < depthLimit else { throw .tooDeep(offset: offset, limit: depthLimit) }
    depth += 1
    offset += 1
    atFirst = true
  }

  /// Moves to the next element of the innermost container; `false` when it closes instead.
  mutating func advance(closing bracket: UInt8, _ expected: String) throws(JSONError)
    -> Bool
  {
    let byte = try nextSignificant()
    if byte == bracket {
      offset += 1
      depth -= 1
      atFirst = false
      return false
    }
    if atFirst {
      atFirst = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw .unexpected(offset: offset, expected: expected) }
    offset += 1
    if try nextSignificant() == bracket { throw .unexpected(offset: offset, expected: "a value") }
    return true
  }

  private mutating func readWord(_ word: StaticString) throws(JSONError) {
    _ = try nextSignificant()
    let text = word.description
    for byte in text.utf8 {
      guard offset < bytes.count else { throw .truncated(offset: offset) }
      guard bytes[offset] == byte else { throw .unexpected(offset: offset, expected: "'\(text)'") }
      offset += 1
    }
  }

  private mutating func readNumberText() throws(JSONError) -> String {
    let first = try nextSignificant()
    let start = offset
    if first == UInt8(ascii: "-") { offset += 1 }
    let integerStart = offset
    try readDigits()
    if bytes[integerStart] == UInt8(ascii: "0"), offset > integerStart + 1 {
      throw .unexpected(offset: integerStart, expected: "no leading zero")
    }
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      try readDigits()
    }
    if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count,
        bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-")
      {
        offset += 1
      }
      try readDigits()
    }
    return try validated(start..<offset)
  }

  private mutating func readDigits() throws(JSONError) {
    let start = offset
    while offset < bytes.count, bytes[offset] >= UInt8(ascii: "0"),
      bytes[offset] <= UInt8(ascii: "9")
    {
      offset += 1
    }
    guard offset > start else {
      if offset == bytes.count { throw .truncated(offset: offset) }
      throw .unexpected(offset: offset, expected: "a digit")
    }
  }

  private func validated(_ range: Range<Int>) throws(JSONError) -> String {
    let span = bytes.extracting(range)
    do {
      return String(copying: try UTF8Span(validating: span))
    } catch {
      throw .unexpected(offset: range.lowerBound, expected: "UTF-8")
    }
  }

  private mutating func readEscapedString(from start: Int) throws(JSONError) -> String {
    var text: [UInt8] = []
    for index in start..<offset { text.append(bytes[index]) }
    while offset < bytes.count {
      let byte = bytes[offset]
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw .unexpected(offset: start, expected: "UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        offset += 1
        let scalar = try readEscape()
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      case 0..<0x20:
        throw .unexpected(offset: offset, expected: "no control character in a string")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw .truncated(offset: offset)
  }

  mutating func readEscape() throws(JSONError) -> Unicode.Scalar {
    guard offset < bytes.count else { throw .truncated(offset: offset) }
    defer { offset += 1 }
    switch bytes[offset] {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try readUnicodeEscape()
    default: throw .unexpected(offset: offset, expected: "an escape")
    }
  }

  /// Reads the digits of `\uXXXX`, and a low surrogate's after a high one; stops at the last digit.
  private mutating func readUnicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let unit = try hexadecimalUnit(at: offset + 1)
    offset += 4
    if let scalar = Unicode.Scalar(unit) { return scalar }
    if unit < 0xDC00, offset + 6 < bytes.count, bytes[offset + 1] == UInt8(ascii: "\\"),
      bytes[offset + 2] == UInt8(ascii: "u")
    {
      let low = try hexadecimalUnit(at: offset + 3)
      if (0xDC00...0xDFFF).contains(low) {
        offset += 6
        let value = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
        return Unicode.Scalar(value) ?? "\u{FFFD}"
      }
    }
    return "\u{FFFD}"
  }

  private func hexadecimalUnit(at start: Int) throws(JSONError) -> UInt32 {
    guard start + 4 <= bytes.count else { throw .truncated(offset: bytes.count) }
    var value: UInt32 = 0
    for index in start..<start + 4 {
      let digit: UInt8
      switch bytes[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
      default: throw .unexpected(offset: index, expected: "a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
