/// What turns pieces of text into tokens: one of the models of tokenizer.json.
enum Vocabulary: Sendable {
  case pairs(BytePairEncoding)
  case wordPiece(WordPiece)

  /// All tokens but the added ones.
  var tokens: TokenTable {
    switch self {
    case .pairs(let model): model.tokens
    case .wordPiece(let model): model.tokens
    }
  }

  /// How the token is spelled that stands for what the vocabulary lacks.
  var unknownToken: String? {
    switch self {
    case .pairs(let model): model.options.unknownToken
    case .wordPiece(let model): model.unknownToken
    }
  }

  /// Whether pieces are to be raw bytes, which the model maps itself.
  var readsRawBytes: Bool {
    switch self {
    case .pairs(let model): model.readsRawBytes
    case .wordPiece: false
    }
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout [TokenID]) {
    switch self {
    case .pairs(let model): model.encode(pieces, to: &output)
    case .wordPiece(let model): model.encode(pieces, to: &output)
    }
  }

  /// The id of the token that the vocabulary spells `text`.
  func id(of text: String) -> UInt32? {
    let bytes = Array(text.utf8)
    return tokens.id(of: bytes.span, 0..<bytes.count)
  }
}
