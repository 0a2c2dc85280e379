extension Normalizer {
  /// The normalizer that a part of tokenizer.json describes.
  init(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "NFC": self = .form(.nfc)
    case "NFD": self = .form(.nfd)
    case "NFKC": self = .form(.nfkc)
    case "NFKD": self = .form(.nfkd)
    case "StripAccents": self = .stripAccents
    case "Nmt": self = .nmt
    case "Lowercase": self = .lowercase
    case "Strip":
      self = .strip(
        left: try component.bool("strip_left", default: true),
        right: try component.bool("strip_right", default: true)
      )
    case "Prepend": self = .prepend(Array(try component.string("prepend").utf8))
    case "Replace":
      let content = try component.string("content")
      self = .replace(try component.pattern(), with: Array(content.utf8))
    case "ByteLevel": self = .byteLevel
    case "Precompiled":
      let path = component.path + ".precompiled_charsmap"
      let text = Array(try component.string("precompiled_charsmap").utf8)
      var bytes: [UInt8] = []
      guard Base64.decode(text.span, 0..<text.count, to: &bytes) else {
        throw .invalid(path: path, expected: "base64")
      }
      self = .precompiled(Precompiled(map: try CharacterMap(bytes.span, path: path)))
    case "BertNormalizer":
      let lowercases = try component.bool("lowercase", default: true)
      self = .bert(
        BertNormalization(
          cleansText: try component.bool("clean_text", default: true),
          separatesIdeographs: try component.bool("handle_chinese_chars", default: true),
          stripsAccents: try component.bool("strip_accents", default: lowercases),
          lowercases: lowercases
        )
      )
    case "Sequence":
      var steps: [Normalizer] = []
      for part in try component.parts("normalizers") { steps.append(try Normalizer(part)) }
      self = .sequence(steps)
    default: throw component.unsupported()
    }
  }
}
