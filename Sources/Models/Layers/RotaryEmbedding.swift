import Glibc
import Tensors

/// The frequencies that turn queries and keys by position.
struct RotaryEmbedding {
  let inverseFrequencies: [Float]  // [dimension / 2], radians per position

  /// Frequencies of `rotary`, each divided by the factor of the same index when a file brings such
  /// `factors` (GGUF's `rope_freqs.weight`, which stands for Llama 3.1's scaling).
  ///
  /// Source: transformers/modeling_rope_utils.py; float32 throughout, in the same order of operations.
  init(_ rotary: RotaryConfiguration, factors: [Float]?) {
    let half = rotary.dimension / 2
    var frequencies = (0..<half).map { index in
      1 / powf(rotary.base, Float(2 * index) / Float(rotary.dimension))
    }
    switch rotary.scaling {
    case .none: break
    case .linear(let factor): frequencies = frequencies.map { $0 / factor }
    case .llama3(let factor, let low, let high, let originalLength):
      frequencies = frequencies.map {
        Self.llama3($0, factor, low, high, Float(originalLength))
      }
    }
    if let factors { frequencies = zip(frequencies, factors).map { $0 / $1 } }
    inverseFrequencies = frequencies
  }

  private static func llama3(
    _ frequency: Float,
    _ factor: Float,
    _ lowFactor: Float,
    _ highFactor: Float,
    _ length: Float
  ) -> Float {
    let wavelength = 2 * Float.pi / frequency
    if wavelength > length / lowFactor { return frequency / factor }
    if wavelength < length / highFactor { return frequency }
    let smooth = (length / wavelength - lowFactor) / (highFactor - lowFactor)
    return (1 - smooth) * frequency / factor + smooth * frequency
  }
}
