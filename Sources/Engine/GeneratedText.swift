import Sampling
import Tokenization

/// The text of one generation as it grows: whole characters, ended by stop texts.
struct GeneratedText {
  private var decoder: IncrementalDecoder
  private var matcher: StopMatcher
  private(set) var output = ""
  /// Whether a stop text was met.
  private(set) var isStopped = false

  init(tokenizer: Tokenizer, stop: [String]) {
    decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: true)
    matcher = StopMatcher(stop)
  }

  /// Adds `token`; `listener` hears the text that is certain now, if any.
  mutating func append(_ token: TokenID, _ listener: (String) throws -> Void) rethrows {
    try take(decoder.append(token), listener)
  }

  /// Lets out what was held back, after the last token.
  mutating func finish(_ listener: (String) throws -> Void) rethrows {
    guard !isStopped else { return }
    try take(decoder.finish(), listener)
    if !isStopped { try put(matcher.finish(), listener) }
  }

  private mutating func take(_ piece: String, _ listener: (String) throws -> Void) rethrows {
    let (text, isStopped) = matcher.append(piece)
    self.isStopped = isStopped
    try put(text, listener)
  }

  private mutating func put(_ text: String, _ listener: (String) throws -> Void) rethrows {
    guard !text.isEmpty else { return }
    output += text
    try listener(text)
  }
}
