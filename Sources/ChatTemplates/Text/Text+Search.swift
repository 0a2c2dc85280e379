/// Finding, cutting and replacing.
extension Text {
  /// The byte offset of code point `index`, which is at most `count`.
  func byteOffset(of index: Int, from start: Int = 0) -> Int {
    var remaining = index
    var offset = start
    while offset < bytes.count {
      if bytes[offset] & 0xC0 != 0x80 {
        if remaining == 0 { return offset }
        remaining -= 1
      }
      offset += 1
    }
    return bytes.count
  }

  /// The number of code points before byte `offset`.
  func codePointIndex(ofByte offset: Int) -> Int {
    var count = 0
    for byte in bytes[..<offset] where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The code points in `range`, counted in code points.
  func slice(_ range: Range<Int>) -> Text {
    if range.isEmpty { return Text(bytes: [], isMarkup: isMarkup) }
    let start = byteOffset(of: range.lowerBound)
    let end = byteOffset(of: range.count, from: start)
    return derived(bytes[start..<end])
  }

  /// Whether the bytes at `offset` are those of `needle`.
  func matches(_ needle: [UInt8], at offset: Int) -> Bool {
    guard offset >= 0, needle.count <= bytes.count - offset else { return false }
    for index in needle.indices where bytes[offset + index] != needle[index] { return false }
    return true
  }

  /// The byte offset of the first `needle` in `range`.
  func firstOffset(of needle: [UInt8], in range: Range<Int>) -> Int? {
    guard let first = needle.first else { return range.lowerBound }
    if needle.count > 32 { return offsetInLinearTime(of: needle, in: range) }
    var offset = range.lowerBound
    let end = range.upperBound - needle.count
    while offset <= end {
      if bytes[offset] == first, matches(needle, at: offset) { return offset }
      offset += 1
    }
    return nil
  }

  /// The search of Knuth, Morris and Pratt, which never goes back in the text.
  private func offsetInLinearTime(of needle: [UInt8], in range: Range<Int>) -> Int? {
    guard needle.count <= range.count else { return nil }
    // How much of the needle's start ends at each of its bytes.
    var borders = [Int](repeating: 0, count: needle.count)
    var length = 0
    for index in 1..<needle.count {
      while length > 0, needle[index] != needle[length] { length = borders[length - 1] }
      if needle[index] == needle[length] { length += 1 }
      borders[index] = length
    }
    length = 0
    for offset in range {
      while length > 0, bytes[offset] != needle[length] { length = borders[length - 1] }
      if bytes[offset] == needle[length] { length += 1 }
      if length == needle.count { return offset + 1 - length }
    }
    return nil
  }

  /// The byte offset of the last `needle` in `range`.
  func lastOffset(of needle: [UInt8], in range: Range<Int>) -> Int? {
    guard needle.count <= range.count else { return nil }
    // The search that takes linear time goes forward only.
    let reversed = Text(bytes: bytes[range].reversed())
    let found = reversed.firstOffset(of: needle.reversed(), in: 0..<range.count)
    return found.map { range.upperBound - $0 - needle.count }
  }

  func contains(_ needle: Text) -> Bool {
    firstOffset(of: needle.bytes, in: 0..<bytes.count) != nil
  }

  func hasPrefix(_ prefix: Text) -> Bool { matches(prefix.bytes, at: 0) }

  func hasSuffix(_ suffix: Text) -> Bool {
    matches(suffix.bytes, at: bytes.count - suffix.bytes.count)
  }

  /// The byte range of `slice(start, end)` counted in code points, or `nil` where Python finds none.
  func byteRange(from start: Int?, to end: Int?) -> Range<Int>? {
    guard start != nil || end != nil else { return 0..<bytes.count }
    let count = count
    func clamped(_ index: Int) -> Int { index < 0 ? max(0, index + count) : index }
    let first = clamped(start ?? 0)
    let last = min(clamped(end ?? count), count)
    guard first <= last else { return nil }
    return byteOffset(of: first)..<byteOffset(of: last)
  }

  /// How often `needle` occurs without overlap in the byte range.
  func occurrences(of needle: [UInt8], in range: Range<Int>) -> Int {
    if needle.isEmpty { return Text(bytes[range]).count + 1 }
    var count = 0
    var offset = range.lowerBound
    while let found = firstOffset(of: needle, in: offset..<range.upperBound) {
      count += 1
      offset = found + needle.count
    }
    return count
  }

  /// The text with at most `limit` (all if negative) occurrences of `old` replaced.
  func replacing(_ old: Text, with new: Text, limit: Int) -> Text {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var remaining = limit < 0 ? Int.max : limit
    var offset = 0
    if old.isEmpty {
      while remaining > 0 {
        result.append(contentsOf: new.bytes)
        remaining -= 1
        guard offset < bytes.count else { return derived(result) }
        let next = byteOffset(of: 1, from: offset)
        result.append(contentsOf: bytes[offset..<next])
        offset = next
      }
    } else {
      while remaining > 0, let found = firstOffset(of: old.bytes, in: offset..<bytes.count) {
        result.append(contentsOf: bytes[offset..<found])
        result.append(contentsOf: new.bytes)
        offset = found + old.bytes.count
        remaining -= 1
      }
    }
    result.append(contentsOf: bytes[offset...])
    return derived(result)
  }
}
