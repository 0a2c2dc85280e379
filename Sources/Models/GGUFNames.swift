/// What GGUF files call the weights of a Llama-family checkpoint, and back.
///
/// Source: gguf-py/gguf/tensor_mapping.py and constants.py.
enum GGUFNames {
  private static let whole = [
    ("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"), ("output", "lm_head"),
    ("rope_freqs", "rope_freqs"),
  ]

  private static let perLayer = [
    ("attn_norm", "input_layernorm"), ("attn_q", "self_attn.q_proj"),
    ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"),
    ("attn_output", "self_attn.o_proj"), ("attn_q_norm", "self_attn.q_norm"),
    ("attn_k_norm", "self_attn.k_norm"), ("ffn_norm", "post_attention_layernorm"),
    ("ffn_gate", "mlp.gate_proj"), ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
  ]

  /// `blk.3.attn_q.weight` → `model.layers.3.self_attn.q_proj.weight`; other names stay.
  static func checkpointName(_ name: String) -> String {
    translate(name, layerPrefix: ("blk.", "model.layers."), whole, perLayer)
  }

  /// `model.layers.3.self_attn.q_proj.weight` → `blk.3.attn_q.weight`; other names stay.
  static func fileName(_ name: String) -> String {
    translate(
      name,
      layerPrefix: ("model.layers.", "blk."),
      whole.map { ($0.1, $0.0) },
      perLayer.map { ($0.1, $0.0) }
    )
  }

  private static func translate(
    _ name: String,
    layerPrefix: (from: String, to: String),
    _ whole: [(String, String)],
    _ perLayer: [(String, String)]
  ) -> String {
    guard let dot = name.lastIndex(of: ".") else { return name }
    let stem = name[..<dot]
    let kind = name[dot...]  // .weight or .bias
    if let match = whole.first(where: { $0.0 == stem }) { return match.1 + kind }
    guard stem.hasPrefix(layerPrefix.from) else { return name }
    let rest = stem.dropFirst(layerPrefix.from.count)
    guard let end = rest.firstIndex(of: "."), let index = Int(rest[..<end]) else { return name }
    let part = rest[rest.index(after: end)...]
    guard let match = perLayer.first(where: { $0.0 == part }) else { return name }
    return "\(layerPrefix.to)\(index).\(match.1)\(kind)"
  }
}
