public import Tokenization

/// How the next token is chosen from logits.
public struct SamplingParameters: Sendable, Equatable {
  /// Divides the logits; 0 always picks the likeliest token.
  public var temperature: Float
  /// Keeps only the likeliest tokens; 0 keeps all.
  public var topK: Int
  /// Keeps the likeliest tokens that together reach this probability; 1 keeps all.
  public var topP: Float
  /// Keeps tokens at least this share as likely as the likeliest; 0 keeps all.
  public var minP: Float
  /// Starts the random numbers; `nil` takes a seed from the system.
  public var seed: UInt64?
  /// Taken from the logits of tokens that the output holds.
  public var presencePenalty: Float
  /// Taken from the logit of a token as many times as the output holds it.
  public var frequencyPenalty: Float
  /// Divides positive logits, and multiplies negative ones, of tokens in the prompt or the output.
  public var repetitionPenalty: Float
  /// Added to the logits of tokens.
  public var logitBias: [TokenID: Float]
  /// Tokens before which no end token and no stop token is chosen.
  public var minTokens: Int
  /// The only tokens that may be chosen; `nil` for all.
  public var allowedTokenIDs: [TokenID]?
  /// Runs of tokens that the output must not hold.
  public var badWords: [[TokenID]]

  /// Greedy decoding, unless told otherwise.
  public init(
    temperature: Float = 0,
    topK: Int = 0,
    topP: Float = 1,
    minP: Float = 0,
    seed: UInt64? = nil,
    presencePenalty: Float = 0,
    frequencyPenalty: Float = 0,
    repetitionPenalty: Float = 1,
    logitBias: [TokenID: Float] = [:],
    minTokens: Int = 0,
    allowedTokenIDs: [TokenID]? = nil,
    badWords: [[TokenID]] = []
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.seed = seed
    self.presencePenalty = presencePenalty
    self.frequencyPenalty = frequencyPenalty
    self.repetitionPenalty = repetitionPenalty
    self.logitBias = logitBias
    self.minTokens = minTokens
    self.allowedTokenIDs = allowedTokenIDs
    self.badWords = badWords
  }
}
