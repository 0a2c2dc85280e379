extension Tokenizer {
  /// The tokenizer of a GGUF file.
  ///
  /// Control and unknown tokens become special tokens, user-defined ones added tokens.
  /// - Throws: `TokenizerError` if the file has no vocabulary, one of a kind that is not known, or a damaged one.
  public init(gguf vocabulary: GGUFVocabulary) throws(TokenizerError) {
    guard vocabulary.tokens.count < TokenTable.idLimit else {
      throw .idOutOfRange(id: vocabulary.tokens.count, limit: TokenTable.idLimit)
    }
    let pipeline: GGUFPipeline
    switch vocabulary.model {
    case "gpt2": pipeline = try GGUFPipeline(pairs: vocabulary, pre: vocabulary.pre)
    case "gemma4": pipeline = try GGUFPipeline(pairs: vocabulary, pre: "gemma4")
    case "llama": pipeline = try GGUFPipeline(sentencePiece: vocabulary)
    case "bert": pipeline = try GGUFPipeline(wordPiece: vocabulary)
    case "t5": pipeline = try GGUFPipeline(unigram: vocabulary)
    case "none", "no_vocab":
      throw .invalid(path: "tokenizer.ggml.model", expected: "a vocabulary: this model has none")
    default: throw .unsupported(path: "tokenizer.ggml.model", name: vocabulary.model)
    }
    var addedTokens = AddedTokens(vocabulary)
    try addedTokens.index(normalizer: nil)
    let specialTokens = SpecialTokens(vocabulary)
    let begin = vocabulary.addBOS ?? pipeline.addsBeginOfSequence
    let end = vocabulary.addEOS ?? pipeline.addsEndOfSequence
    var template = Template.around(
      before: begin ? [specialTokens.beginOfSequence?.id].compactMap(\.self) : [],
      after: end ? [specialTokens.endOfSequence?.id].compactMap(\.self) : []
    )
    if vocabulary.model == "bert" {
      let first = vocabulary.beginOfSequence ?? vocabulary.classification ?? 101
      template = .around(before: [first], after: [vocabulary.separator ?? 102])
    }
    self.init(
      normalizer: pipeline.normalizer,
      preTokenizer: pipeline.preTokenizer,
      model: pipeline.model,
      postProcessor: PostProcessor(template),
      decoder: pipeline.decoder,
      addedTokens: addedTokens,
      specialTokens: specialTokens
    )
  }
}

extension SpecialTokens {
  /// The tokens that a GGUF file names.
  fileprivate init(_ vocabulary: GGUFVocabulary) {
    func named(_ id: TokenID?) -> NamedToken? {
      guard let id, id.index < vocabulary.tokens.count else { return nil }
      let text = String(decoding: vocabulary.tokens[id.index], as: UTF8.self)
      return NamedToken(text: text, id: id)
    }
    self.init()
    beginOfSequence = named(vocabulary.beginOfSequence)
    endOfSequence = named(vocabulary.endOfSequence)
    endOfTurn = named(vocabulary.endOfTurn)
    unknown = named(vocabulary.unknown)
    padding = named(vocabulary.padding)
  }
}

extension AddedTokens {
  /// The tokens that are found in text before any model sees it.
  fileprivate init(_ vocabulary: GGUFVocabulary) {
    self.init()
    for (index, type) in vocabulary.types.prefix(vocabulary.tokens.count).enumerated()
    where (2...4).contains(type) {
      let content = String(decoding: vocabulary.tokens[index], as: UTF8.self)
      let isControl = type != 4 || Self.controlNames.contains(content)
      append(
        AddedToken(
          content: content,
          id: UInt32(index),
          stripsLeft: vocabulary.stripsLeft(of: content),
          stripsRight: vocabulary.stripsRight(of: content, type: type),
          isSpecial: isControl && !Self.shownNames.contains(content)
        )
      )
    }
  }

  /// User-defined tokens that are control tokens by their names, as llama.cpp knows them.
  private static let controlNames: Set<String> = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
    "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "[EOT]", "[EOS]",
    "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
    "<｜end▁of▁sentence｜>", "[e~[", "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>",
    "<｜fim▁begin｜>", "<PRE>", "<|code_prefix|>", "<|prefix|>", "<|fim_suffix|>", "<fim-suffix>",
    "<fim_suffix>", "<｜fim▁hole｜>", "<SUF>", "<|code_suffix|>", "<|suffix|>", "<|fim_middle|>",
    "<fim-middle>", "<fim_middle>", "<｜fim▁end｜>", "<MID>", "<|code_middle|>", "<|middle|>",
    "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "<|fim_repo|>", "<|repo_name|>",
    "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
  ]

  /// Tokens that are always shown, whatever type converters gave them.
  private static let shownNames: Set<String> = [
    "<|channel|>", "<|message|>", "<|start|>", "<|constrain|>",
  ]
}

extension GGUFVocabulary {
  // A GGUF file does not say which tokens take white space: llama.cpp knows some models by name.

  fileprivate func stripsLeft(of token: String) -> Bool {
    let names = ["jina-v2-de", "jina-v2-es", "jina-v2-code"]
    if names.contains(pre ?? "") || ["nomic-bert-moe", "jina-bert-v3"].contains(architecture ?? "")
    {
      return token == "<mask>"
    }
    return token == "[MASK]" && (modelName?.lowercased().contains("modern-bert") ?? false)
  }

  fileprivate func stripsRight(of token: String, type: Int32) -> Bool {
    guard let name = modelName?.lowercased(), name.contains("phi-3") || name.contains("phi3") else {
      return false
    }
    return !["<unk>", "<s>", "<|endoftext|>"].contains(token)
  }
}
