/// What turns pieces of text into tokens: one of the models of tokenizer.json.
enum Vocabulary: Sendable {
  case pairs(BytePairEncoding)
  case wordPiece(WordPiece)
  case unigram(Unigram)
  case scoredPairs(ScoredPairs)
  case wordLevel(WordLevel)

  /// All tokens but the added ones.
  var tokens: TokenTable {
    switch self {
    case .pairs(let model): model.tokens
    case .wordPiece(let model): model.tokens
    case .unigram(let model): model.tokens
    case .scoredPairs(let model): model.pieces.tokens
    case .wordLevel(let model): model.tokens
    }
  }

  /// How the token is spelled that stands for what the vocabulary lacks.
  var unknownToken: String? {
    switch self {
    case .pairs(let model): model.options.unknownToken
    case .wordPiece(let model): model.unknownToken
    case .unigram(let model): model.unknown.flatMap(text(of:))
    case .scoredPairs(let model): model.pieces.unknown.flatMap(text(of:))
    case .wordLevel(let model): model.unknownToken
    }
  }

  /// The unknown token if the reference takes the text that it stands for as its spelling.
  var unknownAsInText: UInt32? {
    guard case .unigram(let model) = self, model.dialect == .tokenizers else { return nil }
    return model.unknown
  }

  /// Whether pieces are to be raw bytes, which the model maps itself.
  var readsRawBytes: Bool {
    switch self {
    case .pairs(let model): model.readsRawBytes
    case .wordPiece, .wordLevel, .unigram, .scoredPairs: false
    }
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout TokenRow) throws(TokenizerError) {
    switch self {
    case .pairs(let model): model.encode(pieces, to: &output)
    case .wordPiece(let model): model.encode(pieces, to: &output)
    case .unigram(let model): model.encode(pieces, to: &output)
    case .scoredPairs(let model): model.encode(pieces, to: &output)
    case .wordLevel(let model): try model.encode(pieces, to: &output)
    }
  }

  private func text(of id: UInt32) -> String? {
    tokens.entry(of: id).map { String(decoding: tokens.strings[$0], as: UTF8.self) }
  }

  /// The id of the token that the vocabulary spells `text`.
  func id(of text: String) -> UInt32? {
    let bytes = Array(text.utf8)
    return tokens.id(of: bytes.span, 0..<bytes.count)
  }
}
