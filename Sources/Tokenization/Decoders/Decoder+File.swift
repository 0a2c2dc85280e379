extension Decoder {
  /// The decoder that a part of tokenizer.json describes.
  init(_ component: Component) throws(TokenizerError) {
    switch try component.type() {
    case "ByteLevel": self = .byteLevel
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Strip":
      self = .strip(
        content: try component.scalar("content").value,
        start: try component.count("start"),
        stop: try component.count("stop")
      )
    case "Replace":
      guard case .literal(let pattern) = try component.pattern() else {
        throw .unsupported(path: component.path + ".pattern", name: "Regex")
      }
      self = .replace(pattern, with: Array(try component.string("content").utf8))
    case "Metaspace":
      let metaspace = try Metaspace(component)
      self = .metaspace(
        replacement: metaspace.replacement,
        dropsFirst: metaspace.scheme != .never
      )
    case "WordPiece":
      self = .wordPiece(
        prefix: Array(try component.string("prefix").utf8),
        cleansUp: try component.bool("cleanup", default: true)
      )
    case "BPEDecoder":
      let suffix = try component.string("suffix")
      guard !suffix.isEmpty else {
        throw .invalid(path: component.path + ".suffix", expected: "a suffix")
      }
      self = .suffix(Array(suffix.utf8))
    case "Sequence":
      var steps: [Decoder] = []
      for part in try component.parts("decoders") { steps.append(try Decoder(part)) }
      self = .sequence(steps)
    default: throw component.unsupported()
    }
  }
}
