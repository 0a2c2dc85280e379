import Glibc
import Tensors
import Tokenization

extension TokenLogprobs {
  /// The logprobs of `token` among the raw logits `scores`, [vocabulary], with the `topCount` likeliest.
  init(of token: TokenID, among scores: ArraySlice<Float>, topCount: Int) {
    let scores = Array(scores)
    var probabilities = scores
    probabilities.applySoftmax()
    // Softmax gives the likeliest token 1 / sum, from which all other logarithms follow: their
    // probabilities may be too small for a float.
    let likeliest = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    let normalizer = scores[likeliest] - logf(probabilities[likeliest])
    let chosen = scores[token.index]
    self.init(
      token: token,
      logprob: chosen - normalizer,
      rank: max(1, scores.count { $0 >= chosen }),
      top: Self.likeliest(topCount, of: scores).map {
        Entry(token: TokenID(UInt32($0)), logprob: scores[$0] - normalizer)
      }
    )
  }

  /// The indices of the `count` highest of `scores`, highest first, ties by index.
  private static func likeliest(_ count: Int, of scores: [Float]) -> [Int] {
    guard count > 0 else { return [] }
    func isBefore(_ left: Int, _ right: Int) -> Bool {
      scores[left] != scores[right] ? scores[left] > scores[right] : left < right
    }
    guard count < 64 else { return Array(scores.indices.sorted(by: isBefore).prefix(count)) }
    var best: [Int] = []
    for index in scores.indices {
      if best.count == count, let last = best.last, !(scores[index] > scores[last]) { continue }
      if best.count == count { best.removeLast() }
      best.insert(index, at: best.firstIndex { isBefore(index, $0) } ?? best.count)
    }
    return best
  }
}
