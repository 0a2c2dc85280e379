/// The `WordPiece` model: each piece becomes the longest tokens that spell it from left to right.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/models/wordpiece/mod.rs
struct WordPiece: Sendable {
  let tokens: TokenTable
  /// Stands for a piece that tokens cannot spell.
  let unknown: UInt32
  /// How the unknown token is spelled.
  let unknownToken: String
  /// Begins every token but the first of a piece.
  let prefix: [UInt8]
  /// Pieces of more characters are unknown.
  let characterLimit: Int

  /// - Throws: `TokenizerError` when the vocabulary has no unknown token.
  init(tokens: TokenTable, unknownToken: String, prefix: String, characterLimit: Int)
    throws(TokenizerError)
  {
    let bytes = Array(unknownToken.utf8)
    guard let unknown = tokens.id(of: bytes.span, 0..<bytes.count) else {
      throw .invalid(path: "model.unk_token", expected: "a token of the vocabulary")
    }
    self.tokens = tokens
    self.unknown = unknown
    self.unknownToken = unknownToken
    self.prefix = Array(prefix.utf8)
    self.characterLimit = characterLimit
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout [TokenID]) {
    let text = pieces.bytes.span
    for range in pieces.ranges {
      let start = output.count
      if !append(text, range, to: &output) {
        output.removeLast(output.count - start)
        output.append(TokenID(unknown))
      }
    }
  }

  /// `false` if tokens cannot spell `text[range]`; some may have been appended then.
  private func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [TokenID]) -> Bool
  {
    var characterCount = 0
    for index in range where text[index] & 0xC0 != 0x80 { characterCount += 1 }
    guard characterCount <= characterLimit else { return false }
    var start = range.lowerBound
    while start < range.upperBound {
      var end = range.upperBound
      var match: UInt32?
      while end > start {
        match = token(text, start..<end, continues: start > range.lowerBound)
        if match != nil { break }
        end -= text.scalar(before: end).length
      }
      guard let match else { return false }
      output.append(TokenID(match))
      start = end
    }
    return true
  }

  private func token(_ text: Span<UInt8>, _ range: Range<Int>, continues: Bool) -> UInt32? {
    continues ? tokens.id(of: prefix.span, then: text, range) : tokens.id(of: text, range)
  }
}
