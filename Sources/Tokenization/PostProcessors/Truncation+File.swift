import JSON

extension Truncation {
  /// The `truncation` of tokenizer.json.
  init(_ component: Component) throws(TokenizerError) {
    length = try component.count("max_length")
    stride = component.json["stride"] == nil ? 0 : try component.count("stride")
    switch component.json["strategy"]?.stringValue {
    case nil, "LongestFirst": strategy = .longestFirst
    case "OnlyFirst": strategy = .onlyFirst
    case "OnlySecond": strategy = .onlySecond
    case let name?: throw .unsupported(path: component.path + ".strategy", name: name)
    }
    direction = component.json["direction"]?.stringValue == "Left" ? .left : .right
  }
}

extension Padding {
  /// The `padding` of tokenizer.json.
  init(_ component: Component) throws(TokenizerError) {
    guard let token = UInt32(exactly: try component.count("pad_id")) else {
      throw .invalid(path: component.path + ".pad_id", expected: "a token id")
    }
    self.init(
      token: TokenID(token),
      typeID: component.json["pad_type_id"]?.integerValue ?? 0,
      length: component.json["strategy"]?["Fixed"]?.integerValue,
      multiple: component.json["pad_to_multiple_of"]?.integerValue,
      direction: component.json["direction"]?.stringValue == "Left" ? .left : .right
    )
  }
}
