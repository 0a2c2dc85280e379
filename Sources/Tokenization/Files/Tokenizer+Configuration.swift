import JSON

extension SpecialTokens {
  /// The tokens that tokenizer_config.json names.
  init(_ configuration: JSON?, _ addedTokens: AddedTokens, _ model: Vocabulary) {
    func named(_ key: String) -> NamedToken? {
      let value = configuration?[key]
      guard let text = value?.stringValue ?? value?["content"]?.stringValue,
        let id = addedTokens.id(of: text) ?? model.id(of: text)
      else { return nil }
      return NamedToken(text: text, id: TokenID(id))
    }
    self.init()
    beginOfSequence = named("bos_token")
    endOfSequence = named("eos_token")
    padding = named("pad_token")
    unknown = named("unk_token")
    if unknown == nil, let text = model.unknownToken, let id = model.id(of: text) {
      unknown = NamedToken(text: text, id: TokenID(id))
    }
  }
}

extension Template {
  /// What tokenizer_config.json wants around a text; `nil` if it says nothing of it.
  ///
  /// As transformers does: naming either flag replaces what the tokenizer itself puts there.
  init?(_ configuration: JSON?, _ specialTokens: SpecialTokens) {
    let addsBegin = configuration?["add_bos_token"]?.boolValue
    let addsEnd = configuration?["add_eos_token"]?.boolValue
    guard addsBegin != nil || addsEnd != nil else { return nil }
    self = .around(
      before: addsBegin == true ? [specialTokens.beginOfSequence?.id].compactMap(\.self) : [],
      after: addsEnd == true ? [specialTokens.endOfSequence?.id].compactMap(\.self) : []
    )
  }
}
