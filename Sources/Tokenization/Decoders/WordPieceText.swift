/// How WordPiece tokens become text.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/decoders/wordpiece.rs
enum WordPieceText {
  /// What a tokenizer puts apart, and how it is put together again.
  private static let repairs: [([UInt8], [UInt8])] = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { (Array($0.utf8), Array($1.utf8)) }

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
    if !isFirst, !contains(0x20, text, range) {
      appendWord(text, range, prefix, cleansUp: cleansUp, to: &output)
      return
    }
    let continues = text.starts(with: prefix.span, at: range.lowerBound, end: range.upperBound)
    if !isFirst && !continues { token.append(0x20) }
    let start = range.lowerBound + (!isFirst && continues ? prefix.count : 0)
    text.copy(start..<range.upperBound, to: &token)
    output += cleansUp ? repaired(token) : token
  }

  /// What stands before these loses its space.
  private static let joined: [[UInt8]] = [".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"]
    .map { Array($0.utf8) }

  /// Appends a token without spaces: then only its beginning can be repaired.
  private static func appendWord(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ prefix: [UInt8],
    cleansUp: Bool,
    to output: inout [UInt8]
  ) {
    guard !range.isEmpty else {
      output.append(0x20)
      return
    }
    if text.starts(with: prefix.span, at: range.lowerBound, end: range.upperBound) {
      text.copy(range.lowerBound + prefix.count..<range.upperBound, to: &output)
      return
    }
    let mayJoin = cleansUp && (text[range.lowerBound] < 0x40 || text[range.lowerBound] == 0x6E)
    let joins =
      mayJoin
      && joined.contains { text.starts(with: $0.span, at: range.lowerBound, end: range.upperBound) }
    if !joins { output.append(0x20) }
    text.copy(range, to: &output)
  }

  private static func contains(_ byte: UInt8, _ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where text[index] == byte { return true }
    return false
  }

  /// `token` with what a tokenizer put apart put together.
  static func repaired(_ token: [UInt8]) -> [UInt8] {
    // All of them begin with a space.
    guard token.contains(0x20) else { return token }
    var token = token
    for (apart, together) in repairs {
      var repaired: [UInt8] = []
      token.span.replace(apart, with: together, in: 0..<token.count, to: &repaired)
      token = repaired
    }
    return token
  }
}
