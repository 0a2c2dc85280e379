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
      self = .replace(
        try component.pattern(),
        with: Array(try component.string("content").utf8)
      )
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
      self = .suffix(Array(try component.string("suffix").utf8))
    case "CTC":
      self = .ctc(
        padding: Array(try component.string("pad_token").utf8),
        delimiter: Array(try component.string("word_delimiter_token").utf8),
        cleansUp: try component.bool("cleanup", default: true)
      )
    case "Sequence":
      var steps: [Decoder] = []
      for part in try component.parts("decoders") { steps.append(try Decoder(part)) }
      self = .sequence(steps)
    default: throw component.unsupported()
    }
  }
}
