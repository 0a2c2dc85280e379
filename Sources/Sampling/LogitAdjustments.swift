import Tokenization

/// What a request changes about logits before a token is chosen, and what must be remembered for it.
///
/// In vLLM's order: allowed tokens, bad words, end tokens before the least length, bias, then the
/// repetition, frequency and presence penalties.
///
/// Source: vllm/v1/sample/sampler.py, vllm/model_executor/layers/utils.py
struct LogitAdjustments: Sendable {
  private let parameters: SamplingParameters
  private let endTokens: Set<TokenID>
  private let allowed: Set<TokenID>?
  private let promptTokens: Set<TokenID>
  private var output: [TokenID] = []
  private var counts: [TokenID: Int] = [:]

  /// The adjustments of `parameters`; `nil` if they ask for none.
  init?(
    _ parameters: SamplingParameters,
    promptTokens: some Sequence<TokenID>,
    endTokens: Set<TokenID>
  ) {
    let repeats = parameters.repetitionPenalty != 1 && parameters.repetitionPenalty > 0
    guard
      repeats || parameters.presencePenalty != 0 || parameters.frequencyPenalty != 0
        || !parameters.logitBias.isEmpty || parameters.minTokens > 0
        || parameters.allowedTokenIDs != nil || !parameters.badWords.isEmpty
    else { return nil }
    self.parameters = parameters
    self.endTokens = endTokens
    allowed = parameters.allowedTokenIDs.map { Set($0) }
    self.promptTokens = repeats ? Set(promptTokens) : []
  }

  /// Remembers that `token` was chosen.
  mutating func note(_ token: TokenID) {
    output.append(token)
    counts[token, default: 0] += 1
  }

  /// Changes `scores`, [vocabulary]; tokens beyond the vocabulary are passed over.
  func apply(to scores: UnsafeMutableBufferPointer<Float>) {
    if let allowed { keepOnly(allowed, in: scores) }
    for word in parameters.badWords {
      if let last = word.last, output.count >= word.count - 1,
        output.suffix(word.count - 1).elementsEqual(word.dropLast())
      {
        change(last, in: scores) { _ in -.infinity }
      }
    }
    if output.count < parameters.minTokens {
      for token in endTokens { change(token, in: scores) { _ in -.infinity } }
    }
    for (token, bias) in parameters.logitBias { change(token, in: scores) { $0 + bias } }
    penalize(scores)
  }

  private func keepOnly(_ allowed: Set<TokenID>, in scores: UnsafeMutableBufferPointer<Float>) {
    let kept = allowed.filter { $0.index < scores.count }.map { ($0.index, scores[$0.index]) }
    scores.update(repeating: -.infinity)
    for (index, score) in kept { scores[index] = score }
  }

  private func penalize(_ scores: UnsafeMutableBufferPointer<Float>) {
    let factor = parameters.repetitionPenalty
    if factor != 1, factor > 0 {
      func repeated(_ score: Float) -> Float { score > 0 ? score / factor : score * factor }
      for token in promptTokens where counts[token] == nil {
        change(token, in: scores, repeated)
      }
      for token in counts.keys { change(token, in: scores, repeated) }
    }
    guard parameters.frequencyPenalty != 0 || parameters.presencePenalty != 0 else { return }
    for (token, count) in counts {
      change(token, in: scores) {
        $0 - parameters.frequencyPenalty * Float(count) - parameters.presencePenalty
      }
    }
  }

  private func change(
    _ token: TokenID,
    in scores: UnsafeMutableBufferPointer<Float>,
    _ body: (Float) -> Float
  ) {
    guard token.index < scores.count else { return }
    scores[token.index] = body(scores[token.index])
  }
}
