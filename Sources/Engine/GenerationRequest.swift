public import Prompts
public import Sampling
public import Tokenization

/// One prompt to complete, and how.
public struct GenerationRequest: Sendable {
  /// What the model reads.
  public var prompt: Prompt
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// The most tokens to generate; `nil` for as many as the context holds.
  public var maxTokens: Int?
  /// Texts at which generation ends; they are not part of the output.
  public var stop: [String]
  /// Whether to go on at the model's end tokens.
  public var ignoresEnd: Bool

  /// A request for `prompt`.
  public init(
    prompt: Prompt,
    sampling: SamplingParameters = SamplingParameters(),
    maxTokens: Int? = nil,
    stop: [String] = [],
    ignoresEnd: Bool = false
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.stop = stop
    self.ignoresEnd = ignoresEnd
  }
}

/// Why a generation ended, in OpenAI's words.
public enum FinishReason: String, Sendable {
  /// At an end token or a stop text.
  case stop
  /// At the most tokens asked for, or at the end of the context.
  case length
}

/// What a finished generation came to.
public struct GenerationResult: Sendable {
  /// The whole text.
  public var text: String
  /// The generated tokens; an end token is the last one.
  public var tokens: [TokenID]
  /// Why it ended.
  public var finishReason: FinishReason
  /// Positions of the prompt.
  public var promptLength: Int
  /// Seconds from the start to the first token.
  public var promptSeconds: Double
  /// Seconds from the first token to the last.
  public var decodeSeconds: Double

  /// Prompt positions read per second.
  public var promptTokensPerSecond: Double { Double(promptLength) / max(promptSeconds, 1e-9) }

  /// Tokens per second after the first; 0 where there is none.
  public var decodeTokensPerSecond: Double {
    tokens.count > 1 ? Double(tokens.count - 1) / max(decodeSeconds, 1e-9) : 0
  }
}
