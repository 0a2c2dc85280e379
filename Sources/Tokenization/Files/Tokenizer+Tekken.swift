import JSON

extension Tokenizer {
  /// The tokenizer of Mistral's tekken.json: the special tokens come first, then the tokens by rank.
  public init(tekken bytes: Span<UInt8>) throws(TokenizerError) {
    let file = try TekkenFile(bytes)
    guard let config = Component(file.config, path: "config") else {
      throw .missing(path: "config")
    }
    let pattern = try SplitPattern(expression: try config.string("pattern"), path: "config.pattern")
    let names = try file.specialNames(
      count: config.json["default_num_special_tokens"] == nil
        ? nil : try config.count("default_num_special_tokens")
    )
    var ranked = file.tokens
    if config.json["default_vocab_size"] != nil {
      ranked = try ranked.prefix(max(0, try config.count("default_vocab_size") - names.count))
    }
    let model = Vocabulary.pairs(try ranked.model(firstID: names.count))
    var addedTokens = AddedTokens()
    for (id, name) in names.enumerated() {
      addedTokens.append(AddedToken(content: name, id: UInt32(id), isSpecial: true))
    }
    let configuration: JSON = [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
    ]
    try self.init(
      bytePairs: model,
      steps: [.split(pattern, .isolated, inverted: false)],
      normalizer: nil,
      addedTokens: addedTokens,
      configuration: configuration,
      template: .around(
        before: [addedTokens.id(of: "<s>").map { TokenID($0) }].compactMap(\.self),
        after: []
      )
    )
  }
}

extension TekkenFile {
  /// What the special tokens are called, by id.
  fileprivate func specialNames(count: Int?) throws(TokenizerError) -> [String] {
    var names = Self.oldNames
    if let specialTokens {
      names = [String](repeating: "", count: specialTokens.count)
      for (index, token) in specialTokens.enumerated() {
        let path = "special_tokens[\(index)]"
        guard let name = token["token_str"]?.stringValue, !name.isEmpty else {
          throw .missing(path: path + ".token_str")
        }
        guard let rank = token["rank"]?.integerValue, names.indices.contains(rank),
          names[rank].isEmpty
        else { throw .invalid(path: path + ".rank", expected: "each number from 0 once") }
        names[rank] = name
      }
    }
    let count = count ?? names.count
    let limit = max(names.count, Self.specialLimit)
    guard count >= names.count, count <= limit else {
      throw .invalid(
        path: "config.default_num_special_tokens",
        expected: "\(names.count) to \(limit)"
      )
    }
    for id in names.count..<count { names.append("<SPECIAL_\(id)>") }
    return names
  }

  /// How many special tokens there may be that the file does not list.
  private static let specialLimit = 65_536

  /// The special tokens of files that do not list them.
  private static let oldNames = [
    "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]",
    "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
  ]
}
