/// Names, numbers and strings.
extension Lexer {
  mutating func readName() throws(TemplateError) -> Text? {
    let start = position
    while position < bytes.count {
      let (scalar, next) = source.scalar(at: position)
      guard scalar == "_" || scalar.isPythonAlphanumeric || scalar.continuesIdentifier else {
        break
      }
      position = next
    }
    guard position > start else { return nil }
    let name = Text(bytes[start..<position])
    guard name.isIdentifier else {
      throw failure("Invalid character in identifier", at: start)
    }
    return name
  }

  // MARK: Numbers

  mutating func readNumber() throws(TemplateError) -> Token.Kind? {
    guard position < bytes.count, Self.isDigit(bytes[position]) else { return nil }
    let start = position
    if let end = floatEnd() {
      position = end
      return .float(Double(literal(start..<end)) ?? 0)
    }
    let (end, radix) = integerEnd()
    position = end
    let digits = literal(start + (radix == 10 ? 0 : 2)..<end)
    if let value = Int(digits, radix: radix) { return .integer(value) }
    guard let value = BigInteger(digits.utf8, radix: radix) else { return .integer(0) }
    // What Python may not print it may not read either, in the radix that has no short way.
    _ = try Value.integer(value)
    return .largeInteger(value)
  }

  private func literal(_ range: Range<Int>) -> String {
    String(decoding: bytes[range].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// The offset behind digits that single underscores may separate, or `nil` if there are none.
  private func digitsEnd(
    from start: Int,
    _ isDigit: (UInt8) -> Bool = Lexer.isDigit,
    underscoreFirst: Bool = false
  ) -> Int? {
    var end: Int?
    var offset = start
    while offset < bytes.count {
      let mayBeUnderscore = end != nil || underscoreFirst
      if mayBeUnderscore, bytes[offset] == UInt8(ascii: "_"), offset + 1 < bytes.count,
        isDigit(bytes[offset + 1])
      {
        offset += 1
      }
      guard isDigit(bytes[offset]) else { break }
      offset += 1
      end = offset
    }
    return end
  }

  private func floatEnd() -> Int? {
    if position > 0, bytes[position - 1] == UInt8(ascii: ".") { return nil }
    guard let whole = digitsEnd(from: position) else { return nil }
    var end = whole
    var hasFraction = false
    if byte(whole) == UInt8(ascii: "."), let fraction = digitsEnd(from: whole + 1) {
      end = fraction
      hasFraction = true
    }
    if end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "e") {
      let exponentStart = isSign(byte(end + 1)) ? end + 2 : end + 1
      if let exponent = digitsEnd(from: exponentStart) { return exponent }
    }
    return hasFraction ? end : nil
  }

  private func integerEnd() -> (end: Int, radix: Int) {
    let isZero = bytes[position] == UInt8(ascii: "0")
    if isZero, position + 1 < bytes.count {
      let prefixed: (radix: Int, isDigit: (UInt8) -> Bool)? =
        switch bytes[position + 1] | 0x20 {
        case UInt8(ascii: "b"): (2, { $0 == 0x30 || $0 == 0x31 })
        case UInt8(ascii: "o"): (8, { $0 >= 0x30 && $0 <= 0x37 })
        case UInt8(ascii: "x"): (16, { Unicode.Scalar($0).properties.isASCIIHexDigit })
        default: nil
        }
      if let (radix, isDigit) = prefixed,
        let end = digitsEnd(from: position + 2, isDigit, underscoreFirst: true)
      {
        return (end, radix)
      }
    }
    let isDigit = isZero ? { $0 == UInt8(ascii: "0") } : Self.isDigit
    return (digitsEnd(from: position, isDigit) ?? position + 1, 10)
  }

  // MARK: Strings

  mutating func readString() throws(TemplateError) -> Text? {
    let quote = bytes[position]
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
    let start = position
    var end = start + 1
    while end < bytes.count, bytes[end] != quote { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < bytes.count else { return nil }
    position = end + 1
    let body = Text(bytes[start + 1..<end])
    return body.bytes.contains(UInt8(ascii: "\\")) ? try unescaped(body, at: start) : body
  }

  private mutating func unescaped(_ body: Text, at start: Int) throws(TemplateError) -> Text {
    var result: [UInt8] = []
    var offset = 0
    while offset < body.bytes.count {
      let byte = body.bytes[offset]
      offset += 1
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        continue
      }
      guard offset < body.bytes.count else { throw failure("\\ at end of string", at: start) }
      let (scalar, next) = body.scalar(at: offset)
      offset = next
      switch scalar {
      case "\n": break
      case "\\", "'", "\"": result.append(scalar: scalar)
      case "a": result.append(0x07)
      case "b": result.append(0x08)
      case "f": result.append(0x0C)
      case "n": result.append(0x0A)
      case "r": result.append(0x0D)
      case "t": result.append(0x09)
      case "v": result.append(0x0B)
      case "0"..."7":
        offset -= 1
        var value: UInt32 = 0
        let limit = min(offset + 3, body.bytes.count)
        while offset < limit, (0x30...0x37).contains(body.bytes[offset]) {
          value = value << 3 | UInt32(body.bytes[offset] - 0x30)
          offset += 1
        }
        result.append(scalar: Unicode.Scalar(value) ?? "\u{FFFD}")
      case "x": result.append(scalar: try hexadecimal(body, &offset, 2, "\\xXX", start))
      case "u": result.append(scalar: try hexadecimal(body, &offset, 4, "\\uXXXX", start))
      case "U": result.append(scalar: try hexadecimal(body, &offset, 8, "\\UXXXXXXXX", start))
      case "N": throw failure("unknown Unicode character name", at: start)
      default:
        result.append(UInt8(ascii: "\\"))
        // Python's codec sees the escape of a character beyond ASCII here, not the character.
        if scalar.isASCII {
          result.append(scalar: scalar)
        } else {
          result.append(String(scalar.backslashEscape.dropFirst()))
        }
      }
    }
    return Text(bytes: result)
  }

  private mutating func hexadecimal(
    _ body: Text,
    _ offset: inout Int,
    _ width: Int,
    _ form: String,
    _ start: Int
  ) throws(TemplateError) -> Unicode.Scalar {
    let digits = body.bytes[offset...].prefix(width)
    guard digits.count == width,
      digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("truncated \(form) escape", at: start) }
    offset += width
    if value > 0x10FFFF { throw failure("illegal Unicode character", at: start) }
    return Unicode.Scalar(value) ?? "\u{FFFD}"
  }
}
