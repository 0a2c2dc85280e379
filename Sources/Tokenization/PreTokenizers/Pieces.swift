/// A text cut into pieces, in order. Nothing merges across the cuts.
struct Pieces {
  private(set) var text: TracedText
  private(set) var ranges: [Range<Int>]
  /// Whether the text begins where the whole text began.
  private var startsAtOrigin: Bool

  /// All bytes; only those in `ranges` count.
  var bytes: [UInt8] { text.bytes }

  /// The whole of `text` as one piece.
  init(_ text: TracedText) {
    self.text = text
    ranges = text.bytes.isEmpty ? [] : [0..<text.bytes.count]
    startsAtOrigin = text.origin == 0
  }

  /// Cuts every piece into the parts that `cut` appends; empty parts are dropped.
  mutating func cut<Failure: Error>(
    _ cut: (Span<UInt8>, Range<Int>, inout [Range<Int>]) throws(Failure) -> Void
  ) throws(Failure) {
    var parts: [Range<Int>] = []
    parts.reserveCapacity(max(ranges.count, text.bytes.count / 5))
    for range in ranges { try cut(text.bytes.span, range, &parts) }
    parts.removeAll { $0.isEmpty }
    ranges = parts
  }

  /// Writes the text of every piece anew.
  ///
  /// `rewrite` is told whether the piece begins where the whole text began, and keeps or replaces all of it.
  mutating func rewrite(_ rewrite: (inout TextRewriter, Range<Int>, Bool) -> Void) {
    var rewriter = TextRewriter(text)
    var parts: [Range<Int>] = []
    parts.reserveCapacity(ranges.count)
    for range in ranges {
      rewriter.skip(to: range.lowerBound)
      let start = rewriter.output.bytes.count
      rewrite(&rewriter, range, isOrigin(range))
      let end = rewriter.output.bytes.count
      if end > start { parts.append(start..<end) }
    }
    startsAtOrigin = startsAtOrigin && ranges.first?.lowerBound == 0
    text = rewriter.output
    ranges = parts
  }

  private func isOrigin(_ range: Range<Int>) -> Bool {
    text.isTraced
      ? text.sources[range.lowerBound].start == 0 : startsAtOrigin && range.lowerBound == 0
  }
}
