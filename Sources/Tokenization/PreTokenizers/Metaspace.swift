/// SentencePiece's way with spaces: each becomes a visible sign, and one is put before the text.
struct Metaspace: Sendable {
  /// Where a sign is put although there is no space.
  enum PrependScheme: String, Sendable { case always, never, first }

  var replacement: [UInt8]
  var scheme: PrependScheme
  /// Whether to cut before each sign.
  var cuts: Bool

  func apply(to pieces: inout Pieces) throws(TokenizerError) {
    pieces.rewrite { rewriter, piece, isOrigin in
      let bytes = rewriter.input.bytes
      let text = bytes.span
      let beginsWithSign =
        text[piece.lowerBound] == 0x20
        || text.starts(with: replacement.span, at: piece.lowerBound, end: piece.upperBound)
      let prepends = scheme == .always || scheme == .first && isOrigin
      if prepends && !beginsWithSign { rewriter.replace(to: piece.lowerBound, with: replacement) }
      for index in piece where text[index] == 0x20 {
        rewriter.keep(to: index)
        rewriter.replace(to: index + 1, with: replacement)
      }
      rewriter.keep(to: piece.upperBound)
    }
    if cuts { try pieces.split(.literal(replacement), .mergedWithNext, inverted: false) }
  }
}
