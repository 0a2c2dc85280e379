import JSON

extension PreTokenizer {
  /// The pre-tokenizer that a part of tokenizer.json describes.
  init(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "ByteLevel":
      self = .byteLevel(
        addsPrefixSpace: try component.bool("add_prefix_space", default: true),
        cutsWords: try component.bool("use_regex", default: true),
        mapsBytes: true
      )
    case "Split":
      self = .split(
        try component.pattern(),
        try component.behavior(),
        inverted: try component.bool("invert", default: false)
      )
    case "Digits":
      self = .digits(individual: try component.bool("individual_digits", default: false))
    case "Metaspace": self = .metaspace(try Metaspace(component))
    case "WhitespaceSplit": self = .whitespaceSplit
    case "Whitespace": self = .words
    case "UnicodeScripts": self = .scripts
    case "CharDelimiterSplit": self = .delimiter(try component.scalar("delimiter"))
    case "FixedLength":
      let length = component.json["length"] == nil ? 5 : try component.count("length")
      guard length > 0 else {
        throw .invalid(path: component.path + ".length", expected: "a count above 0")
      }
      self = .fixedLength(length)
    case "BertPreTokenizer": self = .bert
    case "Punctuation":
      self = .punctuation(component.json["behavior"] == nil ? .isolated : try component.behavior())
    case "Sequence":
      var steps: [PreTokenizer] = []
      for part in try component.parts("pretokenizers") { steps.append(try PreTokenizer(part)) }
      self = .sequence(steps)
    default: throw component.unsupported()
    }
  }
}

extension Metaspace {
  /// The settings of a `Metaspace` pre-tokenizer or decoder, also in their older spelling.
  init(_ component: Component) throws(TokenizerError) {
    replacement = Array(String(try component.scalar("replacement")).utf8)
    cuts = try component.bool("split", default: true)
    if let name = component.json["prepend_scheme"]?.stringValue {
      guard let scheme = PrependScheme(rawValue: name) else {
        throw .unsupported(path: component.path + ".prepend_scheme", name: name)
      }
      self.scheme = scheme
    } else {
      scheme = try component.bool("add_prefix_space", default: true) ? .always : .never
    }
  }
}

extension Component {
  fileprivate func behavior() throws(TokenizerError) -> SplitBehavior {
    let name = try string("behavior")
    guard let behavior = SplitBehavior(rawValue: name) else {
      throw .unsupported(path: path + ".behavior", name: name)
    }
    return behavior
  }
}
