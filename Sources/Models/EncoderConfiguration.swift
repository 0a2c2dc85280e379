public import JSON
public import Tensors

/// What a BERT-like encoder is made of.
public struct EncoderConfiguration: Sendable, Equatable {
  /// Numbers per position.
  public var hiddenSize: Int
  /// Number of layers.
  public var layerCount: Int
  /// Number of heads; divides `hiddenSize`.
  public var headCount: Int
  /// Width of the feed-forward layers.
  public var feedForwardSize: Int
  /// Number of rows of the table of tokens.
  public var vocabularySize: Int
  /// The most positions that a text may have.
  public var contextLength: Int
  /// Number of kinds of segments; only the first is used.
  public var segmentKindCount: Int
  /// Added to the variance inside LayerNorm.
  public var normEpsilon: Float
  /// The function inside the feed-forward layers.
  public var activation: Activation

  /// Numbers per head.
  public var headSize: Int { hiddenSize / headCount }

  /// The families that can run, by `model_type`.
  static let architectures = ["bert"]

  /// Whether `config.json` is of an encoder rather than of a decoder.
  public static func describes(_ json: JSON) -> Bool {
    json["model_type"]?.stringValue.map(architectures.contains) ?? false
  }

  /// Reads `config.json` of a Hugging Face directory.
  ///
  /// - Throws: `ConfigurationError` for a missing, impossible or unsupported setting.
  ///
  /// Source: transformers/models/bert/configuration_bert.py
  public init(huggingFace json: JSON) throws(ConfigurationError) {
    let reader = ConfigurationReader(json)
    let name = try reader.text("model_type")
    guard Self.architectures.contains(name) else {
      throw .unknownArchitecture(name, known: Self.architectures)
    }
    let positions = try reader.text("position_embedding_type", default: "absolute")
    guard positions == "absolute" else {
      throw .invalid(
        key: "position_embedding_type",
        found: "'\(positions)'",
        expected: "'absolute'"
      )
    }
    guard try !reader.bool("is_decoder", default: false) else {
      throw .invalid(key: "is_decoder", found: "true", expected: "false")
    }
    hiddenSize = try reader.integer("hidden_size")
    layerCount = try reader.integer("num_hidden_layers")
    headCount = try reader.integer("num_attention_heads")
    feedForwardSize = try reader.integer("intermediate_size")
    vocabularySize = try reader.integer("vocab_size")
    contextLength = try reader.integer("max_position_embeddings")
    segmentKindCount = try reader.integer("type_vocab_size", default: 2)
    normEpsilon = Float(try reader.number("layer_norm_eps", default: 1e-12))
    switch try reader.text("hidden_act", default: "gelu") {
    case "gelu": activation = .gelu
    case "gelu_new", "gelu_pytorch_tanh": activation = .geluTanh
    case let name:
      throw .invalid(
        key: "hidden_act",
        found: "'\(name)'",
        expected: "'gelu', 'gelu_new' or 'gelu_pytorch_tanh'"
      )
    }
    try validate()
  }

  private func validate() throws(ConfigurationError) {
    for (key, value, limit) in [
      ("hidden_size", hiddenSize, 1 << 20), ("num_hidden_layers", layerCount, 1 << 16),
      ("num_attention_heads", headCount, 1 << 16), ("intermediate_size", feedForwardSize, 1 << 24),
      ("vocab_size", vocabularySize, 1 << 30), ("max_position_embeddings", contextLength, 1 << 24),
      ("type_vocab_size", segmentKindCount, 1 << 16),
    ] {
      guard value > 0, value <= limit else {
        throw .invalid(key: key, found: "\(value)", expected: "1 to \(limit)")
      }
    }
    guard hiddenSize % headCount == 0 else {
      throw .invalid(
        key: "num_attention_heads",
        found: "\(headCount)",
        expected: "a divisor of the hidden size \(hiddenSize)"
      )
    }
    guard normEpsilon >= 0, normEpsilon.isFinite else {
      throw .invalid(key: "layer_norm_eps", found: "\(normEpsilon)", expected: "a small number")
    }
  }
}
