/// How WordPiece tokens become text.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/decoders/wordpiece.rs
enum WordPieceText {
  /// What a tokenizer puts apart, and how it is put together again.
  private static let repairs: [(String, String)] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ]

  /// Appends the token `text[range]` as it reads after others: without its prefix, or after a space.
  static func append(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ prefix: [UInt8],
    isFirst: Bool,
    cleansUp: Bool,
    to output: inout [UInt8]
  ) {
    var token: [UInt8] = []
    let continues = text.starts(with: prefix.span, at: range.lowerBound, end: range.upperBound)
    if !isFirst && !continues { token.append(0x20) }
    let start = range.lowerBound + (!isFirst && continues ? prefix.count : 0)
    text.copy(start..<range.upperBound, to: &token)
    if cleansUp {
      for (apart, together) in repairs {
        var repaired: [UInt8] = []
        let pattern = SplitPattern.literal(Array(apart.utf8))
        token.span.replace(
          pattern,
          with: Array(together.utf8),
          in: 0..<token.count,
          to: &repaired
        )
        token = repaired
      }
    }
    output += token
  }
}
