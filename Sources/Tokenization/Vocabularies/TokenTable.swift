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
    while capacity * 3 < strings.count * 4 { capacity *= 2 }
    slots = [UInt64](repeating: 0, count: capacity)
    mask = capacity - 1
    fill()
  }

  /// One more than the highest id.
  var idCount: Int { entries.count }

  /// Whether no text is there twice.
  var isInjective: Bool { slots.count { $0 != 0 } == strings.count }

  /// The entry of `id`.
  func entry(of id: UInt32) -> Int? {
    guard id < entries.count, entries[Int(id)] >= 0 else { return nil }
    return Int(entries[Int(id)])
  }

  /// The id of the token that is exactly `text[range]`.
  @inline(__always)
  func id(of text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    let bytes = strings.bytes.span
    let slots = slots.span
    let hash = text.hash(range)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0 {
      let slot = slots[index]
      if slot >> 32 == hash >> 32 {
        let entry = Int(slot & 0xFFFF_FFFF) - 1
        if bytes.equals(strings.range(of: entry), text, range) { return ids[entry] }
      }
      index = (index + 1) & mask
    }
    return nil
  }

  /// The ids of the tokens that `texts` are, `missing` for those that are none.
  ///
  /// Many at a time, step by step, so that the memory need not be waited for each time.
  func ids(of texts: PackedStrings, missing: UInt32) -> [UInt32] {
    let text = texts.bytes.span
    let bytes = strings.bytes.span
    let slots = slots.span
    var result: [UInt32] = []
    result.reserveCapacity(texts.count)
    let blockSize = 64
    var ranges = [Range<Int>](repeating: 0..<0, count: blockSize)
    var hashes = [UInt64](repeating: 0, count: blockSize)
    var entries = [Int](repeating: 0, count: blockSize)
    var stored = ranges
    for block in stride(from: 0, to: texts.count, by: blockSize) {
      let count = min(blockSize, texts.count - block)
      for index in 0..<count {
        ranges[index] = texts.range(of: block + index)
        hashes[index] = text.hash(ranges[index])
      }
      for index in 0..<count {
        let slot = slots[Int(truncatingIfNeeded: hashes[index]) & mask]
        entries[index] =
          slot != 0 && slot >> 32 == hashes[index] >> 32 ? Int(slot & 0xFFFF_FFFF) - 1 : -1
      }
      for index in 0..<count where entries[index] >= 0 {
        stored[index] = strings.range(of: entries[index])
      }
      for index in 0..<count {
        if entries[index] >= 0, bytes.equals(stored[index], text, ranges[index]) {
          result.append(ids[entries[index]])
        } else {
          result.append(id(of: text, ranges[index]) ?? missing)
        }
      }
    }
    return result
  }

  /// The id of the token that is `text[first]` with `text[second]` after it.
  func id(of text: Span<UInt8>, _ first: Range<Int>, then second: Range<Int>) -> UInt32? {
    id(of: text.extracting(first), then: text, second)
  }

  /// The id of the token that is `prefix` with `text[range]` after it.
  func id(of prefix: Span<UInt8>, then text: Span<UInt8>, _ range: Range<Int>) -> UInt32? {
    let count = prefix.count + range.count
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { buffer in
      for index in prefix.indices { unsafe buffer[index] = prefix[index] }
      for (index, place) in zip(prefix.count..., range) { unsafe buffer[index] = text[place] }
      let joined = unsafe Span(_unsafeElements: UnsafeBufferPointer(buffer))
      return id(of: joined, 0..<count)
    }
  }

  /// Whether the token `id` is `text[first]` with `text[second]` after it.
  func spells(_ id: UInt32, _ text: Span<UInt8>, _ first: Range<Int>, then second: Range<Int>)
    -> Bool
  {
    guard let entry = entry(of: id) else { return false }
    let range = strings.range(of: entry)
    guard range.count == first.count + second.count else { return false }
    let bytes = strings.bytes.span
    let cut = range.lowerBound + first.count
    return bytes.equals(range.lowerBound..<cut, text, first)
      && bytes.equals(cut..<range.upperBound, text, second)
  }

  private mutating func fill() {
    let buffer = strings.bytes
    let bytes = buffer.span
    for entry in 0..<strings.count {
      let range = strings.range(of: entry)
      let hash = bytes.hash(range)
      var index = Int(truncatingIfNeeded: hash) & mask
      while slots[index] != 0 {
        if slots[index] >> 32 == hash >> 32 {
          let other = strings.range(of: Int(slots[index] & 0xFFFF_FFFF) - 1)
          if bytes.equals(other, bytes, range) { break }
        }
        index = (index + 1) & mask
      }
      slots[index] = (hash >> 32) << 32 | UInt64(entry + 1)
    }
  }
}
