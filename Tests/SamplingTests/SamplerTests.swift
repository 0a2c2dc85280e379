import Sampling
import TestSupport
import Testing
import Tokenization

@Suite struct `Drawing tokens` {
  private func draws(_ values: [Float], _ parameters: SamplingParameters, count: Int) -> [Int] {
    var sampler = Sampler(parameters)
    return (0..<count).map { _ in
      var scores = values
      return scores.withUnsafeMutableBufferPointer { sampler.sample($0) }.index
    }
  }

  @Test func `picks the likeliest token at temperature 0, the first of equals`() {
    #expect(draws([1, 3, 2, 3], SamplingParameters(), count: 2) == [1, 1])
    #expect(draws([.nan, -1, -2], SamplingParameters(), count: 1) == [1])
  }

  @Test func `draws each token as often as softmax says`() {
    let weights: [Float] = [0.5, 0.25, 0.125, 0.125]
    let tokens = draws(
      weights.map { $0.logarithm },
      SamplingParameters(temperature: 1, seed: 1),
      count: 40_000
    )
    for (token, weight) in weights.enumerated() {
      let share = Double(tokens.count { $0 == token }) / 40_000
      // Four standard deviations of a share of 0.5 are 0.01.
      #expect(abs(share - Double(weight)) < 0.01)
    }
  }

  @Test func `sharpens with a low temperature and flattens with a high one`() {
    let values: [Float] = [2, 1]
    // softmax([2, 1] / 0.5) = 0.8808, softmax([2, 1] / 4) = 0.5622 (torch)
    for (temperature, expected) in [(Float(0.5), 0.8808), (4, 0.5622)] {
      let tokens = draws(
        values,
        SamplingParameters(temperature: temperature, seed: 2),
        count: 40_000
      )
      #expect(abs(Double(tokens.count { $0 == 0 }) / 40_000 - expected) < 0.01)
    }
  }

  @Test func `top-k keeps the likeliest and those as likely as the last of them`() {
    let values: [Float] = [0, 3, 2, 2, -1]
    let parameters = SamplingParameters(temperature: 10, topK: 2, seed: 3)
    #expect(Set(draws(values, parameters, count: 2000)) == [1, 2, 3])
  }

  @Test func `top-p keeps the fewest tokens that reach the share`() {
    let values: [Float] = ([0.1, 0.4, 0.3, 0.2] as [Float]).map(\.logarithm)
    func kept(_ topP: Float) -> Set<Int> {
      Set(draws(values, SamplingParameters(temperature: 1, topP: topP, seed: 4), count: 4000))
    }
    #expect(kept(0.3) == [1])
    #expect(kept(0.5) == [1, 2])
    #expect(kept(0.85) == [1, 2, 3])
    #expect(kept(1) == [0, 1, 2, 3])
  }

  @Test func `min-p keeps tokens by their share of the likeliest`() {
    let values: [Float] = ([0.5, 0.3, 0.15, 0.05] as [Float]).map(\.logarithm)
    let parameters = SamplingParameters(temperature: 1, minP: 0.25, seed: 5)
    #expect(Set(draws(values, parameters, count: 4000)) == [0, 1, 2])
  }

  @Test(arguments: UInt64(0)..<8)
  func `selects the same sets as sorting the whole vocabulary`(seed: UInt64) {
    var random = SeededGenerator(seed)
    let values = (0..<3000).map { _ in Float.random(in: -4...4, using: &random) }
    let order = values.indices.sorted { values[$0] > values[$1] }
    let parameters = SamplingParameters(temperature: 100, topK: 500, seed: seed)
    #expect(Set(draws(values, parameters, count: 2000)).isSubset(of: Set(order.prefix(500))))

    let weights = order.map { values[$0].exponential }
    let total = weights.reduce(0, +)
    var sum = 0.0
    let size =
      (weights.firstIndex { weight in
        sum += weight
        return sum >= 0.9 * total
      } ?? 0) + 1
    let nucleus = SamplingParameters(temperature: 1, topP: 0.9, seed: seed)
    #expect(Set(draws(values, nucleus, count: 3000)).isSubset(of: Set(order.prefix(size))))
  }

  @Test func `the same seed gives the same tokens, another seed others`() {
    let values = (0..<100).map { Float($0 % 7) }
    func run(_ seed: UInt64) -> [Int] {
      draws(values, SamplingParameters(temperature: 1, seed: seed), count: 50)
    }
    #expect(run(7) == run(7))
    #expect(run(7) != run(8))
  }

  @Test func `survives logits without a finite number`() {
    let parameters = SamplingParameters(temperature: 1, topK: 2, topP: 0.5, minP: 0.1, seed: 6)
    #expect(draws([.nan, .nan], parameters, count: 1) == [0])
    #expect(draws([.infinity, 1], parameters, count: 3) == [0, 0, 0])
    #expect((0...1).contains(draws([-.infinity, -.infinity], parameters, count: 1)[0]))
  }
}
