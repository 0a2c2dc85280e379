/// How a family differs from Llama: one row each, because nothing else does.
struct LlamaVariant {
  enum SlidingWindow {
    case ignored
    case inAllLayers
    /// With `use_sliding_window`: as `layer_types` says, else from layer `max_window_layers` on.
    case inSomeLayers
  }

  /// `model_type` in config.json.
  let name: String
  /// `general.architecture` in GGUF files, where converters have one.
  let ggufName: String?
  /// Whether q/k/v projections always add a bias (Qwen2).
  var hasQueryKeyValueBias = false
  /// Whether each query and key head is normalized before it is turned (Qwen3).
  var hasQueryKeyNorm = false
  /// Where the `sliding_window` of config.json counts.
  var slidingWindow = SlidingWindow.ignored
  /// How GGUF converters leave the pairs of rotary embedding: Llama's are interleaved.
  var ggufInterleavesRotary = false

  /// Source: transformers/models/{llama,mistral,qwen2,qwen3}; llama.cpp's conversion scripts.
  static let all = [
    LlamaVariant(name: "llama", ggufName: "llama", ggufInterleavesRotary: true),
    LlamaVariant(name: "mistral", ggufName: nil, slidingWindow: .inAllLayers),
    LlamaVariant(
      name: "qwen2",
      ggufName: "qwen2",
      hasQueryKeyValueBias: true,
      slidingWindow: .inSomeLayers
    ),
    LlamaVariant(
      name: "qwen3",
      ggufName: "qwen3",
      hasQueryKeyNorm: true,
      slidingWindow: .inSomeLayers
    ),
  ]

  static func named(_ name: String) throws(ConfigurationError) -> LlamaVariant {
    guard let variant = all.first(where: { $0.name == name }) else {
      throw .unknownArchitecture(name, known: all.map(\.name))
    }
    return variant
  }

  static func named(gguf name: String) throws(ConfigurationError) -> LlamaVariant {
    guard let variant = all.first(where: { $0.ggufName == name }) else {
      throw .unknownArchitecture(name, known: all.compactMap(\.ggufName))
    }
    return variant
  }
}
