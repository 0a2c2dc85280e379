/// Turns tokens into text while they come, in time proportional to their number.
///
/// The pieces together are exactly what ``Tokenizer/decode(_:skipSpecialTokens:)`` gives for all
/// tokens at once; a character whose bytes are spread over tokens comes when it is whole.
public struct IncrementalDecoder: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var stages: [DecoderStage] = []
  /// The texts between two stages, kept for their memory.
  private var texts = PackedStrings()
  private var nextTexts = PackedStrings()

  /// Starts a text.
  ///
  /// - Parameter skipSpecialTokens: leave out the tokens that are marked as special.
  public init(_ tokenizer: Tokenizer, skipSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skipSpecialTokens
    var isFused = false
    for step in tokenizer.decoder.steps {
      let stage = DecoderStage(step, inputIsFused: isFused)
      isFused = stage.outputIsFused
      stages.append(stage)
    }
  }

  /// The text that is certain now that `token` follows; empty while a character is incomplete.
  ///
  /// A token outside the vocabulary adds nothing.
  public mutating func append(_ token: TokenID) -> String {
    var bytes: [UInt8] = []
    append(token, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Ends the text: what was held back, an incomplete character as U+FFFD.
  public mutating func finish() -> String {
    var bytes: [UInt8] = []
    finish(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  mutating func append(_ token: TokenID, to output: inout [UInt8]) {
    if skipsSpecialTokens, let position = tokenizer.addedTokens.position(of: token.rawValue),
      tokenizer.addedTokens.tokens[position].isSkipped
    {
      return
    }
    texts.removeAll()
    guard tokenizer.appendText(of: token, to: &texts) else { return }
    pass(from: 0, to: &output)
  }

  mutating func finish(to output: inout [UInt8]) {
    for index in stages.indices {
      texts.removeAll()
      stages[index].finish(to: &texts)
      pass(from: index + 1, to: &output)
    }
  }

  /// Sends `texts` through the stages from `first` on.
  private mutating func pass(from first: Int, to output: inout [UInt8]) {
    var input = PackedStrings()
    var result = PackedStrings()
    swap(&input, &texts)
    swap(&result, &nextTexts)
    for index in first..<stages.count {
      result.removeAll()
      for text in 0..<input.count {
        stages[index].take(input.bytes.span, input.range(of: text), to: &result)
      }
      swap(&input, &result)
    }
    output += input.bytes
    swap(&input, &texts)
    swap(&result, &nextTexts)
  }
}
