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
  /// Bytes of the longest token.
  private let longestToken: Int

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
    longestToken = tokens.strings.longestCount
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout TokenRow) {
    let text = pieces.text.bytes.span
    var seen = SeenPieces(expecting: pieces.ranges.count)
    for range in pieces.ranges {
      let start = output.count
      let slot = seen.slot(of: text, range)
      if let tokens = seen.tokens(in: slot, equalTo: range, of: text) {
        output.append(copyOf: tokens)
      } else {
        if !append(text, range, to: &output) {
          output.shorten(to: start)
          output.append(unknown, length: range.count)
        }
        seen.remember(range, tokens: start..<output.count, in: slot)
      }
      output.endPiece()
    }
  }

  /// `false` if tokens cannot spell `text[range]`; some may have been appended then.
  private func append(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout TokenRow) -> Bool {
    var characterCount = 0
    for index in range where text[index] & 0xC0 != 0x80 { characterCount += 1 }
    guard characterCount <= characterLimit else { return false }
    var start = range.lowerBound
    while start < range.upperBound {
      // No token is longer than the longest.
      var end = min(range.upperBound, start + longestToken)
      while end > start, end < range.upperBound, text[end] & 0xC0 == 0x80 { end -= 1 }
      var match: UInt32?
      while end > start {
        match = token(text, start..<end, continues: start > range.lowerBound)
        if match != nil { break }
        end -= text.scalar(before: end).length
      }
      guard let match else { return false }
      output.append(match, length: end - start)
      start = end
    }
    return true
  }

  private func token(_ text: Span<UInt8>, _ range: Range<Int>, continues: Bool) -> UInt32? {
    continues ? tokens.id(of: prefix.span, then: text, range) : tokens.id(of: text, range)
  }
}
