import Tensors
import Testing

@testable import Models

/// Expected types are those that llama-quantize gave to SmolLM2-135M (30 layers, hidden size 576) and to
/// a Llama of 16 layers with hidden size 2048, as Q8_0, Q4_0 and Q4_K_M.
@Suite struct `Weight quantization` {
  private func layersOfType(
    _ dtype: DType,
    _ part: String,
    columnCount: Int,
    layerCount: Int,
    _ kind: WeightQuantization = .q4K
  ) -> [Int] {
    (0..<layerCount).filter { layer in
      let name = "model.layers.\(layer).\(part).weight"
      return kind.dtype(of: name, columnCount: columnCount, layerCount: layerCount) == dtype
    }
  }

  @Test func `as q4_k gives llama-quantize's mixture`() {
    let more16 = [0, 1, 4, 7, 10, 13, 14, 15]
    let more30 = [0, 1, 2, 5, 8, 11, 14, 17, 20, 23, 26, 27, 28, 29]
    for part in ["self_attn.v_proj", "mlp.down_proj"] {
      #expect(layersOfType(.q6K, part, columnCount: 2048, layerCount: 16) == more16)
      #expect(layersOfType(.q4K, part, columnCount: 2048, layerCount: 16).count == 8)
    }
    #expect(layersOfType(.q8_0, "self_attn.v_proj", columnCount: 576, layerCount: 30) == more30)
    #expect(layersOfType(.q5_0, "self_attn.v_proj", columnCount: 576, layerCount: 30).count == 16)
    #expect(layersOfType(.q6K, "mlp.down_proj", columnCount: 1536, layerCount: 30) == more30)
    for part in ["self_attn.q_proj", "self_attn.k_proj", "self_attn.o_proj", "mlp.up_proj"] {
      #expect(layersOfType(.q4K, part, columnCount: 2048, layerCount: 16).count == 16)
      #expect(layersOfType(.q5_0, part, columnCount: 576, layerCount: 30).count == 30)
    }
  }

  @Test(arguments: ["lm_head.weight", "model.embed_tokens.weight"])
  func `gives the head more bits`(_ name: String) {
    for kind in [WeightQuantization.q4_0, .q4K] {
      #expect(kind.dtype(of: name, columnCount: 2048, layerCount: 16) == .q6K)
      #expect(kind.dtype(of: name, columnCount: 576, layerCount: 30) == .q8_0)
    }
    #expect(WeightQuantization.q8_0.dtype(of: name, columnCount: 2048, layerCount: 16) == .q8_0)
  }

  @Test func `leaves rows that are no whole blocks`() {
    for kind in WeightQuantization.allCases {
      #expect(kind.dtype(of: "lm_head.weight", columnCount: 48, layerCount: 2) == nil)
    }
    let name = "model.layers.1.mlp.up_proj.weight"
    #expect(WeightQuantization.q4_0.dtype(of: name, columnCount: 96, layerCount: 2) == .q4_0)
  }
}
