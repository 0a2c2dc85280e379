public import Tensors

/// What a decoder of the Llama family is made of, however its files spell it.
public struct Configuration: Sendable, Equatable {
  /// The family's name in `config.json` (`model_type`) or GGUF (`general.architecture`).
  public var architecture: String
  /// Numbers per row of the residual stream, and so of a prompt embedding.
  public var hiddenSize: Int
  /// Number of decoder layers.
  public var layerCount: Int
  /// Number of query heads.
  public var headCount: Int
  /// Number of key and value heads; divides `headCount`.
  public var keyValueHeadCount: Int
  /// Numbers per head.
  public var headSize: Int
  /// Width of the gated MLP.
  public var feedForwardSize: Int
  /// Number of rows of the embedding table.
  public var vocabularySize: Int
  /// The most positions that a sequence may have.
  public var contextLength: Int
  /// Added to the mean square inside RMSNorm.
  public var normEpsilon: Float
  /// Whether the head is the embedding table itself.
  public var tiesEmbeddings: Bool
  /// Whether the attention projections have biases; `nil` where the files alone tell.
  public var biases: Biases?
  /// How positions turn queries and keys.
  public var rotary: RotaryConfiguration
  /// For each layer the number of latest positions that it sees; `nil` where it sees all.
  public var slidingWindows: [Int?]

  /// A configuration of these parts, not checked.
  public init(
    architecture: String,
    hiddenSize: Int,
    layerCount: Int,
    headCount: Int,
    keyValueHeadCount: Int,
    headSize: Int,
    feedForwardSize: Int,
    vocabularySize: Int,
    contextLength: Int,
    normEpsilon: Float,
    tiesEmbeddings: Bool,
    biases: Biases?,
    rotary: RotaryConfiguration,
    slidingWindows: [Int?]
  ) {
    self.architecture = architecture
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.keyValueHeadCount = keyValueHeadCount
    self.headSize = headSize
    self.feedForwardSize = feedForwardSize
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.normEpsilon = normEpsilon
    self.tiesEmbeddings = tiesEmbeddings
    self.biases = biases
    self.rotary = rotary
    self.slidingWindows = slidingWindows
  }

  /// About how many numbers the matrices have that products read.
  public var productElementCount: Double {
    let attention = 2 * (Double(headCount) + Double(keyValueHeadCount)) * Double(headSize)
    let layer = attention + 3 * Double(feedForwardSize)
    return Double(hiddenSize) * (Double(layerCount) * layer + Double(vocabularySize))
  }

  /// Which linear layers add a bias.
  public struct Biases: Sendable, Equatable {
    /// Query, key and value projections.
    public var queryKeyValue: Bool
    /// The attention's output projection.
    public var attentionOutput: Bool
    /// All three projections of the MLP.
    public var mlp: Bool
  }

  /// Checks what every source of a configuration must satisfy.
  func validated() throws(ConfigurationError) -> Configuration {
    for (key, value) in [
      ("hidden size", hiddenSize), ("layer count", layerCount), ("head count", headCount),
      ("key/value head count", keyValueHeadCount), ("head size", headSize),
      ("feed-forward size", feedForwardSize), ("vocabulary size", vocabularySize),
      ("context length", contextLength),
    ] {
      // The upper bound keeps products of any two sizes inside Int.
      guard value > 0, value <= 1 << 30 else {
        throw .invalid(key: key, found: "\(value)", expected: "1 to \(1 << 30)")
      }
    }
    guard headCount % keyValueHeadCount == 0 else {
      throw .invalid(
        key: "key/value head count",
        found: "\(keyValueHeadCount)",
        expected: "a divisor of the head count \(headCount)"
      )
    }
    guard headSize % 2 == 0 else {
      throw .invalid(key: "head size", found: "\(headSize)", expected: "an even number")
    }
    guard rotary.dimension > 0, rotary.dimension <= headSize, rotary.dimension % 2 == 0 else {
      throw .invalid(
        key: "rotary dimension",
        found: "\(rotary.dimension)",
        expected: "an even number up to the head size \(headSize)"
      )
    }
    guard rotary.base > 0, rotary.base.isFinite else {
      throw .invalid(key: "rotary base", found: "\(rotary.base)", expected: "a positive number")
    }
    for factor in rotary.scaling.numbers where !(factor > 0 && factor.isFinite) {
      throw .invalid(key: "rotary scaling", found: "\(factor)", expected: "positive numbers")
    }
    guard normEpsilon >= 0, normEpsilon.isFinite else {
      throw .invalid(
        key: "normalization epsilon",
        found: "\(normEpsilon)",
        expected: "0 or a small number"
      )
    }
    for case .some(let window) in slidingWindows where window < 1 {
      throw .invalid(key: "sliding window", found: "\(window)", expected: "1 or more")
    }
    return self
  }
}

/// How rotary embedding turns pairs of numbers by their position.
public struct RotaryConfiguration: Sendable, Equatable {
  /// Ways to stretch the frequencies for contexts longer than those trained on.
  public enum Scaling: Sendable, Equatable {
    /// As trained.
    case none
    /// All frequencies divided by a factor.
    case linear(factor: Float)
    /// Llama 3.1's: long waves divided by `factor`, short ones kept, those between blended.
    case llama3(factor: Float, lowFactor: Float, highFactor: Float, originalContextLength: Int)

    /// All its numbers, each of which must be positive.
    var numbers: [Float] {
      switch self {
      case .none: []
      case .linear(let factor): [factor]
      case .llama3(let factor, let low, let high, let length): [factor, low, high, Float(length)]
      }
    }
  }

  /// The base of the geometric series of wavelengths (`rope_theta`).
  public var base: Float
  /// How many of a head's numbers are turned.
  public var dimension: Int
  /// Which numbers make a pair.
  public var layout: RotationLayout
  /// How frequencies are stretched.
  public var scaling: Scaling

  /// Rotary settings of these parts, not checked.
  public init(base: Float, dimension: Int, layout: RotationLayout, scaling: Scaling) {
    self.base = base
    self.dimension = dimension
    self.layout = layout
    self.scaling = scaling
  }
}
