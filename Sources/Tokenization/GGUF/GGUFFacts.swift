/// The metadata of a GGUF file, by full keys such as `tokenizer.ggml.model`.
public protocol GGUFFacts {
  /// A string.
  func string(_ key: String) -> String?
  /// A bool.
  func bool(_ key: String) -> Bool?
  /// A whole number.
  func integer(_ key: String) -> Int?
  /// An array of whole numbers of any width.
  func integers(_ key: String) -> [Int]?
  /// An array of floating-point numbers.
  func floats(_ key: String) -> [Float]?
  /// An array of strings.
  func strings(_ key: String) -> PackedStrings?
}

extension GGUFVocabulary {
  /// The vocabulary that a file has; `nil` if it has none.
  public init?(_ facts: some GGUFFacts) {
    func key(_ name: String) -> String { "tokenizer.ggml." + name }
    guard let model = facts.string(key("model")) else { return nil }
    let tokens = facts.strings(key("tokens"))
    guard tokens != nil || model == "none" || model == "no_vocab" else { return nil }
    self.init(
      model: model,
      pre: facts.string(key("pre")),
      tokens: tokens ?? PackedStrings(),
      merges: facts.strings(key("merges")) ?? PackedStrings()
    )
    let count = self.tokens.count
    func token(_ name: String) -> TokenID? {
      let id = facts.integer(key(name + "_token_id")).flatMap(UInt32.init(exactly:))
      if let id, id < count { return TokenID(id) }
      return Self.defaultTokens[model]?[name].flatMap { $0.index < count ? $0 : nil }
    }
    types = (facts.integers(key("token_type")) ?? []).map { Int32(clamping: $0) }
    scores = facts.floats(key("scores")) ?? facts.integers(key("scores"))?.map { Float($0) }
    beginOfSequence = token("bos")
    endOfSequence = token("eos")
    endOfTurn = token("eot")
    unknown = token("unknown")
    padding = token("padding")
    separator = token("seperator")
    classification = token("cls")
    addBOS = facts.bool(key("add_bos_token"))
    addEOS = facts.bool(key("add_eos_token"))
    addSpacePrefix = facts.bool(key("add_space_prefix"))
    removesExtraSpaces = facts.bool(key("remove_extra_whitespaces"))
    characterMap = facts.integers(key("precompiled_charsmap"))?
      .map { UInt8(truncatingIfNeeded: $0) }
    lowercases = facts.bool(key("normalizer.lowercase"))
    stripsAccents = facts.bool(key("normalizer.strip_accents"))
    modelName = facts.string("general.name")
    architecture = facts.string("general.architecture")
  }

  /// The tokens that a kind of vocabulary has where the file does not name them.
  ///
  /// Source: llama.cpp/src/llama-vocab.cpp, `llama_vocab::impl::load`
  private static let defaultTokens: [String: [String: TokenID]] = [
    "llama": ["unknown": 0, "bos": 1, "eos": 2],
    "bert": ["unknown": 100, "cls": 101, "seperator": 102, "padding": 0],
    "t5": ["unknown": 2, "eos": 1, "padding": 0],
  ]
}
