import JSON

extension Template {
  /// What the post-processor of tokenizer.json puts around one text.
  init(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "ByteLevel": self = .plain  // It only moves offsets.
    case "TemplateProcessing": try self.init(pieces: component)
    case "BertProcessing", "RobertaProcessing":
      self = .around(
        before: [try component.token("cls")],
        after: [try component.token("sep")]
      )
    case "Sequence":
      self = .plain
      for part in try component.parts("processors") { self = wrapped(in: try Template(part)) }
    default: throw component.unsupported()
    }
  }

  private init(pieces component: Component) throws(TokenizerError) {
    parts = []
    for piece in try component.parts("single") {
      if piece.json["Sequence"] != nil {
        parts.append(.text)
        continue
      }
      let path = component.path + ".special_tokens"
      guard let name = piece.json["SpecialToken"]?["id"]?.stringValue else {
        throw .invalid(path: piece.path, expected: "a sequence or a special token")
      }
      guard let ids = component.json["special_tokens"]?[name]?["ids"]?.arrayValue else {
        throw .missing(path: "\(path).\(name)")
      }
      var tokens: [TokenID] = []
      for id in ids {
        guard let id = id.integerValue.flatMap(UInt32.init(exactly:)) else {
          throw .invalid(path: "\(path).\(name).ids", expected: "token ids")
        }
        tokens.append(TokenID(id))
      }
      parts.append(.tokens(tokens))
    }
  }
}

extension Component {
  /// The id of the pair `["text", id]`.
  fileprivate func token(_ key: String) throws(TokenizerError) -> TokenID {
    guard let pair = json[key]?.arrayValue, pair.count == 2,
      let id = pair[1].integerValue.flatMap(UInt32.init(exactly:))
    else { throw .invalid(path: "\(path).\(key)", expected: "a token and its id") }
    return TokenID(id)
  }
}
