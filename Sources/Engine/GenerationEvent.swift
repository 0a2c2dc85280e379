public import Tokenization

/// How likely a token was at its position, and which ones were likelier.
///
/// Probabilities are those of the model's own logits, before penalties and temperature.
public struct TokenLogprobs: Sendable, Equatable {
  /// A token and the logarithm of its probability.
  public struct Entry: Sendable, Equatable {
    /// The token.
    public var token: TokenID
    /// The natural logarithm of its probability.
    public var logprob: Float

    /// An entry of these parts.
    public init(token: TokenID, logprob: Float) {
      self.token = token
      self.logprob = logprob
    }
  }

  /// The token that stands at the position.
  public var token: TokenID
  /// The natural logarithm of its probability.
  public var logprob: Float
  /// How many tokens are at least as likely, itself among them: 1 for the likeliest.
  public var rank: Int
  /// The likeliest tokens, likeliest first.
  public var top: [Entry]

  /// Logprobs of these parts.
  public init(token: TokenID, logprob: Float, rank: Int, top: [Entry]) {
    self.token = token
    self.logprob = logprob
    self.rank = rank
    self.top = top
  }
}

/// What is heard of a generation while it runs.
public enum GenerationEvent: Sendable {
  /// How likely each of the prompt's tokens was; `nil` for the first position, and for rows that
  /// stand for no token. Comes first, where it was asked for.
  case promptLogprobs([TokenLogprobs?])
  /// Text that is certain now, perhaps empty, with the tokens since the last event and, where they
  /// were asked for, the logprobs of each.
  case piece(text: String, tokens: [TokenID], logprobs: [TokenLogprobs])
  /// The generation ended; the last event.
  case finished(GenerationResult)
}
