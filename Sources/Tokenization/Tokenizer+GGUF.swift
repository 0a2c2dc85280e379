extension Tokenizer {
  /// The tokenizer of a GGUF file: `gpt2` (byte-level pairs) or `llama` (SentencePiece pairs).
  ///
  /// Control and unknown tokens become special tokens, user-defined ones added tokens.
  public init(gguf vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let tokens = try TokenTable(
      vocabulary.tokens,
      ids: Array(0..<UInt32(clamping: vocabulary.tokens.count))
    )
    var addedTokens = AddedTokens()
    for (index, type) in vocabulary.types.prefix(vocabulary.tokens.count).enumerated()
    where (2...4).contains(type) {
      let content = String(decoding: vocabulary.tokens[index], as: UTF8.self)
      addedTokens.append(AddedToken(content: content, id: UInt32(index), isSpecial: type != 4))
    }
    addedTokens.index(normalizer: nil)
    var specialTokens = SpecialTokens()
    func named(_ id: TokenID?) -> NamedToken? {
      guard let id, id.index < vocabulary.tokens.count else { return nil }
      let text = String(decoding: vocabulary.tokens[id.index], as: UTF8.self)
      return NamedToken(text: text, id: id)
    }
    specialTokens.beginOfSequence = named(vocabulary.beginOfSequence)
    specialTokens.endOfSequence = named(vocabulary.endOfSequence)
    specialTokens.endOfTurn = named(vocabulary.endOfTurn)
    specialTokens.unknown = named(vocabulary.unknown)
    specialTokens.padding = named(vocabulary.padding)

    let parts: GGUFPipeline
    switch vocabulary.model {
    case "gpt2": parts = try GGUFPipeline(byteLevel: vocabulary, tokens: tokens)
    case "llama": parts = try GGUFPipeline(sentencePiece: vocabulary, tokens: tokens)
    default: throw .unsupported(path: "tokenizer.ggml.model", name: vocabulary.model)
    }
    let begin = vocabulary.addBOS ?? parts.addsBeginOfSequence
    let end = vocabulary.addEOS ?? false
    self.init(
      normalizer: parts.normalizer,
      preTokenizer: parts.preTokenizer,
      model: .pairs(parts.model),
      template: .around(
        before: begin ? [specialTokens.beginOfSequence?.id].compactMap(\.self) : [],
        after: end ? [specialTokens.endOfSequence?.id].compactMap(\.self) : []
      ),
      decoder: parts.decoder,
      addedTokens: addedTokens,
      specialTokens: specialTokens
    )
  }
}

/// The stages that a GGUF file's kind of tokenizer has.
private struct GGUFPipeline {
  var normalizer: Normalizer?
  var preTokenizer: PreTokenizer?
  var model: BytePairEncoding
  var decoder: Decoder
  var addsBeginOfSequence: Bool

  init(byteLevel vocabulary: GGUFVocabulary, tokens: TokenTable) throws(TokenizerError) {
    let named = try GGUFPreTokenizer(name: vocabulary.pre)
    var merges = MergeTable(capacity: vocabulary.merges.count)
    let text = vocabulary.merges.bytes.span
    for rank in 0..<vocabulary.merges.count {
      let range = vocabulary.merges.range(of: rank)
      // The left token may begin with a space of its own, so the first byte does not count.
      var space = range.lowerBound + 1
      while space < range.upperBound, text[space] != 0x20 { space += 1 }
      guard space < range.upperBound else {
        throw .invalid(path: "tokenizer.ggml.merges[\(rank)]", expected: "two tokens")
      }
      try merges.insert(
        rank: rank,
        range.lowerBound..<space,
        space + 1..<range.upperBound,
        of: text,
        tokens: tokens
      )
    }
    var options = BytePairEncoding.Options()
    options.ignoresMerges = named.ignoresMerges
    model = BytePairEncoding(
      tokens: tokens,
      merges: merges,
      options: options,
      prefersRawBytes: true
    )
    let last = PreTokenizer.byteLevel(
      addsPrefixSpace: false,
      cutsWords: false,
      mapsBytes: !model.readsRawBytes
    )
    let first: [PreTokenizer] =
      vocabulary.addSpacePrefix == true
      ? [.byteLevel(addsPrefixSpace: true, cutsWords: false, mapsBytes: false)] : []
    preTokenizer = .sequence(first + named.steps + [last])
    normalizer = named.normalizer
    decoder = .byteLevel
    addsBeginOfSequence = named.addsBeginOfSequence
  }

  init(sentencePiece vocabulary: GGUFVocabulary, tokens: TokenTable) throws(TokenizerError) {
    guard let scores = vocabulary.scores, scores.count >= tokens.ids.count else {
      throw .missing(path: "tokenizer.ggml.scores")
    }
    var options = BytePairEncoding.Options()
    options.unknownToken = vocabulary.unknown.flatMap { id in
      id.index < vocabulary.tokens.count
        ? String(decoding: vocabulary.tokens[id.index], as: UTF8.self) : nil
    }
    options.fusesUnknown = true
    options.fallsBackToBytes = true
    model = BytePairEncoding(
      tokens: tokens,
      merges: MergeTable(scores: scores, types: vocabulary.types, tokens: tokens),
      options: options,
      prefersRawBytes: false
    )
    let sign = Array("▁".utf8)
    let replace = Normalizer.replace(.literal([0x20]), with: sign)
    let prefixes = vocabulary.addSpacePrefix ?? true
    normalizer = prefixes ? .sequence([.prepend(sign), replace]) : replace
    let steps: [Decoder] = [.replace(sign, with: [0x20]), .byteFallback, .fuse]
    decoder = .sequence(prefixes ? steps + [.strip(content: 0x20, start: 1, stop: 0)] : steps)
    addsBeginOfSequence = true
  }
}

extension MergeTable {
  /// The merges that a SentencePiece vocabulary implies: two tokens that together spell a third
  /// become it, the best score first.
  fileprivate init(scores: [Float], types: [Int32], tokens: TokenTable) {
    func isMerged(_ id: Int) -> Bool {
      let type = id < types.count ? types[id] : 1
      return type == 1 || type == 4
    }
    let order = (0..<tokens.ids.count).filter(isMerged).sorted {
      scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1
    }
    self.init(capacity: tokens.ids.count * 4)
    let text = tokens.strings.bytes.span
    for (rank, id) in order.enumerated() {
      let range = tokens.strings.range(of: id)
      var cut = range.lowerBound
      while cut < range.upperBound {
        cut += text.scalar(at: cut).length
        guard cut < range.upperBound else { break }
        guard let left = tokens.id(of: text, range.lowerBound..<cut), isMerged(Int(left)),
          let right = tokens.id(of: text, cut..<range.upperBound), isMerged(Int(right))
        else { continue }
        insert(left, right, rank: UInt32(rank), merged: UInt32(id))
      }
    }
  }
}
