extension JSONReader {
  /// The next key of the object, appended to `buffer` as UTF-8; `false` at the end of the object.
  ///
  /// Unlike ``nextKey()`` it makes no `String`: vocabularies are read this way.
  public mutating func nextKey(appendingTo buffer: inout [UInt8]) throws(JSONError) -> Bool {
    guard try advance(closing: UInt8(ascii: "}"), "',' or '}'") else { return false }
    try readString(appendingTo: &buffer)
    guard try nextSignificant() == UInt8(ascii: ":") else {
      throw .unexpected(offset: offset, expected: "':'")
    }
    offset += 1
    return true
  }

  /// Reads a string, its escapes resolved, and appends its UTF-8 to `buffer`.
  public mutating func readString(appendingTo buffer: inout [UInt8]) throws(JSONError) {
    guard try nextSignificant() == UInt8(ascii: "\"") else {
      throw .unexpected(offset: offset, expected: "a string")
    }
    offset += 1
    while true {
      let start = offset
      let isASCII = try skipPlainText()
      let run = bytes.extracting(start..<offset)
      if !isASCII {
        do { _ = try UTF8Span(validating: run) } catch {
          throw .unexpected(offset: start, expected: "UTF-8")
        }
      }
      unsafe run.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
      let stop = bytes[offset]
      offset += 1
      if stop == UInt8(ascii: "\"") { return }
      buffer.append(contentsOf: UTF8.encode(try readEscape()) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// Moves to the next quote or backslash; whether all before it was ASCII.
  private mutating func skipPlainText() throws(JSONError) -> Bool {
    var seen: UInt8 = 0
    var index = offset
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        offset = index
        return seen < 0x80
      }
      guard byte >= 0x20 else {
        throw .unexpected(offset: index, expected: "no control character in a string")
      }
      seen |= byte
      index += 1
    }
    throw .truncated(offset: index)
  }
}
