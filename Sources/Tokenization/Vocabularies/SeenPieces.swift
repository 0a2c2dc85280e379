/// Remembers pieces of one text and where their tokens are, so that a frequent word is merged once.
///
/// A small table without chains: a newer piece takes the place of an older one.
struct SeenPieces {
  private struct Entry {
    var piece = 0..<0
    var tokens = 0..<0
  }

  private var entries: [Entry]

  /// A short text gets no table: making it would take longer than it saves.
  init(expecting count: Int) {
    entries = count < 256 ? [] : [Entry](repeating: Entry(), count: 4096)
  }

  /// Where `text[piece]` would be kept; `nil` if it is not worth keeping.
  @inline(__always)
  func slot(of text: Span<UInt8>, _ piece: Range<Int>) -> Int? {
    guard !entries.isEmpty, piece.count <= 32 else { return nil }
    return Int(truncatingIfNeeded: text.hash(piece) >> 32) & (entries.count - 1)
  }

  /// The tokens of the piece in `slot` if it reads like `text[piece]`.
  @inline(__always)
  func tokens(in slot: Int?, equalTo piece: Range<Int>, of text: Span<UInt8>) -> Range<Int>? {
    guard let slot else { return nil }
    let entry = entries[slot]
    guard !piece.isEmpty, text.equals(entry.piece, text, piece) else { return nil }
    return entry.tokens
  }

  /// Keeps `piece` and its tokens.
  @inline(__always)
  mutating func remember(_ piece: Range<Int>, tokens: Range<Int>, in slot: Int?) {
    if let slot { entries[slot] = Entry(piece: piece, tokens: tokens) }
  }
}
