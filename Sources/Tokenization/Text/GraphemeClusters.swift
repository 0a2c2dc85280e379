/// The extended grapheme clusters of a text.
///
/// Source: https://www.unicode.org/reports/tr29/
enum GraphemeClusters {
  /// Calls `body` with each cluster of `text`, in order.
  @inline(__always)
  static func forEach(in text: Span<UInt8>, _ body: (Range<Int>) -> Void) {
    var start = 0
    var index = 0
    var isAfterPlain = false
    // Between two plain scalars there is always a boundary: only what lies between needs the rules.
    while index < text.count {
      let scalar = text.scalar(at: index)
      let isPlain = isPlain(scalar.value)
      if isPlain, isAfterPlain {
        forEachByRules(in: text, start..<index, body)
        start = index
      }
      isAfterPlain = isPlain
      index = min(text.count, index + scalar.length)
    }
    if start < text.count { forEachByRules(in: text, start..<text.count, body) }
  }

  @inline(__always)
  private static func forEachByRules(
    in text: Span<UInt8>,
    _ range: Range<Int>,
    _ body: (Range<Int>) -> Void
  ) {
    if range.count <= text.scalar(at: range.lowerBound).length {
      body(range)
      return
    }
    for cluster in clusters(in: text, range) {
      body(cluster)
    }
  }

  private static func clusters(in text: Span<UInt8>, _ range: Range<Int>) -> [Range<Int>] {
    let string = String(decoding: text.array(range), as: UTF8.self)
    var clusters: [Range<Int>] = []
    var index = string.startIndex
    var start = range.lowerBound
    while index < string.endIndex {
      let next = string.index(after: index)
      let end = start + string.utf8.distance(from: index, to: next)
      clusters.append(start..<end)
      (index, start) = (next, end)
    }
    return clusters
  }

  /// Whether the scalar joins no other of its kind: letters and signs of the scripts in wide use.
  @inline(__always)
  private static func isPlain(_ value: UInt32) -> Bool {
    switch value {
    case 0x0D, 0xA9, 0xAD, 0xAE: false
    case 0..<0x300, 0x370..<0x483, 0x48A..<0x591, 0x5D0..<0x600: true
    case 0x3041..<0x3099, 0x309B..<0x3297, 0x3400..<0xA000, 0xFF01..<0xFF9E: true
    default: false
    }
  }
}

extension Span<UInt8> {
  /// The bytes of `range`.
  func array(_ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    copy(range, to: &bytes)
    return bytes
  }
}
