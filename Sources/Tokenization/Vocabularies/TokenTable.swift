/// Token texts and ids, found in either direction: an open-addressing hash table over one buffer.
struct TokenTable: Sendable {
  /// Ids stay below this, so that a damaged file cannot ask for any amount of memory.
  static let idLimit = 1 << 24

  let strings: PackedStrings
  /// The id of each entry of `strings`.
  let ids: [UInt32]
  /// The entry of each id, or -1.
  private let entries: [Int32]
  /// Upper half: upper half of the hash; lower half: entry + 1; 0 is an empty slot.
  private var slots: [UInt64]
  private let mask: Int

  /// Tokens `strings` numbered by `ids`; of equal strings the last counts.
  init(_ strings: PackedStrings, ids: [UInt32]) throws(TokenizerError) {
    precondition(strings.count == ids.count)
    self.strings = strings
    self.ids = ids
    let top = ids.max() ?? 0
    guard top < Self.idLimit, strings.count < Self.idLimit else {
      throw .idOutOfRange(id: Int(top), limit: Self.idLimit)
    }
    var entries = [Int32](repeating: -1, count: ids.isEmpty ? 0 : Int(top) + 1)
    for (entry, id) in ids.enumerated() { entries[Int(id)] = Int32(entry) }
    self.entries = entries
    var capacity = 16
    while capacity < strings.count * 2 { capacity *= 2 }
    slots = [UInt64](repeating: 0, count: capacity)
    mask = capacity - 1
    fill()
  }

  /// One more than the highest id.
  var idCount: Int { entries.count }

  /// The entry of `id`.
  func entry(of id: UInt32) -> Int? {
    guard id < entries.count, entries[Int(id)] >= 0 else { return nil }
    return Int(entries[Int(id)])
  }

  /// The id of the token that is exactly `text[range]`.
  func id(of text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    find(ByteHash(text, range).value) { bytes, stored in
      guard stored.count == range.count else { return false }
      for offset in 0..<range.count
      where bytes[stored.lowerBound + offset] != text[range.lowerBound + offset] { return false }
      return true
    }
  }

  /// The id of the token that is `text[first]` with `text[second]` after it.
  func id(of text: Span<UInt8>, _ first: Range<Int>, then second: Range<Int>) -> UInt32? {
    var hash = ByteHash(text, first)
    hash.append(text, second)
    return find(hash.value) { bytes, stored in
      guard stored.count == first.count + second.count else { return false }
      for offset in 0..<first.count
      where bytes[stored.lowerBound + offset] != text[first.lowerBound + offset] { return false }
      let rest = stored.lowerBound + first.count
      for offset in 0..<second.count
      where bytes[rest + offset] != text[second.lowerBound + offset] { return false }
      return true
    }
  }

  /// The id of the token that is `prefix` with `text[range]` after it.
  func id(of prefix: Span<UInt8>, then text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    var hash = ByteHash(prefix, 0..<prefix.count)
    hash.append(text, range)
    return find(hash.value) { bytes, stored in
      guard stored.count == prefix.count + range.count,
        bytes.starts(with: prefix, at: stored.lowerBound, end: stored.upperBound)
      else { return false }
      let rest = stored.lowerBound + prefix.count
      for offset in 0..<range.count
      where bytes[rest + offset] != text[range.lowerBound + offset] { return false }
      return true
    }
  }

  @inline(__always)
  private func find(_ hash: UInt64, where isEqual: (Span<UInt8>, Range<Int>) -> Bool) -> UInt32? {
    let bytes = strings.bytes.span
    let slots = slots.span
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0 {
      let slot = slots[index]
      if slot >> 32 == hash >> 32 {
        let entry = Int(slot & 0xFFFF_FFFF) - 1
        if isEqual(bytes, strings.range(of: entry)) { return ids[entry] }
      }
      index = (index + 1) & mask
    }
    return nil
  }

  private mutating func fill() {
    let buffer = strings.bytes
    let bytes = buffer.span
    for entry in 0..<strings.count {
      let range = strings.range(of: entry)
      let hash = ByteHash(bytes, range).value
      var index = Int(truncatingIfNeeded: hash) & mask
      while slots[index] != 0 {
        if slots[index] >> 32 == hash >> 32 {
          let other = strings.range(of: Int(slots[index] & 0xFFFF_FFFF) - 1)
          if other.count == range.count,
            bytes.starts(with: bytes.extracting(range), at: other.lowerBound, end: other.upperBound)
          {
            break
          }
        }
        index = (index + 1) & mask
      }
      slots[index] = (hash >> 32) << 32 | UInt64(entry + 1)
    }
  }
}

/// A running 64-bit hash of bytes: FNV-1a with a final mix.
struct ByteHash {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  /// The hash of `text[range]`.
  @inline(__always)
  init(_ text: Span<UInt8>, _ range: Range<Int>) { append(text, range) }

  /// Continues with `text[range]`.
  @inline(__always)
  mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
    for index in range { state = (state ^ UInt64(text[index])) &* 0x100_0000_01B3 }
  }

  var value: UInt64 {
    let mixed = (state ^ state >> 32) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ mixed >> 29
  }
}
