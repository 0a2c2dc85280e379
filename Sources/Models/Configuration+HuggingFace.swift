public import JSON
import Tensors

extension Configuration {
  /// Reads `config.json` of a Hugging Face directory.
  ///
  /// Both spellings of rotary settings are read: `rope_parameters` (transformers 5) and
  /// `rope_theta` with `rope_scaling` (before).
  ///
  /// - Throws: `ConfigurationError` for a missing, impossible or unsupported setting.
  ///
  /// Source: transformers/models/{llama,mistral,qwen2,qwen3}/configuration_*.py
  public init(huggingFace json: JSON) throws(ConfigurationError) {
    let reader = ConfigurationReader(json)
    let architecture = try reader.text("model_type")
    let variant = try LlamaVariant.named(architecture)
    let hiddenSize = try reader.integer("hidden_size")
    let headCount = try reader.integer("num_attention_heads")
    let layerCount = try reader.integer("num_hidden_layers")
    guard headCount > 0 else {
      throw .invalid(key: "num_attention_heads", found: "\(headCount)", expected: "1 or more")
    }
    let headSize = try reader.integer("head_dim", default: hiddenSize / headCount)
    let activation = try reader.text("hidden_act", default: "silu")
    guard activation == "silu" else {
      throw .invalid(key: "hidden_act", found: "'\(activation)'", expected: "'silu'")
    }
    let attentionBias = try reader.bool("attention_bias", default: false)
    self.init(
      architecture: architecture,
      hiddenSize: hiddenSize,
      layerCount: layerCount,
      headCount: headCount,
      keyValueHeadCount: try reader.integer("num_key_value_heads", default: headCount),
      headSize: headSize,
      feedForwardSize: try reader.integer("intermediate_size"),
      vocabularySize: try reader.integer("vocab_size"),
      contextLength: try reader.integer("max_position_embeddings"),
      normEpsilon: Float(try reader.number("rms_norm_eps", default: 1e-6)),
      tiesEmbeddings: try reader.bool("tie_word_embeddings", default: false),
      biases: Biases(
        queryKeyValue: variant.hasQueryKeyValueBias || attentionBias,
        attentionOutput: attentionBias && !variant.hasQueryKeyValueBias,
        mlp: try reader.bool("mlp_bias", default: false)
      ),
      rotary: try Self.rotary(reader, headSize: headSize),
      slidingWindows: try Self.slidingWindows(reader, variant, layerCount: layerCount)
    )
    self = try validated()
  }

  private static func rotary(
    _ config: ConfigurationReader,
    headSize: Int
  ) throws(ConfigurationError) -> RotaryConfiguration {
    // The older spelling goes first, as in transformers' `convert_rope_params_to_dict`.
    let older = try config.object("rope_scaling")
    let newer = try config.object("rope_parameters")
    let settings =
      [older, newer].compactMap(\.self).first { !$0.isEmpty } ?? ConfigurationReader([:])
    let base = try settings.number(
      "rope_theta",
      default: try config.number("rope_theta", default: 10_000)
    )
    let partial = try settings.number(
      "partial_rotary_factor",
      default: try config.number("partial_rotary_factor", default: 1)
    )
    let kind = try settings.text(
      "rope_type",
      default: try settings.text("type", default: "default")
    )
    let scaling: RotaryConfiguration.Scaling
    switch kind {
    case "default": scaling = .none
    case "linear": scaling = .linear(factor: Float(try settings.number("factor")))
    case "llama3":
      scaling = .llama3(
        factor: Float(try settings.number("factor")),
        lowFactor: Float(try settings.number("low_freq_factor")),
        highFactor: Float(try settings.number("high_freq_factor")),
        // In transformers one beside the rotary settings takes the place of theirs.
        originalContextLength: try config.integer(
          "original_max_position_embeddings",
          default: try settings.integer(
            "original_max_position_embeddings",
            default: try config.integer("max_position_embeddings")
          )
        )
      )
    default:
      throw .invalid(
        key: "rope_type",
        found: "'\(kind)'",
        expected: "'default', 'linear' or 'llama3'"
      )
    }
    guard (0.0...1.0).contains(partial) else {
      throw .invalid(key: "partial_rotary_factor", found: "\(partial)", expected: "0 to 1")
    }
    return RotaryConfiguration(
      base: Float(base),
      // Only head sizes that `validated` refuses are too large for this.
      dimension: Int(exactly: (Double(headSize) * partial).rounded(.towardZero)) ?? headSize,
      layout: .halves,
      scaling: scaling
    )
  }

  private static func slidingWindows(
    _ config: ConfigurationReader,
    _ variant: LlamaVariant,
    layerCount: Int
  ) throws(ConfigurationError) -> [Int?] {
    guard layerCount > 0, layerCount <= 1 << 16 else {
      throw .invalid(key: "num_hidden_layers", found: "\(layerCount)", expected: "1 to 65536")
    }
    let everywhere = [Int?](repeating: nil, count: layerCount)
    switch variant.slidingWindow {
    case .ignored: return everywhere
    case .inAllLayers: break
    case .inSomeLayers:
      guard try config.bool("use_sliding_window", default: false) else { return everywhere }
    }
    let window =
      config.has("sliding_window") ? try config.optionalInteger("sliding_window") : 4096
    guard let window else { return everywhere }
    guard variant.slidingWindow == .inSomeLayers else {
      return [Int?](repeating: window, count: layerCount)
    }
    if let types = try config.texts("layer_types") {
      let known = ["full_attention", "sliding_attention"]
      guard types.count == layerCount, types.allSatisfy(known.contains) else {
        throw .invalid(
          key: "layer_types",
          found: "\(types.count) entries",
          expected: "\(layerCount), each 'full_attention' or 'sliding_attention'"
        )
      }
      return types.map { $0 == "sliding_attention" ? window : nil }
    }
    let firstLayer = try config.integer("max_window_layers", default: 28)
    return (0..<layerCount).map { $0 >= firstLayer ? window : nil }
  }
}

/// Typed access to the members of a configuration object; `null` counts as absent.
struct ConfigurationReader {
  private let json: JSON

  init(_ json: JSON) { self.json = json }

  private func member<Value>(
    _ key: String,
    _ expected: String,
    _ read: (JSON) -> Value?
  ) throws(ConfigurationError) -> Value? {
    guard let found = json[key], found != .null else { return nil }
    guard let value = read(found) else {
      throw .invalid(key: key, found: found.kindDescription, expected: expected)
    }
    return value
  }

  private func require<Value>(_ value: Value?, _ key: String) throws(ConfigurationError) -> Value {
    guard let value else { throw .missing(key: key) }
    return value
  }

  var isEmpty: Bool { json.objectValue?.count == 0 }

  /// Whether the member `key` is there, be it `null`.
  func has(_ key: String) -> Bool { json[key] != nil }

  func optionalInteger(_ key: String) throws(ConfigurationError) -> Int? {
    try member(key, "a whole number", \.integerValue)
  }

  func integer(_ key: String, default fallback: Int? = nil) throws(ConfigurationError) -> Int {
    try require(try optionalInteger(key) ?? fallback, key)
  }

  func number(_ key: String, default fallback: Double? = nil) throws(ConfigurationError) -> Double {
    try require(try member(key, "a number", \.doubleValue) ?? fallback, key)
  }

  func text(_ key: String, default fallback: String? = nil) throws(ConfigurationError) -> String {
    try require(try member(key, "a string", \.stringValue) ?? fallback, key)
  }

  func bool(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
    try member(key, "a bool", \.boolValue) ?? fallback
  }

  func object(_ key: String) throws(ConfigurationError) -> ConfigurationReader? {
    try member(key, "an object") { $0.objectValue == nil ? nil : ConfigurationReader($0) }
  }

  func texts(_ key: String) throws(ConfigurationError) -> [String]? {
    try member(key, "a list of strings") { value in
      guard let elements = value.arrayValue else { return nil }
      let texts = elements.compactMap(\.stringValue)
      return texts.count == elements.count ? texts : nil
    }
  }
}
