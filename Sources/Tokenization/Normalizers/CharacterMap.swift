/// A SentencePiece `precompiled_charsmap`: texts and what each is rewritten to.
///
/// The texts are in a double-array trie: from the unit at a place, the next byte leads to the place
/// `offset ^ byte`, if the unit there carries the byte as its label.
/// Source: https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
struct CharacterMap: Sendable {
  /// How a text is rewritten: so many bytes of it, to the bytes in `replacement`.
  struct Match {
    var length: Int
    var replacement: Range<Int>
  }

  private let units: [UInt32]
  /// All replacements, each with a zero byte behind it.
  let texts: [UInt8]
  /// Whether any rewritten text begins with the byte.
  private let begins: [Bool]
  /// Whether no rewritten text begins with the byte and an ASCII character, or is the byte alone.
  private let staysBeforeASCII: [Bool]

  /// - Throws: `TokenizerError` at `path` if a walk through the trie could leave it or the texts.
  init(_ bytes: Span<UInt8>, path: String) throws(TokenizerError) {
    let wrong = TokenizerError.invalid(path: path, expected: "a precompiled map of characters")
    guard bytes.count > 4 else { throw wrong }
    func word(_ index: Int) -> UInt32 {
      UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
        | UInt32(bytes[index + 3]) << 24
    }
    // Units come in blocks of 256, so that no byte leads out of a block that is there.
    let size = Int(word(0))
    guard size >= 1024, size % 1024 == 0, size < bytes.count - 4 else { throw wrong }
    var units: [UInt32] = []
    units.reserveCapacity(size / 4)
    for index in 0..<size / 4 { units.append(word(4 + index * 4)) }
    var texts: [UInt8] = []
    bytes.copy(4 + size..<bytes.count, to: &texts)
    for (place, unit) in units.enumerated() where unit >> 31 == 0 {
      let next = place ^ Self.offset(of: unit)
      guard next | 0xFF < units.count else { throw wrong }
      if Self.isEnd(unit) {
        let start = Int(units[next] & 0x7FFF_FFFF)
        guard units[next] >> 31 == 1, start < texts.count, texts[start] & 0xC0 != 0x80 else {
          throw wrong
        }
      }
    }
    // No text ends inside a character, as each begins with one and zero bytes are characters too.
    guard units[0] >> 31 == 0, String(validating: texts, as: UTF8.self) != nil else { throw wrong }
    if texts.last != 0 { texts.append(0) }
    self.units = units
    self.texts = texts
    let root = Self.offset(of: units[0])
    let begins = (0...255).map { units[root ^ $0] & 0x8000_00FF == UInt32($0) }
    self.begins = begins
    staysBeforeASCII = (0...255).map { byte in
      guard begins[byte] else { return true }
      let unit = units[root ^ byte]
      let next = root ^ byte ^ Self.offset(of: unit)
      return !Self.isEnd(unit)
        && (1..<0x80).allSatisfy { units[next ^ $0] & 0x8000_00FF != UInt32($0) }
    }
  }

  /// Whether no rewritten text begins at `index`, as far as two bytes tell.
  @inline(__always)
  func leaves(_ text: Span<UInt8>, at index: Int) -> Bool {
    let byte = Int(text[index])
    return !begins[byte]
      || staysBeforeASCII[byte] && (index + 1 == text.count || text[index + 1] < 0x80)
  }

  /// The shortest rewritten text that begins `text[range]`.
  @inline(__always)
  func shortestMatch(in text: Span<UInt8>, _ range: Range<Int>) -> Match? {
    match(in: text, range, endsAtFirst: true)
  }

  /// The longest rewritten text that begins `text[range]` and ends where a character ends.
  @inline(__always)
  func longestMatch(in text: Span<UInt8>, _ range: Range<Int>) -> Match? {
    match(in: text, range, endsAtFirst: false)
  }

  @inline(__always)
  private func match(in text: Span<UInt8>, _ range: Range<Int>, endsAtFirst: Bool) -> Match? {
    guard !range.isEmpty, begins[Int(text[range.lowerBound])] else { return nil }
    var best: (length: Int, start: Int)?
    var place = Self.offset(of: units[0])
    for index in range {
      let byte = UInt32(text[index])
      if byte == 0 { break }
      place ^= Int(byte)
      guard place < units.count, units[place] & 0x8000_00FF == byte else { break }
      let unit = units[place]
      place ^= Self.offset(of: unit)
      guard Self.isEnd(unit), endsAtFirst || text.isBoundary(index + 1) else { continue }
      best = (index + 1 - range.lowerBound, Int(units[place] & 0x7FFF_FFFF))
      if endsAtFirst { break }
    }
    guard let best else { return nil }
    var end = best.start
    while end < texts.count, texts[end] != 0 { end += 1 }
    return Match(length: best.length, replacement: best.start..<end)
  }

  @inline(__always)
  private static func offset(of unit: UInt32) -> Int {
    Int((unit >> 10) << ((unit & 1 << 9) >> 6))
  }

  /// Whether a rewritten text ends at the unit.
  @inline(__always)
  private static func isEnd(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }
}
