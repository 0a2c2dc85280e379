/// A text cut into pieces, in order. Nothing merges across the cuts.
struct Pieces {
  private(set) var bytes: [UInt8]
  private(set) var ranges: [Range<Int>]
  /// Whether `bytes` begins where the whole text began.
  private var startsAtOrigin: Bool

  /// The whole of `bytes` as one piece.
  ///
  /// - Parameter startsAtOrigin: no added token came before.
  init(_ bytes: [UInt8], startsAtOrigin: Bool) {
    self.bytes = bytes
    ranges = bytes.isEmpty ? [] : [0..<bytes.count]
    self.startsAtOrigin = startsAtOrigin
  }

  /// Cuts every piece into the parts that `cut` appends; empty parts are dropped.
  mutating func cut(_ cut: (Span<UInt8>, Range<Int>, inout [Range<Int>]) -> Void) {
    var parts: [Range<Int>] = []
    parts.reserveCapacity(ranges.count)
    for range in ranges { cut(bytes.span, range, &parts) }
    parts.removeAll { $0.isEmpty }
    ranges = parts
  }

  /// Replaces the text of every piece by what `rewrite` appends.
  ///
  /// It is told whether the piece begins where the whole text began.
  mutating func rewrite(_ rewrite: (Span<UInt8>, Range<Int>, Bool, inout [UInt8]) -> Void) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + bytes.count / 4)
    var parts: [Range<Int>] = []
    parts.reserveCapacity(ranges.count)
    for range in ranges {
      let start = output.count
      rewrite(bytes.span, range, startsAtOrigin && range.lowerBound == 0, &output)
      if output.count > start { parts.append(start..<output.count) }
    }
    startsAtOrigin = startsAtOrigin && ranges.first?.lowerBound == 0
    bytes = output
    ranges = parts
  }
}
