import Engine
import Tokenization

/// What is known of one output while it grows.
struct ChoiceProgress: Sendable {
  /// A part of the output that has not been told yet.
  struct Delta: Sendable {
    var text = ""
    var tokens: [TokenID] = []
    var logprobs: [TokenLogprobs] = []
    /// What stands in front of them with echo; the tokens then begin with the prompt's.
    var promptLogprobs: [TokenLogprobs?] = []
    var result: GenerationResult?
  }

  /// The most tokens that will come.
  let limit: Int
  /// All tokens so far.
  private(set) var tokenCount = 0
  /// The prompt's log probabilities, if they were asked for.
  private(set) var promptLogprobs: [TokenLogprobs?]?
  /// Positions of the prompt that were found in the prefix cache; known at the end.
  private(set) var cachedTokenCount = 0
  private var pending = Delta()

  init(limit: Int) { self.limit = limit }

  /// Takes `event`; returns what to tell now.
  ///
  /// The last text waits for the end that follows it at once, so that one chunk tells both.
  /// With `tellsTokens` tokens without text are told as well.
  mutating func take(_ event: GenerationEvent, tellsTokens: Bool) -> Delta? {
    switch event {
    case .promptLogprobs(let logprobs):
      promptLogprobs = logprobs
      return nil
    case .piece(let text, let tokens, let logprobs):
      tokenCount += tokens.count
      pending.text += text
      pending.tokens += tokens
      pending.logprobs += logprobs
      let isWorthTelling = !pending.text.isEmpty || (tellsTokens && !pending.tokens.isEmpty)
      guard tokenCount < limit, isWorthTelling else { return nil }
    case .finished(let result):
      pending.result = result
      cachedTokenCount = result.cachedPromptLength
    }
    defer { pending = Delta() }
    return pending
  }
}
