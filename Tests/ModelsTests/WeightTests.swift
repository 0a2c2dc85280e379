import Tensors
import Testing

@testable import Models

@Suite struct `Weights` {
  @Test(arguments: [
    ("token_embd.weight", "model.embed_tokens.weight"), ("output.weight", "lm_head.weight"),
    ("output_norm.weight", "model.norm.weight"),
    ("blk.12.attn_q.bias", "model.layers.12.self_attn.q_proj.bias"),
    ("blk.0.ffn_norm.weight", "model.layers.0.post_attention_layernorm.weight"),
    ("blk.x.ffn_norm.weight", "blk.x.ffn_norm.weight"), ("rope_freqs.weight", "rope_freqs.weight"),
    ("odd", "odd"),
  ])
  func `have two names`(_ file: String, _ checkpoint: String) {
    #expect(GGUFNames.checkpointName(file) == checkpoint)
    #expect(GGUFNames.fileName(checkpoint) == file)
  }

  private func source(_ names: [String]) -> WeightSource {
    WeightSource(
      Dictionary(
        uniqueKeysWithValues: names.map { name in
          (
            name,
            WeightSource.Entry(fileName: "file:\(name)") {
              let bytes = SharedBytes([UInt8](repeating: 0, count: 24))
              guard
                let tensor = Tensor(
                  dtype: .float32,
                  shape: [2, 3],
                  storage: bytes,
                  byteOffset: 0
                )
              else { throw ConfigurationError.missingWeight(name) }
              return tensor
            }
          )
        }
      ),
      fileName: { "file:\($0)" }
    )
  }

  @Test func `are bound by path and shape`() throws {
    let source = source(["a.b.weight"])
    let scope = source.root["a"]["b"]
    #expect(throws: ConfigurationError.missingWeight("file:a.b.bias")) {
      try scope.vector("bias", count: 2)
    }
    #expect(
      throws: ConfigurationError.wrongShape(
        weight: "file:a.b.weight",
        expected: [3, 2],
        found: [2, 3]
      )
    ) { try scope.matrix("weight", rowCount: 3, columnCount: 2) }
    #expect(try scope.matrix("weight", rowCount: 2, columnCount: 3).rowCount == 2)
  }

  @Test func `that nobody bound are an error`() throws {
    let source = source(["a.weight", "b.weight", "c.weight", "d.weight", "e.weight"])
    _ = try source.root["a"].matrix("weight", rowCount: 2, columnCount: 3)
    let error = #expect(throws: ConfigurationError.self) {
      try source.requireAllUsed { $0 == "b.weight" }
    }
    #expect(
      error?.description
        == "model has weights that its architecture does not use: 'file:c.weight', 'file:d.weight', 'file:e.weight'"
    )
  }
}
