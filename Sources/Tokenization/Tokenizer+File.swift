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
    try self.init(file, configuration: configuration)
  }

  /// The tokenizer of the members of a tokenizer.json.
  init(_ file: TokenizerFile, configuration: JSON?) throws(TokenizerError) {
    let parts = file.parts
    let normalizer = try Component(parts["normalizer"], path: "normalizer")
      .map { component throws(TokenizerError) in try Normalizer(component) }
    let preTokenizer = try Component(parts["pre_tokenizer"], path: "pre_tokenizer")
      .map { component throws(TokenizerError) in try PreTokenizer(component) }
    let decoder = try Component(parts["decoder"], path: "decoder")
      .map { component throws(TokenizerError) in try Decoder(component) }
    var postProcessor = try Component(parts["post_processor"], path: "post_processor")
      .map { component throws(TokenizerError) in try PostProcessor(component) }

    let model = try Vocabulary(file, prefersRawBytes: preTokenizer?.endsInByteLevel ?? false)
    var addedTokens = AddedTokens()
    try addedTokens.append(file.parts["added_tokens"], model: model)
    if let configuration { try addedTokens.append(configuration: configuration, model: model) }
    try addedTokens.index(normalizer: normalizer)

    let specialTokens = SpecialTokens(configuration, addedTokens, model)
    if let template = Template(configuration, specialTokens) {
      postProcessor = PostProcessor(template)
    }
    self.init(
      normalizer: normalizer,
      preTokenizer: model.readsRawBytes ? preTokenizer?.withoutFinalMapping : preTokenizer,
      model: model,
      postProcessor: postProcessor ?? .plain,
      decoder: decoder ?? .joinWithSpaces,
      addedTokens: addedTokens,
      specialTokens: specialTokens,
      truncation: try Component(parts["truncation"], path: "truncation")
        .map { component throws(TokenizerError) in try Truncation(component) },
      padding: try Component(parts["padding"], path: "padding")
        .map { component throws(TokenizerError) in try Padding(component) }
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
    case "Unigram":
      let unknown = file.modelOptions["unk_id"] ?? .null
      if unknown != .null, unknown.integerValue == nil {
        throw .invalid(path: "model.unk_id", expected: "a token id or null")
      }
      guard file.tokens.count < TokenTable.idLimit else {
        throw .idOutOfRange(id: file.tokens.count, limit: TokenTable.idLimit)
      }
      let ids = Array(0..<UInt32(file.tokens.count))
      self = .unigram(
        try Unigram(
          tokens: try TokenTable(file.tokens, ids: ids),
          scores: file.scores,
          unknown: unknown.integerValue,
          fallsBackToBytes: try component.bool("byte_fallback", default: false)
        )
      )
    case "WordLevel":
      self = .wordLevel(
        WordLevel(
          tokens: try TokenTable(file),
          unknownToken: file.modelOptions["unk_token"]?.stringValue ?? "<unk>"
        )
      )
    case let name: throw .unsupported(path: "model.type", name: name)
    }
  }
}

extension TokenTable {
  /// The vocabulary of tokenizer.json.
  fileprivate init(_ file: TokenizerFile) throws(TokenizerError) {
    guard file.ids.count == file.tokens.count else {
      throw .invalid(path: "model.vocab", expected: "an object of tokens and their ids")
    }
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
    let missing = UInt32.max
    let ids = tokens.ids(of: pairs, missing: missing)
    let text = pairs.bytes.span
    var merges: [SIMD2<UInt64>] = []
    merges.reserveCapacity(ids.count / 2)
    var last: UInt32 = 0
    for rank in 0..<ids.count / 2 {
      let (left, right) = (pairs.range(of: 2 * rank), pairs.range(of: 2 * rank + 1))
      let rest = min(right.upperBound, right.lowerBound + prefixLength)..<right.upperBound
      // Merges come mostly in the order of the tokens that they make: the one after the last is tried first.
      let merged =
        tokens.spells(last &+ 1, text, left, then: rest)
        ? last &+ 1 : tokens.id(of: text, left, then: rest)
      let (leftID, rightID) = (ids[2 * rank], ids[2 * rank + 1])
      guard let merged, leftID != missing, rightID != missing else {
        var token: [UInt8] = []
        text.copy(rightID == missing && leftID != missing ? right : left, to: &token)
        if leftID != missing, rightID != missing { text.copy(rest, to: &token) }
        throw .mergeOutOfVocabulary(merge: rank, token: String(decoding: token, as: UTF8.self))
      }
      merges.append(
        SIMD2(UInt64(leftID) << 32 | UInt64(rightID), UInt64(rank) << 32 | UInt64(merged))
      )
      last = merged
    }
    self.init(merges)
  }

  /// Inserts the merge of `text[left]` and `text[right]`.
  ///
  /// Merges come mostly in the order of the tokens that they make: the one after the last is tried first.
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
    let next = (lastMerged ?? 0) &+ 1
    let merged =
      tokens.spells(next, text, left, then: rest) ? next : tokens.id(of: text, left, then: rest)
    guard let merged else { throw missing(left, rest) }
    insert(leftID, rightID, rank: UInt32(truncatingIfNeeded: rank), merged: merged)
  }
}
