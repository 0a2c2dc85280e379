/// SentencePiece's way with spaces: each becomes a visible sign, and one is put before the text.
struct Metaspace: Sendable {
  /// Where a sign is put although there is no space.
  enum PrependScheme: String, Sendable { case always, never, first }

  var replacement: [UInt8]
  var scheme: PrependScheme
  /// Whether to cut before each sign.
  var cuts: Bool

  func apply(to pieces: inout Pieces) {
    pieces.rewrite { text, piece, isOrigin, output in
      let beginsWithSign =
        text[piece.lowerBound] == 0x20
        || text.starts(with: replacement.span, at: piece.lowerBound, end: piece.upperBound)
      let prepends = scheme == .always || scheme == .first && isOrigin
      if prepends && !beginsWithSign { output.append(contentsOf: replacement) }
      for index in piece {
        if text[index] == 0x20 {
          output.append(contentsOf: replacement)
        } else {
          output.append(text[index])
        }
      }
    }
    if cuts { pieces.split(.literal(replacement), .mergedWithNext, inverted: false) }
  }
}
