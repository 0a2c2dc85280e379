/// The stages that a GGUF file's kind of tokenizer has.
struct GGUFPipeline {
  var normalizer: Normalizer?
  var preTokenizer: PreTokenizer?
  var model: Vocabulary
  var decoder: Decoder
  var addsBeginOfSequence = false
  var addsEndOfSequence = false

  private static let sign = SentencePieceVocabulary.sign

  /// Pairs by merges: `gpt2`.
  init(pairs vocabulary: GGUFVocabulary, pre: String?) throws(TokenizerError) {
    let named = try GGUFPreTokenizer(name: pre)
    let tokens = try TokenTable(
      vocabulary.tokens,
      ids: Array(0..<UInt32(vocabulary.tokens.count))
    )
    var options = BytePairEncoding.Options()
    options.ignoresMerges = named.ignoresMerges
    if named.spelling == .signs {
      options.unknownToken = vocabulary.text(of: vocabulary.unknown)
      options.fusesUnknown = true
      options.fallsBackToBytes = true
    }
    // Falcon's steps need the characters that stand for bytes.
    let mapsBytesFirst = named.steps.contains(where: \.mapsBytes)
    let pairs = BytePairEncoding(
      tokens: tokens,
      merges: try MergeTable(vocabulary, tokens: tokens),
      options: options,
      prefersRawBytes: named.spelling == .bytes && !mapsBytesFirst
    )
    model = .pairs(pairs)
    normalizer = named.normalizer
    addsBeginOfSequence = named.addsBeginOfSequence
    var steps = named.steps
    switch named.spelling {
    case .bytes:
      if vocabulary.addSpacePrefix == true {
        steps.insert(.byteLevel(addsPrefixSpace: true, cutsWords: false, mapsBytes: false), at: 0)
      }
      if !mapsBytesFirst {
        steps.append(
          .byteLevel(addsPrefixSpace: false, cutsWords: false, mapsBytes: !pairs.readsRawBytes)
        )
      }
      decoder = .byteLevel
    case .signs:
      normalizer = .replace(.literal([0x20]), with: Self.sign)
      decoder = .sequence([.replace(.literal(Self.sign), with: [0x20]), .byteFallback, .fuse])
    case .plain: decoder = .fuse
    }
    preTokenizer = steps.isEmpty ? nil : .sequence(steps)
  }

  /// Pairs by the scores of what they become: `llama`.
  init(sentencePiece vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let pieces = try SentencePieceVocabulary(vocabulary)
    model = .scoredPairs(ScoredPairs(pieces, fallsBackToBytes: pieces.hasAllBytes))
    let replace = Normalizer.replace(.literal([0x20]), with: Self.sign)
    let prefixes = vocabulary.addSpacePrefix ?? true
    normalizer = prefixes ? .sequence([.prepend(Self.sign), replace]) : replace
    let steps: [Decoder] = [.replace(.literal(Self.sign), with: [0x20]), .byteFallback, .fuse]
    decoder = .sequence(prefixes ? steps + [.strip(content: 0x20, start: 1, stop: 0)] : steps)
    addsBeginOfSequence = true
  }

  /// `bert`: words begin with U+2581, and their other tokens with nothing.
  init(wordPiece vocabulary: GGUFVocabulary) throws(TokenizerError) {
    var texts = PackedStrings()
    for index in 0..<vocabulary.tokens.count {
      let text = vocabulary.tokens[index]
      let isPlain = index >= vocabulary.types.count || [0, 1].contains(vocabulary.types[index])
      if text.starts(with: Self.sign) {
        texts.append(text.dropFirst(Self.sign.count))
      } else if isPlain && !(text.first == UInt8(ascii: "[") && text.last == UInt8(ascii: "]")) {
        texts.append(Array("##".utf8) + text)
      } else {
        texts.append(text)
      }
    }
    let tokens = try TokenTable(texts, ids: Array(0..<UInt32(texts.count)))
    let lowercases = vocabulary.lowercases ?? true
    model = .wordPiece(
      try WordPiece(
        tokens: tokens,
        unknownToken: vocabulary.text(of: vocabulary.unknown ?? 100) ?? "[UNK]",
        prefix: "##",
        characterLimit: 100
      )
    )
    normalizer = .bert(
      BertNormalization(
        cleansText: true,
        separatesIdeographs: true,
        stripsAccents: vocabulary.stripsAccents ?? lowercases,
        lowercases: lowercases
      )
    )
    preTokenizer = .bert
    decoder = .wordPiece(prefix: Array("##".utf8), cleansUp: true)
  }

  /// The best sum of scores: `t5`.
  init(unigram vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let pieces = try SentencePieceVocabulary(vocabulary)
    var normalization = SentencePieceNormalization()
    if let bytes = vocabulary.characterMap, !bytes.isEmpty {
      let path = "tokenizer.ggml.precompiled_charsmap"
      normalization.map = try CharacterMap(bytes.span, path: path)
    }
    normalization.removesExtraSpaces = vocabulary.removesExtraSpaces ?? false
    normalization.addsPrefix =
      vocabulary.addSpacePrefix ?? false || normalization.removesExtraSpaces
    normalization.prefixesEveryPart = true
    normalization.userDefined = pieces.userDefined
    normalizer = .sentencePiece(normalization)
    model = .unigram(try Unigram(pieces: pieces, fallsBackToBytes: false, roundsSums: false))
    decoder = .metaspace(replacement: Self.sign, dropsFirst: normalization.addsPrefix)
    addsEndOfSequence = true
  }
}

extension GGUFVocabulary {
  fileprivate func text(of id: TokenID?) -> String? {
    guard let id, id.index < tokens.count else { return nil }
    return String(decoding: tokens[id.index], as: UTF8.self)
  }
}

extension PreTokenizer {
  fileprivate var mapsBytes: Bool {
    if case .byteLevel(_, _, let mapsBytes) = self { mapsBytes } else { false }
  }
}

extension SentencePieceVocabulary {
  /// The pieces that a GGUF file lists.
  fileprivate init(_ vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let count = vocabulary.tokens.count
    guard let scores = vocabulary.scores, scores.count >= count else {
      throw .missing(path: "tokenizer.ggml.scores")
    }
    var kinds = (0..<count).map { index in
      index < vocabulary.types.count
        ? UInt8(exactly: vocabulary.types[index]).flatMap(Kind.init) ?? .normal : .normal
    }
    // Converters fill up vocabularies with tokens that no text has.
    for index in kinds.indices
    where kinds[index] == .unused && vocabulary.tokens[index].starts(with: "[PAD".utf8) {
      kinds[index] = .control
    }
    let unknown = vocabulary.unknown.map(\.rawValue) ?? (vocabulary.model == "t5" ? 2 : 0)
    guard Int(unknown) < count else {
      throw .invalid(path: "tokenizer.ggml.unknown_token_id", expected: "a token of the vocabulary")
    }
    if scores.prefix(count).contains(where: { !$0.isFinite }) {
      throw .invalid(path: "tokenizer.ggml.scores", expected: "finite numbers")
    }
    try self.init(
      vocabulary.tokens,
      scores: Array(scores.prefix(count)),
      kinds: kinds,
      unknown: unknown
    )
  }

  /// Whether every byte has a piece.
  fileprivate var hasAllBytes: Bool {
    (0...UInt8.max).allSatisfy { byte in
      let name = Array(BytePairEncoding.fallbackName(of: byte).utf8)
      return tokens.id(of: name.span, 0..<name.count) != nil
    }
  }
}

extension MergeTable {
  /// The merges that a GGUF file lists as "left right", best first.
  fileprivate init(_ vocabulary: GGUFVocabulary, tokens: TokenTable) throws(TokenizerError) {
    self.init(capacity: vocabulary.merges.count)
    let text = vocabulary.merges.bytes.span
    for rank in 0..<vocabulary.merges.count {
      let range = vocabulary.merges.range(of: rank)
      // The left token may begin with a space of its own, so the first byte does not count.
      var space = range.lowerBound + 1
      while space < range.upperBound, text[space] != 0x20 { space += 1 }
      guard space < range.upperBound else {
        throw .invalid(path: "tokenizer.ggml.merges[\(rank)]", expected: "two tokens")
      }
      try insert(
        rank: rank,
        range.lowerBound..<space,
        space + 1..<range.upperBound,
        of: text,
        tokens: tokens
      )
    }
  }
}
