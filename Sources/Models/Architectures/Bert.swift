public import Tensors
public import Tokenization

/// BERT: an encoder with learned positions, whose norms follow what they normalize.
///
/// Source: transformers/models/bert/modeling_bert.py
public struct Bert: TextEncoder {
  /// What it is made of.
  public let configuration: EncoderConfiguration
  let tokens: WeightMatrix  // [vocabulary, hidden]
  let positions: WeightMatrix  // [context, hidden]
  let segment: [Float]  // [hidden], that of the first kind
  let norm: LayerNorm
  let layers: [Layer]

  struct Layer {
    let attention: SelfAttention
    let attentionOutput: Output
    let wide: WeightMatrix  // [feedForward, hidden]
    let wideBias: [Float]  // [feedForward]
    let output: Output
  }

  /// A product whose bias is added together with the residual stream, before the norm.
  struct Output {
    let weight: WeightMatrix  // [hidden, in]
    let bias: [Float]  // [hidden]
    let norm: LayerNorm

    init(_ c: EncoderConfiguration, _ scope: WeightScope, inputSize: Int) throws {
      weight = try scope["dense"].matrix("weight", rowCount: c.hiddenSize, columnCount: inputSize)
      bias = try scope["dense"].vector("bias", count: c.hiddenSize)
      norm = try LayerNorm(scope["LayerNorm"], size: c.hiddenSize, epsilon: c.normEpsilon)
    }

    /// h [n, hidden] becomes the norm of h + x · Wᵀ + b, for x [n, in].
    func add(_ x: Matrix, to h: inout Matrix, on pool: WorkerPool) {
      norm(&h, adding: x.multiplied(byTransposeOf: weight, on: pool), bias: bias, on: pool)
    }
  }

  /// Numbers per position.
  public var hiddenSize: Int { configuration.hiddenSize }
  /// Number of tokens that have a row.
  public var vocabularySize: Int { configuration.vocabularySize }
  /// The most positions that a text may have.
  public var contextLength: Int { configuration.contextLength }

  /// Binds the weights of `source`, all of them but those of a pooler or a head.
  ///
  /// - Throws: `ConfigurationError` for a missing, misshapen, unsupported or unused weight.
  public init(_ c: EncoderConfiguration, _ source: WeightSource) throws {
    configuration = c
    // Checkpoints with a head put the encoder one level down.
    let hasHead = source.root["bert"].has("embeddings.word_embeddings.weight")
    let model = hasHead ? source.root["bert"] : source.root
    let embeddings = model["embeddings"]
    func table(_ name: String, rowCount: Int) throws -> WeightMatrix {
      try embeddings[name].table("weight", rowCount: rowCount, columnCount: c.hiddenSize)
    }
    tokens = try table("word_embeddings", rowCount: c.vocabularySize)
    positions = try table("position_embeddings", rowCount: c.contextLength)
    segment =
      try table("token_type_embeddings", rowCount: c.segmentKindCount).dequantizedRows([0]).storage
    norm = try LayerNorm(embeddings["LayerNorm"], size: c.hiddenSize, epsilon: c.normEpsilon)
    layers = try (0..<c.layerCount).map { index in
      let scope = model["encoder"]["layer.\(index)"]
      let wide = scope["intermediate.dense"]
      return Layer(
        attention: try SelfAttention(c, scope["attention.self"]),
        attentionOutput: try Output(c, scope["attention.output"], inputSize: c.hiddenSize),
        wide: try wide.matrix(
          "weight",
          rowCount: c.feedForwardSize,
          columnCount: c.hiddenSize
        ),
        wideBias: try wide.vector("bias", count: c.feedForwardSize),
        output: try Output(c, scope["output"], inputSize: c.feedForwardSize)
      )
    }
    let prefix = hasHead ? "bert." : ""
    try source.requireAllUsed { name in
      name == "\(prefix)embeddings.position_ids" || name.hasPrefix("\(prefix)pooler.")
        || (hasHead && !name.hasPrefix("bert."))
    }
  }

  /// Texts, as tokens → hidden states [n, hidden], the rows of one text after those of another.
  public func encode(
    _ texts: [[TokenID]],
    on pool: WorkerPool
  ) throws(KeyValueCacheError) -> HiddenStates {
    let layout = BatchLayout(packing: texts.map(\.count))
    guard layout.rowCount > 0 else {
      return HiddenStates(rows: Matrix(rowCount: 0, columnCount: hiddenSize))
    }
    var cache = try KeyValueCache(
      layerCount: 1,
      keyValueHeadCount: configuration.headCount,
      headSize: configuration.headSize,
      blockCount: layout.blockCount
    )
    var h = tokens.dequantizedRows(texts.joined().map(\.index))  // [n, hidden]
    norm(&h, adding: positions.dequantizedRows(layout.positions), bias: segment, on: pool)
    for layer in layers {
      layer.attentionOutput.add(layer.attention(h, layout, &cache, on: pool), to: &h, on: pool)
      var wide = h.multiplied(byTransposeOf: layer.wide, on: pool)  // [n, feedForward]
      wide.activate(configuration.activation, bias: layer.wideBias, on: pool)
      layer.output.add(wide, to: &h, on: pool)
    }
    return HiddenStates(rows: h)
  }
}
