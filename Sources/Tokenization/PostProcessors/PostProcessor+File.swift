import JSON

extension PostProcessor {
  /// What the post-processor of tokenizer.json does.
  init(_ component: Component) throws(TokenizerError) {
    self = .plain
    var wraps = false
    try add(component, &wraps)
  }

  private mutating func add(_ component: Component, _ wraps: inout Bool) throws(TokenizerError) {
    switch try component.type() {
    case "ByteLevel": try addTrim(component)
    case "Sequence":
      for part in try component.parts("processors") { try add(part, &wraps) }
    case "TemplateProcessing":
      try wrap(component, &wraps)
      single = try component.template("single")
      pair = try component.template("pair")
    case "BertProcessing":
      try wrap(component, &wraps)
      let (begin, end) = (try component.token("cls"), try component.token("sep"))
      single = [
        .tokens([begin], typeID: 0), .text(isSecond: false, typeID: nil), .tokens([end], typeID: 0),
      ]
      pair = single + [.text(isSecond: true, typeID: nil), .tokens([end], typeID: 1)]
    case "RobertaProcessing":
      try wrap(component, &wraps)
      try addTrim(component)
      let (begin, end) = (try component.token("cls"), try component.token("sep"))
      single = [
        .tokens([begin], typeID: 0), .text(isSecond: false, typeID: 0), .tokens([end], typeID: 0),
      ]
      pair =
        single + [
          .tokens([end], typeID: 0), .text(isSecond: true, typeID: 0), .tokens([end], typeID: 0),
        ]
    default: throw component.unsupported()
    }
  }

  /// The reference cannot wrap twice either.
  private func wrap(_ component: Component, _ wraps: inout Bool) throws(TokenizerError) {
    guard !wraps else {
      throw .unsupported(path: component.path, name: "a second template in a sequence")
    }
    wraps = true
  }

  private mutating func addTrim(_ component: Component) throws(TokenizerError) {
    guard try component.bool("trim_offsets", default: true) else { return }
    trims.append(try component.bool("add_prefix_space", default: true))
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

  /// The template `key`: texts, and special tokens that `special_tokens` tells.
  fileprivate func template(_ key: String) throws(TokenizerError) -> [PostProcessor.Part] {
    var parts: [PostProcessor.Part] = []
    for piece in try self.parts(key) {
      let kind = piece.json["Sequence"] ?? piece.json["SpecialToken"]
      let typeID = kind?["type_id"]?.integerValue ?? 0
      if let sequence = piece.json["Sequence"] {
        parts.append(.text(isSecond: sequence["id"]?.stringValue == "B", typeID: typeID))
        continue
      }
      guard let name = kind?["id"]?.stringValue else {
        throw .invalid(path: piece.path, expected: "a sequence or a special token")
      }
      let path = path + ".special_tokens"
      guard let ids = json["special_tokens"]?[name]?["ids"]?.arrayValue else {
        throw .missing(path: "\(path).\(name)")
      }
      var tokens: [TokenID] = []
      for id in ids {
        guard let id = id.integerValue.flatMap(UInt32.init(exactly:)) else {
          throw .invalid(path: "\(path).\(name).ids", expected: "token ids")
        }
        tokens.append(TokenID(id))
      }
      parts.append(.tokens(tokens, typeID: typeID))
    }
    return parts
  }
}
