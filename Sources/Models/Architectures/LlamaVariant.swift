/// How a family differs from Llama: one row each, because nothing else does.
struct LlamaVariant {
  /// `model_type` in config.json.
  let name: String
  /// `general.architecture` in GGUF files, where converters have one.
  let ggufName: String?
  /// Whether q/k/v projections always add a bias (Qwen2).
  var hasQueryKeyValueBias = false
  /// Whether each query and key head is normalized before it is turned (Qwen3).
  var hasQueryKeyNorm = false
  /// Whether `sliding_window` is honored.
  var hasSlidingWindow = false
  /// Whether a `sliding_window` counts when `use_sliding_window` is not said.
  var windowByDefault = false
  /// Whether the head is tied when the file does not say.
  var tiesByDefault = false
  /// How GGUF converters leave the pairs of rotary embedding: Llama's are interleaved.
  var ggufInterleavesRotary = false

  /// Source: transformers/models/{llama,mistral,qwen2,qwen3}; llama.cpp's conversion scripts.
  static let all = [
    LlamaVariant(name: "llama", ggufName: "llama", ggufInterleavesRotary: true),
    LlamaVariant(name: "mistral", ggufName: nil, hasSlidingWindow: true, windowByDefault: true),
    LlamaVariant(
      name: "qwen2",
      ggufName: "qwen2",
      hasQueryKeyValueBias: true,
      hasSlidingWindow: true
    ),
    LlamaVariant(name: "qwen3", ggufName: "qwen3", hasQueryKeyNorm: true, hasSlidingWindow: true),
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
