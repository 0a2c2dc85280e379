/// The `Unigram` model: of all ways to spell a text with tokens the one with the best sum of scores.
///
/// Sources: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/models/unigram/model.rs,
/// https://github.com/google/sentencepiece/blob/master/src/unigram_model.cc
struct Unigram: Sendable {
  /// Whose rules are followed.
  enum Dialect: Sendable {
    /// All tokens are found in text; an unknown run may be a token itself.
    case tokenizers
    /// Tokens are found as their kind says.
    case sentencePiece
  }

  /// What an unknown character costs beyond the worst token.
  private static let unknownPenalty = 10.0

  let tokens: TokenTable
  let dialect: Dialect
  /// Whether sums are kept in single precision.
  let roundsSums: Bool
  let unknown: UInt32?
  let fallsBackToBytes: Bool
  let trie: PrefixTrie
  /// Whether no token reaches over the beginning of a word.
  let cutsAtWords: Bool
  /// The score of each entry of `tokens`.
  let scores: [Double]
  let unknownScore: Double
  /// The ids of `<0x00>`…`<0xFF>`, if all are there.
  private let fallbackIDs: [UInt32?]

  /// The model of tokenizer.json: tokens numbered in their order.
  ///
  /// - Throws: `TokenizerError` if there is no token, `unknown` is none of them, or they take too
  ///   much room.
  init(tokens: TokenTable, scores: [Double], unknown: Int?, fallsBackToBytes: Bool)
    throws(TokenizerError)
  {
    guard !scores.isEmpty, scores.count == tokens.ids.count else {
      throw .invalid(path: "model.vocab", expected: "tokens with scores")
    }
    if let unknown, unknown < 0 || unknown >= scores.count {
      throw .invalid(path: "model.unk_id", expected: "a token of the vocabulary")
    }
    try self.init(
      tokens: tokens,
      scores: scores,
      worst: scores.min() ?? 0,
      unknown: unknown.map { UInt32($0) },
      fallsBackToBytes: fallsBackToBytes,
      dialect: .tokenizers,
      roundsSums: false,
      cutsAtWords: false
    ) { _ in true }
  }

  /// The model of a SentencePiece vocabulary.
  ///
  /// - Parameter roundsSums: keep sums in single precision, as SentencePiece itself does.
  /// - Throws: `TokenizerError` if the tokens take too much room.
  init(pieces: SentencePieceVocabulary, fallsBackToBytes: Bool, roundsSums: Bool)
    throws(TokenizerError)
  {
    let kinds = pieces.kinds
    let scores = kinds.indices.map { id in
      // User-defined pieces are to win over any normal ones that spell the same.
      let length = pieces.tokens.strings.range(of: id).count
      return kinds[id] == .userDefined
        ? Double(Float(0.1 * Double(length - 1))) : Double(pieces.scores[id])
    }
    let normal = kinds.indices.lazy.filter { kinds[$0] == .normal }
    try self.init(
      tokens: pieces.tokens,
      scores: scores,
      worst: normal.map { scores[$0] }.min() ?? Double(Float.greatestFiniteMagnitude),
      unknown: pieces.unknown,
      fallsBackToBytes: fallsBackToBytes,
      dialect: .sentencePiece,
      roundsSums: roundsSums,
      cutsAtWords: pieces.cutsAtWords
    ) { kinds[$0] == .normal || kinds[$0] == .userDefined }
  }

  private init(
    tokens: TokenTable,
    scores: [Double],
    worst: Double,
    unknown: UInt32?,
    fallsBackToBytes: Bool,
    dialect: Dialect,
    roundsSums: Bool,
    cutsAtWords: Bool,
    isFound: (Int) -> Bool
  ) throws(TokenizerError) {
    self.tokens = tokens
    self.scores = scores
    self.unknown = unknown
    self.dialect = dialect
    self.roundsSums = roundsSums
    self.cutsAtWords = cutsAtWords
    self.fallsBackToBytes = fallsBackToBytes
    unknownScore =
      roundsSums
      ? Double(Float(worst) - Float(Self.unknownPenalty)) : worst - Self.unknownPenalty
    var trie = PrefixTrie(byteCount: tokens.strings.bytes.count)
    let text = tokens.strings.bytes.span
    for entry in scores.indices where isFound(entry) {
      guard trie.insert(text, tokens.strings.range(of: entry), value: Int32(entry)) else {
        throw .idOutOfRange(id: entry, limit: entry)
      }
    }
    self.trie = trie
    fallbackIDs = (0...UInt8.max).map { byte in
      let name = Array(BytePairEncoding.fallbackName(of: byte).utf8)
      return tokens.id(of: name.span, 0..<name.count)
    }
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout TokenRow) {
    let text = pieces.text.bytes.span
    var path = BestPath()
    var seen = SeenPieces(expecting: pieces.ranges.count)
    for range in pieces.ranges {
      let start = output.count
      let slot = seen.slot(of: text, range)
      if let tokens = seen.tokens(in: slot, equalTo: range, of: text) {
        output.append(copyOf: tokens)
      } else {
        path.find(in: text, range, of: self, to: &output)
        seen.remember(range, tokens: start..<output.count, in: slot)
      }
      output.endPiece()
    }
  }

  /// The ids of the bytes of `text[range]` if they are to stand for it.
  func fallback(_ text: Span<UInt8>, _ range: Range<Int>) -> [UInt32]? {
    guard fallsBackToBytes else { return nil }
    var ids: [UInt32] = []
    for index in range {
      guard let id = fallbackIDs[Int(text[index])] else { return nil }
      ids.append(id)
    }
    return ids
  }
}
