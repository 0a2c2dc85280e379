public import TensorSerialization
import Tensors

extension Configuration {
  /// Reads the metadata of a GGUF file.
  ///
  /// The size of the vocabulary and whether the head is tied follow from the tensors.
  ///
  /// - Throws: `ConfigurationError` for a missing, impossible or unsupported setting.
  ///
  /// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
  public init(gguf file: GGUFFile) throws(ConfigurationError) {
    guard let architecture = file.metadata["general.architecture"]?.stringValue else {
      throw .missing(key: "general.architecture")
    }
    let variant = try LlamaVariant.named(gguf: architecture)
    let reader = GGUFSettings(metadata: file.metadata, architecture: architecture)
    let hiddenSize = try reader.integer("embedding_length")
    let layerCount = try reader.integer("block_count")
    let headCount = try reader.integer("attention.head_count")
    guard layerCount > 0, layerCount <= 1 << 16 else {
      throw .invalid(
        key: "\(architecture).block_count",
        found: "\(layerCount)",
        expected: "1 to 65536"
      )
    }
    guard headCount > 0 else {
      throw .invalid(
        key: "\(architecture).attention.head_count",
        found: "\(headCount)",
        expected: "1 or more"
      )
    }
    guard let vocabularySize = file.shape(of: "token_embd.weight")?.first else {
      throw .missingWeight("token_embd.weight")
    }
    let headSize = try reader.integer("attention.key_length", default: hiddenSize / headCount)
    let valueSize = try reader.integer("attention.value_length", default: headSize)
    guard valueSize == headSize else {
      throw .invalid(
        key: "\(architecture).attention.value_length",
        found: "\(valueSize)",
        expected: "the key length \(headSize)"
      )
    }
    let expertCount = try reader.integer("expert_count", default: 0)
    guard expertCount == 0 else {
      throw .invalid(
        key: "\(architecture).expert_count",
        found: "\(expertCount)",
        expected: "0: mixtures of experts are not supported"
      )
    }
    let window = try reader.integer("attention.sliding_window", default: 0)
    self.init(
      architecture: variant.name,
      hiddenSize: hiddenSize,
      layerCount: layerCount,
      headCount: headCount,
      keyValueHeadCount: try reader.integer("attention.head_count_kv", default: headCount),
      headSize: headSize,
      feedForwardSize: try reader.integer("feed_forward_length"),
      vocabularySize: vocabularySize,
      contextLength: try reader.integer("context_length"),
      normEpsilon: Float(try reader.number("attention.layer_norm_rms_epsilon")),
      tiesEmbeddings: file.shape(of: "output.weight") == nil,
      biases: nil,
      rotary: RotaryConfiguration(
        base: Float(try reader.number("rope.freq_base", default: 10_000)),
        dimension: try reader.integer("rope.dimension_count", default: headSize),
        layout: variant.ggufInterleavesRotary ? .interleaved : .halves,
        scaling: try reader.scaling()
      ),
      slidingWindows: [Int?](repeating: window > 0 ? window : nil, count: layerCount)
    )
    self = try validated()
  }
}

/// Typed access to the settings of one architecture in a GGUF file's metadata.
private struct GGUFSettings {
  let metadata: [String: GGUFValue]
  let architecture: String

  /// A whole number; an array of equal ones, one for each layer, stands for one.
  func integer(_ name: String, default fallback: Int? = nil) throws(ConfigurationError) -> Int {
    let key = "\(architecture).\(name)"
    guard let value = metadata[key] else {
      guard let fallback else { throw .missing(key: key) }
      return fallback
    }
    if let integer = value.integerValue { return integer }
    guard let perLayer = value.integersValue, let first = perLayer.first,
      perLayer.allSatisfy({ $0 == first })
    else { throw .invalid(key: key, found: "\(value.kind)", expected: "a whole number") }
    return first
  }

  func number(_ name: String, default fallback: Double? = nil) throws(ConfigurationError) -> Double
  {
    let key = "\(architecture).\(name)"
    guard let value = metadata[key] else {
      guard let fallback else { throw .missing(key: key) }
      return fallback
    }
    guard let number = value.doubleValue else {
      throw .invalid(key: key, found: "\(value.kind)", expected: "a number")
    }
    return number
  }

  /// A factor without a type is linear, and 0 is none, as in llama.cpp's `load_hparams`.
  ///
  /// Llama 3.1's scaling is not here: such files bring its factors as `rope_freqs.weight`.
  func scaling() throws(ConfigurationError) -> RotaryConfiguration.Scaling {
    let key = "\(architecture).rope.scaling.type"
    switch metadata[key]?.stringValue ?? "linear" {
    case "none": return .none
    case "linear":
      let factor = try number(
        "rope.scaling.factor",
        default: try number("rope.scale_linear", default: 0)
      )
      return factor == 0 ? .none : .linear(factor: Float(factor))
    case let kind: throw .invalid(key: key, found: "'\(kind)'", expected: "'none' or 'linear'")
    }
  }
}

extension GGUFValue {
  /// What the value is, for messages.
  fileprivate var kind: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string: "a string"
    default: "an array"
    }
  }
}
