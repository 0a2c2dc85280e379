import Models
public import Tokenization

/// Draws tokens from logits for one generation; the same seed and logits give the same tokens.
///
/// The order is vLLM's: `LogitAdjustments`, then temperature, min-p, top-k and top-p, each on what
/// the one before left.
///
/// Source: vllm/v1/sample/sampler.py, vllm/v1/sample/ops/topk_topp_sampler.py
public struct Sampler: Sendable {
  private let parameters: SamplingParameters
  private var generator: SeededGenerator
  private var adjustments: LogitAdjustments?

  /// A sampler at the start of its random numbers.
  ///
  /// - Parameters:
  ///   - promptTokens: the tokens that were read, for the repetition penalty.
  ///   - endTokens: the tokens that are not chosen before `minTokens` others.
  public init(
    _ parameters: SamplingParameters,
    promptTokens: some Sequence<TokenID> = [],
    endTokens: Set<TokenID> = []
  ) {
    self.parameters = parameters
    var system = SystemRandomNumberGenerator()
    generator = SeededGenerator(seed: parameters.seed ?? system.next())
    adjustments = LogitAdjustments(parameters, promptTokens: promptTokens, endTokens: endTokens)
  }

  /// The next token by `scores`, [vocabulary], which are changed on the way.
  ///
  /// Ties go to the lowest token. Scores that are all NaN give token 0.
  public mutating func sample(_ scores: UnsafeMutableBufferPointer<Float>) -> TokenID {
    adjustments?.apply(to: scores)
    let token = TokenID(UInt32(choice(among: UnsafeBufferPointer(scores))))
    adjustments?.note(token)
    return token
  }

  private mutating func choice(among scores: UnsafeBufferPointer<Float>) -> Int {
    guard parameters.temperature > 0 else { return Self.likeliest(scores) }
    var candidates = Candidates(scores, temperature: parameters.temperature)
    if parameters.minP > 0 { candidates.keep(atLeast: parameters.minP) }
    if parameters.topK > 0 { candidates.keep(top: parameters.topK) }
    if parameters.topP < 1 { candidates.keep(mass: parameters.topP) }
    return candidates.draw(generator.nextUnit())
  }

  /// The index of the first of the highest scores; NaN is never highest.
  private static func likeliest(_ scores: UnsafeBufferPointer<Float>) -> Int {
    let width = 16
    var highest = SIMD16<Float>(repeating: -.infinity)
    var index = 0
    let bytes = UnsafeRawBufferPointer(scores)
    while index + width <= scores.count {
      let offset = index * MemoryLayout<Float>.stride
      let part = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
      highest.replace(with: part, where: part .> highest)
      index += width
    }
    var best = highest.max()
    while index < scores.count {
      if scores[index] > best { best = scores[index] }
      index += 1
    }
    return scores.firstIndex(of: best) ?? 0
  }
}
