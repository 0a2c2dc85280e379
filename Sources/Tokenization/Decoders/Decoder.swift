/// Turns the texts of tokens back into text, step by step.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/decoders
indirect enum Decoder: Sendable {
  /// Characters of the byte alphabet become bytes, and all bytes one text.
  case byteLevel
  /// Runs of tokens `<0xHH>` become characters; U+FFFD for each byte if a run is no UTF-8.
  case byteFallback
  /// All texts become one.
  case fuse
  /// Takes up to `start` scalars `content` from the beginning and `stop` from the end of each text.
  case strip(content: UInt32, start: Int, stop: Int)
  case replace(SplitPattern, with: [UInt8])
  /// The sign becomes a space; the first token's is dropped if one was prepended.
  case metaspace(replacement: [UInt8], dropsFirst: Bool)
  /// A space before each token but the first and those that begin with `prefix`.
  case wordPiece(prefix: [UInt8], cleansUp: Bool)
  /// The suffix becomes a space, at the end nothing.
  case suffix([UInt8])
  case sentencePiece(SentencePieceDecoding)
  /// Tokens said again and `padding` go; cleaned up, `delimiter` becomes a space.
  case ctc(padding: [UInt8], delimiter: [UInt8], cleansUp: Bool)
  /// No decoder: a space between tokens.
  case joinWithSpaces
  case sequence([Decoder])

  /// The steps in order, sequences taken apart.
  var steps: [Decoder] {
    if case .sequence(let decoders) = self { decoders.flatMap(\.steps) } else { [self] }
  }
}
