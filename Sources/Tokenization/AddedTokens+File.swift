import JSON

extension AddedTokens {
  /// Adds the `added_tokens` of tokenizer.json.
  mutating func append(_ list: JSON?, model: Vocabulary) throws(TokenizerError) {
    guard let list, list != .null else { return }
    guard let elements = list.arrayValue else {
      throw .invalid(path: "added_tokens", expected: "an array")
    }
    for (position, element) in elements.enumerated() {
      try append(element, path: "added_tokens[\(position)]", model: model)
    }
  }

  /// Adds what tokenizer_config.json has and tokenizer.json has not, as transformers does.
  mutating func append(configuration: JSON, model: Vocabulary) throws(TokenizerError) {
    let path = "added_tokens_decoder"
    let declared = configuration[path]?.objectValue.map(Array.init) ?? []
    let byID = declared.compactMap { key, value in Int(key).map { ($0, value) } }
    for (id, value) in byID.sorted(by: { $0.0 < $1.0 }) {
      try append(value, path: "\(path).\(id)", model: model)
    }
    for key in ["bos_token", "eos_token", "unk_token", "pad_token"] {
      let value = configuration[key]
      guard let text = value?.stringValue ?? value?["content"]?.stringValue else { continue }
      guard let id = model.id(of: text) ?? newID(model: model) else { continue }
      append(AddedToken(content: text, id: id, isSpecial: true))
    }
  }

  private mutating func append(_ json: JSON, path: String, model: Vocabulary)
    throws(TokenizerError)
  {
    guard let component = Component(json, path: path) else { throw .missing(path: path) }
    let content = try component.string("content")
    guard let id = model.id(of: content) ?? newID(model: model) else {
      throw .idOutOfRange(id: TokenTable.idLimit, limit: TokenTable.idLimit)
    }
    append(try AddedToken(component, id: id))
  }

  /// The id of one more token: ids in the file are not asked, only the order counts.
  private func newID(model: Vocabulary) -> UInt32? {
    let size = UInt32(model.tokens.strings.count)
    let next = max(size, highestID.map { $0 + 1 } ?? 0)
    return next < TokenTable.idLimit ? next : nil
  }
}

extension AddedToken {
  /// The token that a part of tokenizer.json describes, numbered `id`.
  init(_ component: Component, id: UInt32) throws(TokenizerError) {
    let isSpecial = try component.bool("special", default: false)
    self.init(
      content: try component.string("content"),
      id: id,
      isSingleWord: try component.bool("single_word", default: false),
      stripsLeft: try component.bool("lstrip", default: false),
      stripsRight: try component.bool("rstrip", default: false),
      isNormalized: try component.bool("normalized", default: !isSpecial),
      isSpecial: isSpecial
    )
  }
}
