/// The `WordLevel` model: each piece is a token as it is, or unknown.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/models/wordlevel/mod.rs
struct WordLevel: Sendable {
  let tokens: TokenTable
  /// How the token is spelled that stands for all other pieces.
  let unknownToken: String
  private let unknown: UInt32?

  init(tokens: TokenTable, unknownToken: String) {
    self.tokens = tokens
    self.unknownToken = unknownToken
    let bytes = Array(unknownToken.utf8)
    unknown = tokens.id(of: bytes.span, 0..<bytes.count)
  }

  /// Appends the tokens of every piece to `output`.
  ///
  /// - Throws: `TokenizerError` when a piece is unknown and there is no token to say so.
  func encode(_ pieces: Pieces, to output: inout TokenRow) throws(TokenizerError) {
    for range in pieces.ranges {
      guard let id = tokens.id(of: pieces.text.bytes.span, range) ?? unknown else {
        throw .invalid(path: "model.unk_token", expected: "a token of the vocabulary")
      }
      output.append(id, length: range.count)
      output.endPiece()
    }
  }
}
