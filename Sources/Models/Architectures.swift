/// The architectures that can run: one line each.
public enum Architectures {
  /// Binds `weights` to the architecture that `configuration` names.
  ///
  /// - Throws: `ConfigurationError`.
  public static func model(
    _ configuration: Configuration,
    _ weights: WeightSource
  ) throws -> any CausalLM {
    switch configuration.architecture {
    case "llama", "mistral", "qwen2", "qwen3": try Llama(configuration, weights)
    default:
      throw ConfigurationError.unknownArchitecture(
        configuration.architecture,
        known: LlamaVariant.all.map(\.name)
      )
    }
  }

  /// Binds `weights` to the encoder that `configuration` describes.
  ///
  /// - Throws: `ConfigurationError`.
  public static func encoder(
    _ configuration: EncoderConfiguration,
    _ weights: WeightSource
  ) throws -> any TextEncoder {
    try Bert(configuration, weights)
  }
}
