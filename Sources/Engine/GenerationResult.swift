public import Tokenization

/// Why a generation ended, in OpenAI's words.
public enum FinishReason: String, Sendable, CaseIterable {
  /// At an end token, a stop token or a stop text.
  case stop
  /// At the most tokens asked for, or at the end of the context.
  case length
  /// Because nobody wanted it any more, or the engine was shut down.
  case abort
}

/// What a generation stopped at, where it was not the model's end token.
public enum StopReason: Sendable, Equatable {
  /// One of the request's stop texts.
  case text(String)
  /// One of the request's stop tokens.
  case token(TokenID)
}

/// When things happened to a generation, from its arrival on.
public struct GenerationTimings: Sendable, Equatable {
  /// Until its first positions went through the model.
  public var scheduled: Duration
  /// Until its first token was there.
  public var firstToken: Duration
  /// Until it ended.
  public var finished: Duration

  /// Timings of these parts.
  public init(scheduled: Duration, firstToken: Duration, finished: Duration) {
    self.scheduled = scheduled
    self.firstToken = firstToken
    self.finished = finished
  }
}

/// What a finished generation came to.
public struct GenerationResult: Sendable {
  /// The whole text.
  public var text: String
  /// The generated tokens; an end token is the last one.
  public var tokens: [TokenID]
  /// Why it ended.
  public var finishReason: FinishReason
  /// What it stopped at; `nil` at the model's end token and where it did not stop.
  public var stopReason: StopReason?
  /// Positions of the prompt.
  public var promptLength: Int
  /// Positions of the prompt that had been computed for others before.
  public var cachedPromptLength: Int
  /// When it began and ended.
  public var timings: GenerationTimings

  /// A result of these parts.
  public init(
    text: String,
    tokens: [TokenID],
    finishReason: FinishReason,
    stopReason: StopReason? = nil,
    promptLength: Int,
    cachedPromptLength: Int = 0,
    timings: GenerationTimings
  ) {
    self.text = text
    self.tokens = tokens
    self.finishReason = finishReason
    self.stopReason = stopReason
    self.promptLength = promptLength
    self.cachedPromptLength = cachedPromptLength
    self.timings = timings
  }

  /// Seconds from the first positions' step to the first token.
  public var promptSeconds: Double { (timings.firstToken - timings.scheduled).seconds }
  /// Seconds from the first token to the end.
  public var decodeSeconds: Double { (timings.finished - timings.firstToken).seconds }

  /// Prompt positions read per second.
  public var promptTokensPerSecond: Double { Double(promptLength) / max(promptSeconds, 1e-9) }

  /// Tokens per second after the first; 0 where there is none.
  public var decodeTokensPerSecond: Double {
    tokens.count > 1 ? Double(tokens.count - 1) / max(decodeSeconds, 1e-9) : 0
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
