import Sampling
import Tokenization

/// The text of one generation as it grows: whole characters, ended by stop texts.
struct GeneratedText {
  private var decoder: IncrementalDecoder
  private var matcher: StopMatcher
  private(set) var output = ""
  /// The stop text that was met.
  private(set) var stop: String?

  init(tokenizer: Tokenizer, request: GenerationRequest) {
    decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: request.skipsSpecialTokens)
    matcher = StopMatcher(request.stop, includesStop: request.includesStopText)
  }

  /// Adds `token`; returns the text that is certain now.
  ///
  /// - Parameter matchesStop: whether a stop text may end here.
  mutating func append(_ token: TokenID, matchesStop: Bool) -> String {
    let piece = decoder.append(token)
    return matchesStop ? take(piece) : put(piece)
  }

  /// Lets out what was held back, after the last token.
  mutating func finish() -> String {
    guard stop == nil else { return "" }
    let piece = take(decoder.finish())
    return stop == nil ? piece + put(matcher.finish()) : piece
  }

  private mutating func take(_ piece: String) -> String {
    let (text, stop) = matcher.append(piece)
    self.stop = stop
    return put(text)
  }

  private mutating func put(_ text: String) -> String {
    output += text
    return text
  }
}
