public import JSON

extension Tokenizer {
  /// The tokenizer of a tokenizer.json.
  ///
  /// - Parameters:
  ///   - tokenizerJSON: the bytes of the file.
  ///   - configuration: tokenizer_config.json, which names special tokens and may add tokens.
  public init(tokenizerJSON: Span<UInt8>, configuration: JSON? = nil) throws(TokenizerError) {
    let file: TokenizerFile
    do { file = try TokenizerFile(tokenizerJSON) } catch { throw .json(error) }
    let parts = file.parts
    let normalizer = try Component(parts["normalizer"], path: "normalizer")
      .map { component throws(TokenizerError) in try Normalizer(component) }
    let preTokenizer = try Component(parts["pre_tokenizer"], path: "pre_tokenizer")
      .map { component throws(TokenizerError) in try PreTokenizer(component) }
    let decoder = try Component(parts["decoder"], path: "decoder")
      .map { component throws(TokenizerError) in try Decoder(component) }
    var template = try Component(parts["post_processor"], path: "post_processor")
      .map { component throws(TokenizerError) in try Template(component) }

    let model = try Vocabulary(file, prefersRawBytes: preTokenizer?.endsInByteLevel ?? false)
    var addedTokens = AddedTokens()
    try addedTokens.append(file.parts["added_tokens"], model: model)
    if let configuration { try addedTokens.append(configuration: configuration, model: model) }
    addedTokens.index(normalizer: normalizer)

    func named(_ key: String) -> NamedToken? {
      let value = configuration?[key]
      guard let text = value?.stringValue ?? value?["content"]?.stringValue,
        let id = addedTokens.id(of: text) ?? model.id(of: text)
      else { return nil }
      return NamedToken(text: text, id: TokenID(id))
    }
    var specialTokens = SpecialTokens()
    specialTokens.beginOfSequence = named("bos_token")
    specialTokens.endOfSequence = named("eos_token")
    specialTokens.padding = named("pad_token")
    specialTokens.unknown = named("unk_token")
    if specialTokens.unknown == nil, let text = model.unknownToken,
      let id = model.id(of: text)
    {
      specialTokens.unknown = NamedToken(text: text, id: TokenID(id))
    }

    // As transformers does: naming either of these replaces what tokenizer.json puts around a text.
    let addsBegin = configuration?["add_bos_token"]?.boolValue
    let addsEnd = configuration?["add_eos_token"]?.boolValue
    if addsBegin != nil || addsEnd != nil {
      template = .around(
        before: addsBegin == true ? [specialTokens.beginOfSequence?.id].compactMap(\.self) : [],
        after: addsEnd == true ? [specialTokens.endOfSequence?.id].compactMap(\.self) : []
      )
    }
    self.init(
      normalizer: normalizer,
      preTokenizer: model.readsRawBytes ? preTokenizer?.withoutFinalMapping : preTokenizer,
      model: model,
      template: template ?? .plain,
      decoder: decoder ?? .joinWithSpaces,
      addedTokens: addedTokens,
      specialTokens: specialTokens
    )
  }

  /// The tokenizer of a tokenizer.json in an array.
  public init(tokenizerJSON: [UInt8], configuration: JSON? = nil) throws(TokenizerError) {
    try self.init(tokenizerJSON: tokenizerJSON.span, configuration: configuration)
  }
}

extension Vocabulary {
  /// The model of tokenizer.json.
  fileprivate init(_ file: TokenizerFile, prefersRawBytes: Bool) throws(TokenizerError) {
    guard let component = Component(.object(file.modelOptions), path: "model") else {
      throw .missing(path: "model")
    }
    switch file.modelType {
    case "BPE":
      self = .pairs(try BytePairEncoding(file, component, prefersRawBytes: prefersRawBytes))
    case "WordPiece":
      self = .wordPiece(
        try WordPiece(
          tokens: try TokenTable(file),
          unknownToken: file.modelOptions["unk_token"]?.stringValue ?? "[UNK]",
          prefix: file.modelOptions["continuing_subword_prefix"]?.stringValue ?? "##",
          characterLimit: file.modelOptions["max_input_chars_per_word"] == nil
            ? 100 : try component.count("max_input_chars_per_word")
        )
      )
    case let name: throw .unsupported(path: "model.type", name: name)
    }
  }
}

extension TokenTable {
  /// The vocabulary of tokenizer.json.
  fileprivate init(_ file: TokenizerFile) throws(TokenizerError) {
    var ids: [UInt32] = []
    ids.reserveCapacity(file.ids.count)
    for id in file.ids {
      guard let small = UInt32(exactly: id), id < TokenTable.idLimit else {
        throw .idOutOfRange(id: id, limit: TokenTable.idLimit)
      }
      ids.append(small)
    }
    try self.init(file.tokens, ids: ids)
  }
}

extension BytePairEncoding {
  fileprivate init(_ file: TokenizerFile, _ component: Component, prefersRawBytes: Bool)
    throws(TokenizerError)
  {
    if let merge = file.badMerge {
      throw .invalid(path: "model.merges[\(merge)]", expected: "two tokens")
    }
    var options = Options()
    options.unknownToken = file.modelOptions["unk_token"]?.stringValue
    options.continuingSubwordPrefix =
      file.modelOptions["continuing_subword_prefix"]?.stringValue ?? ""
    options.endOfWordSuffix = file.modelOptions["end_of_word_suffix"]?.stringValue ?? ""
    options.fusesUnknown = try component.bool("fuse_unk", default: false)
    options.fallsBackToBytes = try component.bool("byte_fallback", default: false)
    options.ignoresMerges = try component.bool("ignore_merges", default: false)
    let tokens = try TokenTable(file)
    let merges = try MergeTable(
      file.merges,
      tokens: tokens,
      prefixLength: options.continuingSubwordPrefix.utf8.count
    )
    self.init(tokens: tokens, merges: merges, options: options, prefersRawBytes: prefersRawBytes)
  }
}

extension MergeTable {
  /// The merges of left and right tokens in turn, best first.
  ///
  /// - Parameter prefixLength: bytes that the right token loses when it is merged.
  fileprivate init(_ pairs: PackedStrings, tokens: TokenTable, prefixLength: Int)
    throws(TokenizerError)
  {
    self.init(capacity: pairs.count / 2)
    for rank in 0..<pairs.count / 2 {
      let (left, right) = (pairs.range(of: 2 * rank), pairs.range(of: 2 * rank + 1))
      try insert(
        rank: rank,
        left,
        right,
        of: pairs.bytes.span,
        tokens: tokens,
        prefixLength: prefixLength
      )
    }
  }

  /// Inserts the merge of `text[left]` and `text[right]`.
  mutating func insert(
    rank: Int,
    _ left: Range<Int>,
    _ right: Range<Int>,
    of text: Span<UInt8>,
    tokens: TokenTable,
    prefixLength: Int = 0
  ) throws(TokenizerError) {
    func missing(_ ranges: Range<Int>...) -> TokenizerError {
      var bytes: [UInt8] = []
      for range in ranges { text.copy(range, to: &bytes) }
      return .mergeOutOfVocabulary(merge: rank, token: String(decoding: bytes, as: UTF8.self))
    }
    guard let leftID = tokens.id(of: text, left) else { throw missing(left) }
    guard let rightID = tokens.id(of: text, right) else { throw missing(right) }
    let rest = min(right.upperBound, right.lowerBound + prefixLength)..<right.upperBound
    guard let merged = tokens.id(of: text, left, then: rest) else { throw missing(left, rest) }
    insert(leftID, rightID, rank: UInt32(truncatingIfNeeded: rank), merged: merged)
  }
}
