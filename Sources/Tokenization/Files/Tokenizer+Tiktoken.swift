public import JSON

extension Tokenizer {
  /// The tokenizer of a tiktoken file: lines of a token in base64 and its rank, which is its id.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - fileName: tells, with the number of tokens, how texts are cut.
  ///   - configuration: tokenizer_config.json, which says what special tokens there are.
  public init(tiktoken bytes: Span<UInt8>, fileName: String, configuration: JSON? = nil)
    throws(TokenizerError)
  {
    let ranked = try RankedTokens(tiktoken: bytes)
    let pattern = TiktokenPattern(fileName: fileName, tokenCount: ranked.ranks.count)
    var addedTokens = AddedTokens()
    let model = Vocabulary.pairs(try ranked.model(firstID: 0))
    if let configuration {
      try addedTokens.append(numbered: configuration)
      try addedTokens.append(configuration: configuration, model: model)
    }
    if addedTokens.tokens.isEmpty, pattern == .qwen2 {
      addedTokens.appendQwen(from: ranked.ranks.count)
    }
    try self.init(
      bytePairs: model,
      steps: [pattern.preTokenizer],
      normalizer: pattern == .qwen2 ? .nfc : nil,
      addedTokens: addedTokens,
      configuration: configuration
    )
  }

  /// A tokenizer of byte pairs with the given cuts.
  init(
    bytePairs model: Vocabulary,
    steps: [PreTokenizer],
    normalizer: Normalizer?,
    addedTokens: AddedTokens,
    configuration: JSON?,
    template: Template = .plain
  ) throws(TokenizerError) {
    var addedTokens = addedTokens
    try addedTokens.index(normalizer: normalizer)
    let specialTokens = SpecialTokens(configuration, addedTokens, model)
    let last = PreTokenizer.byteLevel(
      addsPrefixSpace: false,
      cutsWords: false,
      mapsBytes: !model.readsRawBytes
    )
    self.init(
      normalizer: normalizer,
      preTokenizer: .sequence(steps + [last]),
      model: model,
      postProcessor: PostProcessor(Template(configuration, specialTokens) ?? template),
      decoder: .byteLevel,
      addedTokens: addedTokens,
      specialTokens: specialTokens
    )
  }
}

extension AddedTokens {
  /// Adds the `added_tokens_decoder` of tokenizer_config.json under the numbers that stand there.
  mutating func append(numbered configuration: JSON) throws(TokenizerError) {
    guard let declared = configuration["added_tokens_decoder"]?.objectValue else { return }
    var tokens: [AddedToken] = []
    for (key, value) in declared {
      let path = "added_tokens_decoder.\(key)"
      guard let id = UInt32(key), let component = Component(value, path: path) else {
        throw .invalid(path: path, expected: "a token id")
      }
      guard id < TokenTable.idLimit else {
        throw .idOutOfRange(id: Int(id), limit: TokenTable.idLimit)
      }
      tokens.append(try AddedToken(component, id: id))
    }
    for token in tokens.sorted(by: { $0.id < $1.id }) { append(token) }
  }

  /// The special tokens of Qwen, whose tiktoken file comes without a list of them.
  fileprivate mutating func appendQwen(from first: Int) {
    let names =
      ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" }
    for (index, name) in names.enumerated() where first + index < TokenTable.idLimit {
      append(AddedToken(content: name, id: UInt32(first + index), isSpecial: true))
    }
  }
}
