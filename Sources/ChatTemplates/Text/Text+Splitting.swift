/// Stripping and splitting, with Python's idea of white space and lines.
extension Text {
  /// The byte offset behind leading code points that satisfy `isStripped`.
  private func leadingEnd(_ isStripped: (Unicode.Scalar) -> Bool) -> Int {
    var offset = 0
    while offset < bytes.count {
      let (scalar, next) = scalar(at: offset)
      guard isStripped(scalar) else { break }
      offset = next
    }
    return offset
  }

  /// The byte offset where trailing code points that satisfy `isStripped` begin.
  private func trailingStart(from start: Int, _ isStripped: (Unicode.Scalar) -> Bool) -> Int {
    var end = bytes.count
    while end > start {
      var first = end - 1
      while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
      guard isStripped(scalar(at: first).scalar) else { break }
      end = first
    }
    return end
  }

  /// The code point that starts at byte `offset`, and where the next one does.
  func scalar(at offset: Int) -> (scalar: Unicode.Scalar, next: Int) {
    let first = UInt32(bytes[offset])
    if first < 0x80 { return (Unicode.Scalar(UInt8(first)), offset + 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = first & (0xFF >> UInt32(length + 1))
    var next = offset + 1
    while next < min(offset + length, bytes.count) {
      value = value << 6 | UInt32(bytes[next] & 0x3F)
      next += 1
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", next)
  }

  /// `strip`, `lstrip` and `rstrip`; `characters` is white space if `nil`.
  func stripped(_ characters: Text? = nil, leading: Bool = true, trailing: Bool = true) -> Text {
    let set = characters.map { Set($0.scalars) }
    func isStripped(_ scalar: Unicode.Scalar) -> Bool {
      set?.contains(scalar) ?? scalar.isPythonSpace
    }
    let start = leading ? leadingEnd(isStripped) : 0
    let end = trailing ? trailingStart(from: start, isStripped) : bytes.count
    if start == 0, end == bytes.count { return self }
    return derived(bytes[start..<end])
  }

  /// Where the text without white space around it is.
  func strippedRange() -> Range<Int> {
    unsafe bytes.withUnsafeBufferPointer { unsafe Self.strippedRange(of: $0) }
  }

  /// Where the text of `bytes` without white space around it is.
  static func strippedRange(of bytes: UnsafeBufferPointer<UInt8>) -> Range<Int> {
    var start = 0
    var end = bytes.count
    while start < end, unsafe isASCIISpace(bytes[start]) { start += 1 }
    while end > start, unsafe isASCIISpace(bytes[end - 1]) { end -= 1 }
    guard start < end, unsafe bytes[start] >= 0x80 || bytes[end - 1] >= 0x80 else {
      return start..<end
    }
    // White space beyond ASCII, perhaps.
    let rest = unsafe Text(bytes: [UInt8](bytes[start..<end]))
    let first = rest.leadingEnd(\.isPythonSpace)
    let last = rest.trailingStart(from: first, \.isPythonSpace)
    return start + first..<start + last
  }

  private static func isASCIISpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte >= 0x09 && byte <= 0x0D || byte >= 0x1C && byte <= 0x1F
  }

  /// About how many parts a split on white space makes.
  var wordCount: Int {
    var count = 0
    var isInSpace = true
    for byte in bytes {
      let isSpace = byte <= 0x20 || byte >= 0x80
      if isSpace, !isInSpace { count += 1 }
      isInSpace = isSpace
    }
    return count + 1
  }

  /// `split` on white space, at most `limit` times (no limit if negative).
  func splitOnWhiteSpace(limit: Int) -> [Text] {
    var parts: [Text] = []
    var offset = 0
    var wordStart: Int?
    while offset < bytes.count {
      let (scalar, next) = scalar(at: offset)
      if scalar.isPythonSpace {
        if let start = wordStart { parts.append(derived(bytes[start..<offset])) }
        wordStart = nil
      } else if wordStart == nil {
        if limit >= 0, parts.count >= limit {
          parts.append(derived(bytes[offset...]))
          return parts
        }
        wordStart = offset
      }
      offset = next
    }
    if let start = wordStart { parts.append(derived(bytes[start...])) }
    return parts
  }

  /// `rsplit` on white space.
  func splitOnWhiteSpaceFromEnd(limit: Int) -> [Text] {
    var parts: [Text] = []
    var offset = bytes.count
    var wordEnd: Int?
    while offset > 0 {
      var start = offset - 1
      while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
      if scalar(at: start).scalar.isPythonSpace {
        if let end = wordEnd { parts.append(derived(bytes[offset..<end])) }
        wordEnd = nil
      } else if wordEnd == nil {
        if limit >= 0, parts.count >= limit {
          parts.append(derived(bytes[..<offset]))
          return parts.reversed()
        }
        wordEnd = offset
      }
      offset = start
    }
    if let end = wordEnd { parts.append(derived(bytes[..<end])) }
    return parts.reversed()
  }

  /// `split` on `separator`, which is not empty.
  func split(on separator: Text, limit: Int) -> [Text] {
    var parts: [Text] = []
    var start = 0
    while limit < 0 || parts.count < limit,
      let found = firstOffset(of: separator.bytes, in: start..<bytes.count)
    {
      parts.append(derived(bytes[start..<found]))
      start = found + separator.bytes.count
    }
    parts.append(derived(bytes[start...]))
    return parts
  }

  /// `rsplit` on `separator`, which is not empty.
  func splitFromEnd(on separator: Text, limit: Int) -> [Text] {
    // Backwards it is a split from the start, of bytes that are no text until they are turned again.
    let reversed = Text(bytes: bytes.reversed())
    let parts = reversed.split(on: Text(bytes: separator.bytes.reversed()), limit: limit)
    return parts.reversed().map { derived($0.bytes.reversed()) }
  }

  /// `splitlines`.
  func lines(keepingEnds: Bool) -> [Text] {
    var lines: [Text] = []
    var start = 0
    var offset = 0
    while offset < bytes.count {
      let (scalar, scalarEnd) = scalar(at: offset)
      guard scalar.endsPythonLine else {
        offset = scalarEnd
        continue
      }
      var next = scalarEnd
      if scalar == "\r", next < bytes.count, bytes[next] == UInt8(ascii: "\n") { next += 1 }
      lines.append(derived(bytes[start..<(keepingEnds ? next : offset)]))
      start = next
      offset = next
    }
    if start < bytes.count { lines.append(derived(bytes[start...])) }
    return lines
  }
}
