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

  /// Greedy decoding, unless told otherwise.
  public init(
    temperature: Float = 0,
    topK: Int = 0,
    topP: Float = 1,
    minP: Float = 0,
    seed: UInt64? = nil
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.seed = seed
  }
}
