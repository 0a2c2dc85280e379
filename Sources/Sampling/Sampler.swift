public import Models
import Tensors
public import Tokenization

/// Draws tokens from logits for one generation; the same seed and logits give the same tokens.
///
/// The order is vLLM's: temperature, then min-p, top-k and top-p, each on what the one before left.
///
/// Source: vllm/v1/sample/sampler.py, vllm/v1/sample/ops/topk_topp_sampler.py
public struct Sampler: Sendable {
  private let parameters: SamplingParameters
  private var generator: SeededGenerator

  /// A sampler at the start of its random numbers.
  public init(_ parameters: SamplingParameters) {
    self.parameters = parameters
    var system = SystemRandomNumberGenerator()
    generator = SeededGenerator(seed: parameters.seed ?? system.next())
  }

  /// The next token from row `row` of `logits`, [n, vocabulary].
  ///
  /// Ties go to the lowest token. A row whose numbers are all NaN gives token 0.
  public mutating func sample(_ logits: Logits, row: Int = 0) -> TokenID {
    let scores = logits.rows.row(row)
    guard parameters.temperature > 0 else { return TokenID(UInt32(Self.likeliest(scores))) }
    var candidates = Candidates(scores, temperature: parameters.temperature)
    if parameters.minP > 0 { candidates.keep(atLeast: parameters.minP) }
    if parameters.topK > 0 { candidates.keep(top: parameters.topK) }
    if parameters.topP < 1 { candidates.keep(mass: parameters.topP) }
    return TokenID(UInt32(candidates.draw(generator.nextUnit())))
  }

  private static func likeliest(_ scores: ArraySlice<Float>) -> Int {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] || scores[best].isNaN {
      best = index
    }
    return scores.isEmpty ? 0 : best - scores.startIndex
  }
}
