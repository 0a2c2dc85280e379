public import Tensors
public import Tokenization

/// Llama and the families that differ from it by a flag (`LlamaVariant`).
///
/// Source: transformers/models/llama/modeling_llama.py
public struct Llama: CausalLM {
  /// What it is made of.
  public let configuration: Configuration
  let table: EmbeddingTable
  let layers: [Layer]
  let norm: RMSNorm
  let head: Linear?  // [vocabulary, hidden]; nil where the table serves as it is
  let rotary: RotaryEmbedding

  struct Layer {
    let attentionNorm: RMSNorm
    let attention: Attention
    let mlpNorm: RMSNorm
    let mlp: GatedMLP
  }

  /// Binds the weights of `source`, all of them.
  ///
  /// - Throws: `ConfigurationError` for a missing, misshapen, unsupported or unused weight.
  public init(_ c: Configuration, _ source: WeightSource) throws {
    configuration = c
    let variant = try LlamaVariant.named(c.architecture)
    let weights = source.root
    let model = weights["model"]
    table = try EmbeddingTable(model["embed_tokens"], c)
    layers = try (0..<c.layerCount).map { index in
      let scope = model["layers.\(index)"]
      return Layer(
        attentionNorm: try RMSNorm(
          scope["input_layernorm"],
          size: c.hiddenSize,
          epsilon: c.normEpsilon
        ),
        attention: try Attention(
          c,
          scope["self_attn"],
          layer: index,
          hasQueryKeyNorm: variant.hasQueryKeyNorm
        ),
        mlpNorm: try RMSNorm(
          scope["post_attention_layernorm"],
          size: c.hiddenSize,
          epsilon: c.normEpsilon
        ),
        mlp: try GatedMLP(c, scope["mlp"])
      )
    }
    norm = try RMSNorm(model["norm"], size: c.hiddenSize, epsilon: c.normEpsilon)
    // A tied checkpoint may repeat the table as its head; where it differs, it is meant.
    let isTied = c.tiesEmbeddings && !weights.has("lm_head.weight")
    head =
      isTied && !weights.rounds
      ? nil
      : try Linear(
        isTied ? model["embed_tokens"] : weights["lm_head"],
        inputSize: c.hiddenSize,
        outputSize: c.vocabularySize,
        hasBias: false
      )
    let factors =
      weights.has("rope_freqs.weight")
      ? try weights.vector("rope_freqs.weight", count: c.rotary.dimension / 2) : nil
    rotary = RotaryEmbedding(c.rotary, factors: factors)
    // Old checkpoints repeat what is derived.
    try source.requireAllUsed { $0.hasSuffix(".rotary_emb.inv_freq") }
  }

  /// float16 unless any layer's keys or values come from float32 weights, or attention may round to
  /// bfloat16 and is faster so.
  ///
  /// bfloat16 takes the same memory, but changes logits of small models by more than 0.05.
  public var cacheType: KeyValueCache.ElementType {
    let isExact = layers.contains {
      $0.attention.key.weight.dtype == .float32 || $0.attention.value.weight.dtype == .float32
    }
    let rounds =
      layers.contains { $0.attention.rounds }
      && KeyValueCache.isFasterRounding(headSize: configuration.headSize)
    return isExact ? .float32 : rounds ? .bfloat16 : .float16
  }

  /// tokens [n] → embeddings [n, hidden].
  public func embed(_ tokens: some Collection<TokenID>) -> Embeddings { table.embed(tokens) }

  /// embeddings [n, hidden] → hidden states [n, hidden]; appends n positions to `cache`.
  public func forward(
    _ embeddings: Embeddings,
    _ layout: BatchLayout,
    _ cache: inout KeyValueCache,
    on pool: WorkerPool
  ) -> HiddenStates {
    var h = embeddings.rows  // [n, hidden], the residual stream
    let rotation = RotationTable(
      positions: layout.positions,
      inverseFrequencies: rotary.inverseFrequencies
    )
    guard var x = layers.first?.attentionNorm(h, on: pool) else {  // [n, hidden]
      return HiddenStates(rows: norm(h, on: pool))
    }
    for (index, layer) in layers.enumerated() {
      let mixed = layer.attention(x, layout, rotation, layer: index, &cache, on: pool)
      x = layer.mlpNorm(&h, adding: mixed, on: pool)
      let next = index + 1 < layers.count ? layers[index + 1].attentionNorm : norm
      x = next(&h, adding: layer.mlp(x, on: pool), on: pool)
    }
    return HiddenStates(rows: x)
  }

  /// hidden states [n, hidden] → logits [n, vocabulary].
  public func logits(_ hidden: HiddenStates, on pool: WorkerPool) -> Logits {
    let weight = head?.weight ?? table.weight
    return Logits(rows: hidden.rows.multiplied(byTransposeOf: weight, on: pool))
  }
}
