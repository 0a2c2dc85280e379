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
  /// Texts at which generation ends.
  public var stop: [String]
  /// Tokens at which generation ends, besides the model's end tokens.
  public var stopTokenIDs: Set<TokenID>
  /// Whether to go on at the model's end tokens.
  public var ignoresEnd: Bool
  /// Whether the output keeps the stop text, or the text of the stop token, that ended it.
  public var includesStopText: Bool
  /// Whether special tokens are left out of the text.
  public var skipsSpecialTokens: Bool
  /// How many of the likeliest tokens to tell with each generated one; 0 for the chosen one alone.
  public var logprobCount: Int?
  /// How many of the likeliest tokens to tell with each of the prompt's; 0 for the prompt's alone.
  public var promptLogprobCount: Int?
  /// Requests share what was computed of a common beginning only with requests of the same salt.
  public var cacheSalt: String?

  /// A request for `prompt`.
  public init(
    prompt: Prompt,
    sampling: SamplingParameters = SamplingParameters(),
    maxTokens: Int? = nil,
    stop: [String] = [],
    stopTokenIDs: Set<TokenID> = [],
    ignoresEnd: Bool = false,
    includesStopText: Bool = false,
    skipsSpecialTokens: Bool = true,
    logprobCount: Int? = nil,
    promptLogprobCount: Int? = nil,
    cacheSalt: String? = nil
  ) {
    self.prompt = prompt
    self.sampling = sampling
    self.maxTokens = maxTokens
    self.stop = stop
    self.stopTokenIDs = stopTokenIDs
    self.ignoresEnd = ignoresEnd
    self.includesStopText = includesStopText
    self.skipsSpecialTokens = skipsSpecialTokens
    self.logprobCount = logprobCount
    self.promptLogprobCount = promptLogprobCount
    self.cacheSalt = cacheSalt
  }
}
