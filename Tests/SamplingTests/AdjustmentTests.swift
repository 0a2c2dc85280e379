import Sampling
import Testing
import Tokenization

@Suite struct `Adjusting logits` {
  /// Greedy tokens from the same raw scores at every step, and the scores after the last.
  private func run(
    _ values: [Float],
    _ parameters: SamplingParameters,
    prompt: [TokenID] = [],
    ends: Set<TokenID> = [],
    count: Int
  ) -> (tokens: [Int], scores: [Float]) {
    var sampler = Sampler(parameters, promptTokens: prompt, endTokens: ends)
    var tokens: [Int] = []
    var scores = values
    for _ in 0..<count {
      scores = values
      tokens.append(scores.withUnsafeMutableBufferPointer { sampler.sample($0) }.index)
    }
    return (tokens, scores)
  }

  @Test
  func `repetition divides what is positive and multiplies what is not, prompt and output alike`() {
    let parameters = SamplingParameters(repetitionPenalty: 2)
    let (tokens, scores) = run([4, 3, -1, -2], parameters, prompt: [2, 1, 1], count: 2)
    #expect(tokens == [0, 0])
    #expect(scores == [2, 1.5, -2, -2])
  }

  @Test func `frequency counts the output's tokens, presence does not`() {
    let frequency = run([4, 3.5, 0], SamplingParameters(frequencyPenalty: 0.4), count: 4)
    #expect(frequency.tokens == [0, 0, 1, 0])
    let presence = run([4, 3.5, 0], SamplingParameters(presencePenalty: 1), prompt: [1], count: 4)
    #expect(presence.tokens == [0, 1, 0, 0])
    #expect(presence.scores == [3, 2.5, 0])
  }

  @Test func `bias comes before penalties`() {
    let parameters = SamplingParameters(repetitionPenalty: 2, logitBias: [1: 2, 9: 5])
    #expect(run([1, -1], parameters, prompt: [1], count: 1).scores == [1, 0.5])
  }

  @Test func `only allowed tokens are chosen`() {
    let parameters = SamplingParameters(allowedTokenIDs: [2, 1, 1, 7])
    #expect(run([9, 1, 2], parameters, count: 1).scores == [-.infinity, 1, 2])
    #expect(run([9, 1, 2], parameters, count: 1).tokens == [2])
  }

  @Test func `end tokens wait for the least length`() {
    let (tokens, _) = run([5, 4], SamplingParameters(minTokens: 2), ends: [0], count: 3)
    #expect(tokens == [1, 1, 0])
  }

  @Test func `bad words are never completed`() {
    let parameters = SamplingParameters(badWords: [[0, 0, 1], [2], []])
    #expect(run([1, 3, 9], parameters, count: 2).tokens == [1, 1])
    let pair = SamplingParameters(badWords: [[1, 1]])
    #expect(run([2, 3], pair, count: 4).tokens == [1, 0, 1, 0])
  }
}
