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

  /// `split` on white space, at most `limit` times (no limit if negative).
  func splitOnWhiteSpace(limit: Int) -> [Text] {
    var parts: [Text] = []
    var rest = stripped(trailing: false)
    while !rest.isEmpty {
      if limit >= 0, parts.count >= limit {
        parts.append(rest)
        return parts
      }
      var end = 0
      while end < rest.bytes.count, !rest.scalar(at: end).scalar.isPythonSpace {
        end = rest.scalar(at: end).next
      }
      parts.append(derived(rest.bytes[..<end]))
      if limit < 0 {
        // Without a limit the rest need not be kept, so the scan stays linear.
        appendWords(of: rest, from: end, to: &parts)
        return parts
      }
      rest = derived(rest.bytes[end...]).stripped(trailing: false)
    }
    return parts
  }

  private func appendWords(of text: Text, from start: Int, to parts: inout [Text]) {
    var offset = start
    var wordStart: Int?
    while offset < text.bytes.count {
      let (scalar, next) = text.scalar(at: offset)
      if scalar.isPythonSpace {
        if let first = wordStart { parts.append(derived(text.bytes[first..<offset])) }
        wordStart = nil
      } else if wordStart == nil {
        wordStart = offset
      }
      offset = next
    }
    if let first = wordStart { parts.append(derived(text.bytes[first...])) }
  }

  /// `rsplit` on white space.
  func splitOnWhiteSpaceFromEnd(limit: Int) -> [Text] {
    var parts: [Text] = []
    var rest = stripped(leading: false)
    while !rest.isEmpty {
      if limit >= 0, parts.count >= limit {
        parts.append(rest)
        break
      }
      let start = rest.trailingStart(from: 0) { !$0.isPythonSpace }
      parts.append(derived(rest.bytes[start...]))
      rest = derived(rest.bytes[..<start]).stripped(leading: false)
    }
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
    var parts: [Text] = []
    var end = bytes.count
    while limit < 0 || parts.count < limit,
      let found = lastOffset(of: separator.bytes, in: 0..<end)
    {
      parts.append(derived(bytes[found + separator.bytes.count..<end]))
      end = found
    }
    parts.append(derived(bytes[..<end]))
    return parts.reversed()
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
