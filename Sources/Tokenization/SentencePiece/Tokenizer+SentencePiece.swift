public import JSON

extension Tokenizer {
  /// The tokenizer of a SentencePiece `.model` file, as the sentencepiece library uses it.
  ///
  /// Control pieces are special tokens, which are found in text only on request.
  public init(sentencePiece bytes: Span<UInt8>) throws(TokenizerError) {
    let file = try SentencePieceFile(bytes)
    let pieces = try SentencePieceVocabulary(file)
    var addedTokens = AddedTokens()
    addedTokens.append(file, pieces, kinds: [.control])
    try addedTokens.index(normalizer: nil)
    var normalization = file.normalization
    normalization.userDefined = pieces.userDefined
    self.init(
      normalizer: .sentencePiece(normalization),
      preTokenizer: nil,
      model: try Vocabulary(file, pieces),
      postProcessor: .plain,
      decoder: .sentencePiece(SentencePieceDecoding(file, pieces)),
      addedTokens: addedTokens,
      specialTokens: SpecialTokens(file, pieces)
    )
  }

  /// The tokenizer of a SentencePiece `.model` file in a model's directory, as transformers uses it.
  ///
  /// Control and user-defined pieces are added tokens, to which come those of the configuration. A text
  /// begins with a space that it has not, and with `legacy` so does all text behind an added token.
  /// - Parameters:
  ///   - configuration: tokenizer_config.json.
  ///   - modelType: `model_type` of config.json, where the configuration does not name a class.
  public init(sentencePiece bytes: Span<UInt8>, configuration: JSON?, modelType: String?)
    throws(TokenizerError)
  {
    let file = try SentencePieceFile(bytes)
    let pieces = try SentencePieceVocabulary(file)
    let model = try Vocabulary(file, pieces)
    var addedTokens = AddedTokens()
    if let configuration { try addedTokens.append(configuration: configuration, model: model) }
    addedTokens.append(file, pieces, kinds: [.unknown, .control, .userDefined])
    try addedTokens.index(normalizer: nil)
    var specialTokens = SpecialTokens(file, pieces)
    let named = SpecialTokens(configuration, addedTokens, model)
    specialTokens.beginOfSequence = named.beginOfSequence ?? specialTokens.beginOfSequence
    specialTokens.endOfSequence = named.endOfSequence ?? specialTokens.endOfSequence
    specialTokens.padding = named.padding ?? specialTokens.padding

    let name = configuration?["tokenizer_class"]?.stringValue ?? modelType ?? ""
    let isGemma = name.lowercased().hasPrefix("gemma")
    let isT5 = ["T5Tokenizer", "T5TokenizerFast", "t5"].contains(name)
    let prefixes =
      configuration?["add_prefix_space"]?.boolValue ?? (!isGemma && file.normalization.addsPrefix)
    let isLegacy = configuration?["legacy"]?.boolValue ?? false
    let sign = SentencePieceVocabulary.sign
    var normalizer: Normalizer?
    var preTokenizer: PreTokenizer?
    var decoder: Decoder
    if file.normalization.map == nil, !file.normalization.removesExtraSpaces {
      preTokenizer = .metaspace(
        Metaspace(
          replacement: sign,
          scheme: !prefixes ? .never : isLegacy ? .always : .first,
          cuts: false
        )
      )
      let steps: [Decoder] = [.replace(.literal(sign), with: [0x20]), .byteFallback, .fuse]
      decoder = .sequence(prefixes ? steps + [.strip(content: 0x20, start: 1, stop: 0)] : steps)
    } else {
      var normalization = file.normalization
      normalization.addsPrefix = prefixes
      normalization.prefixesEveryPart = isLegacy || isT5
      normalizer = .sentencePiece(normalization)
      decoder = .sentencePiece(SentencePieceDecoding(file, pieces))
    }
    let end = [specialTokens.endOfSequence?.id].compactMap(\.self)
    self.init(
      normalizer: normalizer,
      preTokenizer: preTokenizer,
      model: model,
      postProcessor: PostProcessor(
        Template(configuration, specialTokens) ?? .around(before: [], after: isT5 ? end : [])
      ),
      decoder: decoder,
      addedTokens: addedTokens,
      specialTokens: specialTokens
    )
  }
}

extension Vocabulary {
  /// The model of a file.
  fileprivate init(_ file: SentencePieceFile, _ pieces: SentencePieceVocabulary)
    throws(TokenizerError)
  {
    switch file.modelType {
    case .unigram:
      self = .unigram(
        try Unigram(pieces: pieces, fallsBackToBytes: file.fallsBackToBytes, roundsSums: true)
      )
    case .pairs: self = .scoredPairs(ScoredPairs(pieces, fallsBackToBytes: file.fallsBackToBytes))
    case .words: throw .unsupported(path: "trainer_spec.model_type", name: "word")
    case .characters: throw .unsupported(path: "trainer_spec.model_type", name: "char")
    }
  }
}

extension AddedTokens {
  fileprivate mutating func append(
    _ file: SentencePieceFile,
    _ pieces: SentencePieceVocabulary,
    kinds: Set<SentencePieceVocabulary.Kind>
  ) {
    for (index, kind) in pieces.kinds.enumerated() where kinds.contains(kind) {
      let content = String(decoding: file.texts[index], as: UTF8.self)
      append(
        AddedToken(content: content, id: UInt32(index), isSpecial: kind != .userDefined)
      )
    }
  }
}

extension SentencePieceDecoding {
  fileprivate init(_ file: SentencePieceFile, _ pieces: SentencePieceVocabulary) {
    let normalization = file.normalization
    self.init(
      unknown: pieces.unknown.map { Array(file.texts[Int($0)]) },
      unknownSurface: file.unknownSurface,
      dropsFirstSpace: normalization.addsPrefix || normalization.removesExtraSpaces,
      dropsAllLeadingSpaces: normalization.removesExtraSpaces,
      fallsBackToBytes: file.fallsBackToBytes
    )
  }
}

extension SentencePieceVocabulary {
  /// The pieces of a file.
  fileprivate init(_ file: SentencePieceFile) throws(TokenizerError) {
    try self.init(
      file.texts,
      scores: file.scores,
      kinds: file.kinds,
      unknown: file.kinds.firstIndex(of: .unknown).map { UInt32(truncatingIfNeeded: $0) }
    )
    guard tokens.isInjective else {
      throw .invalid(path: "pieces", expected: "no text twice")
    }
  }
}

extension SpecialTokens {
  /// The tokens that the trainer named, as far as they are of the kind that the part needs.
  fileprivate init(_ file: SentencePieceFile, _ pieces: SentencePieceVocabulary) {
    func named(_ name: String, _ kind: SentencePieceVocabulary.Kind) -> NamedToken? {
      let bytes = Array(name.utf8)
      guard let id = pieces.tokens.id(of: bytes.span, 0..<bytes.count),
        pieces.kinds[Int(id)] == kind
      else { return nil }
      return NamedToken(text: name, id: TokenID(id))
    }
    self.init()
    beginOfSequence = named(file.beginName, .control)
    endOfSequence = named(file.endName, .control)
    padding = named(file.paddingName, .control)
    unknown = named(file.unknownName, .unknown)
  }
}
