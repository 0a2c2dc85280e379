public import JSON

extension Tokenizer {
  /// The tokenizer of vocab.json and merges.txt: byte-level pairs.
  ///
  /// - Parameters:
  ///   - configuration: tokenizer_config.json, whose class says how texts are cut.
  ///   - modelType: `model_type` of config.json, which says it where that does not.
  public init(
    vocabularyJSON: Span<UInt8>,
    merges: Span<UInt8>,
    configuration: JSON?,
    modelType: String?
  ) throws(TokenizerError) {
    let kind = TokenizerClass(
      configuration: configuration,
      modelType: modelType,
      isWordPiece: false
    )
    let configuration = kind.completing(configuration)
    var options = JSONObject()
    options["type"] = "BPE"
    let file: TokenizerFile
    do {
      file = try TokenizerFile(
        vocabularyJSON: vocabularyJSON,
        merges: merges,
        parts: kind.parts(configuration),
        modelOptions: options
      )
    } catch {
      throw .json(error)
    }
    try self.init(file, of: kind, configuration)
  }

  /// The tokenizer of vocab.txt: WordPiece.
  public init(vocabularyText: Span<UInt8>, configuration: JSON?) throws(TokenizerError) {
    let kind = TokenizerClass(configuration: configuration, modelType: nil, isWordPiece: true)
    let configuration = kind.completing(configuration)
    let unknown = configuration["unk_token"]
    var options = JSONObject()
    options["type"] = "WordPiece"
    options["unk_token"] = unknown?["content"] ?? unknown
    let file = TokenizerFile(
      vocabularyText: vocabularyText,
      parts: kind.parts(configuration),
      modelOptions: options
    )
    try self.init(file, of: kind, configuration)
  }

  private init(_ file: TokenizerFile, of kind: TokenizerClass, _ configuration: JSON)
    throws(TokenizerError)
  {
    let tokenizer = try Tokenizer(file, configuration: configuration)
    func id(_ key: String) throws(TokenizerError) -> TokenID {
      let value = configuration[key]
      guard let text = value?.stringValue ?? value?["content"]?.stringValue,
        let id = tokenizer.id(of: text)
      else { throw .missing(path: key) }
      return id
    }
    var postProcessor = tokenizer.postProcessor
    if let around = kind.around {
      let (before, after) = (try id(around.before), try id(around.after))
      let second: [PostProcessor.Part] =
        kind == .bert
        ? [.text(isSecond: true, typeID: 1), .tokens([after], typeID: 1)]
        : [
          .tokens([after], typeID: 0), .text(isSecond: true, typeID: 0),
          .tokens([after], typeID: 0),
        ]
      let single: [PostProcessor.Part] = [
        .tokens([before], typeID: 0), .text(isSecond: false, typeID: 0),
        .tokens([after], typeID: 0),
      ]
      postProcessor = PostProcessor(
        single: single,
        pair: single + second,
        trims: kind == .roberta ? [configuration["add_prefix_space"]?.boolValue ?? false] : []
      )
    }
    self.init(
      normalizer: tokenizer.normalizer,
      preTokenizer: tokenizer.preTokenizer,
      model: tokenizer.model,
      postProcessor: postProcessor,
      decoder: tokenizer.decoder,
      addedTokens: tokenizer.addedTokens,
      specialTokens: tokenizer.specialTokens
    )
  }
}
