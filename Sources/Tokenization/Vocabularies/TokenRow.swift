/// The tokens of a text as a vocabulary gives them, piece by piece.
struct TokenRow {
  private(set) var ids: [TokenID] = []
  /// How many bytes of its piece each token takes; empty unless the text is traced.
  private(set) var lengths: [UInt32] = []
  /// How many tokens there are when a piece ends; empty unless the text is traced.
  private(set) var pieceEnds: [Int] = []
  let isTraced: Bool
  /// The mark of a length after which the next token begins at the same place.
  private static let staying: UInt32 = 1 << 31

  init(isTraced: Bool) { self.isTraced = isTraced }

  var count: Int { ids.count }

  /// Adds the token `id` that takes `length` bytes of its piece.
  @inline(__always)
  mutating func append(_ id: UInt32, length: Int) {
    ids.append(TokenID(id))
    if isTraced { lengths.append(UInt32(truncatingIfNeeded: length)) }
  }

  /// Adds the token `id` for the next `length` bytes of its piece, which the next token stands for too.
  mutating func append(_ id: UInt32, lengthAhead length: Int) {
    ids.append(TokenID(id))
    if isTraced { lengths.append(UInt32(truncatingIfNeeded: length) | Self.staying) }
  }

  /// Gives the last token `length` more bytes.
  mutating func lengthen(by length: Int) {
    guard isTraced, let last = lengths.indices.last else { return }
    lengths[last] &+= UInt32(truncatingIfNeeded: length)
  }

  /// The bytes of the token at `index`, and whether the next token stands for the same.
  func length(at index: Int) -> (count: Int, stays: Bool) {
    (Int(lengths[index] & ~Self.staying), lengths[index] & Self.staying != 0)
  }

  /// Adds tokens that are there already.
  @inline(__always)
  mutating func append(copyOf range: Range<Int>) {
    for index in range { ids.append(ids[index]) }
    if isTraced { for index in range { lengths.append(lengths[index]) } }
  }

  /// Takes away all tokens but the first `count`.
  mutating func shorten(to count: Int) {
    ids.removeLast(ids.count - count)
    if isTraced { lengths.removeLast(lengths.count - count) }
  }

  /// Ends a piece.
  @inline(__always)
  mutating func endPiece() { if isTraced { pieceEnds.append(ids.count) } }

  /// Makes room for tokens of another text.
  mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    pieceEnds.removeAll(keepingCapacity: true)
  }
}
