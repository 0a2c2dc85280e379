import TensorSerialization
import Tensors
import TestSupport
import Testing

@testable import Models

@Suite struct `GGUF configuration` {
  private func configuration(
    _ changes: (key: String, value: GGUFBytes.Value)...
  ) throws -> Configuration {
    var file = GGUFBytes.llama(tokens: ["<unk>", "<s>", "</s>", "a"])
    file.metadata += changes
    return try Configuration(gguf: try GGUFFile(SharedBytes(file.bytes)))
  }

  @Test func `takes llama cpp's defaults for what is not said`() throws {
    let c = try configuration()
    #expect(c.keyValueHeadCount == 2)
    #expect(c.headSize == 2)
    #expect(c.rotary.dimension == 2)
    #expect(c.rotary.base == 10_000)
    #expect(c.rotary.scaling == .none)
    #expect(c.tiesEmbeddings)
  }

  @Test func `takes a factor without a type as linear`() throws {
    let key = "llama.rope.scaling"
    #expect(try configuration(("\(key).factor", .float32(4))).rotary.scaling == .linear(factor: 4))
    #expect(
      try configuration(("llama.rope.scale_linear", .float32(2))).rotary.scaling
        == .linear(factor: 2)
    )
    #expect(try configuration(("\(key).type", .string("linear"))).rotary.scaling == .none)
    #expect(
      try configuration(("\(key).type", .string("none")), ("\(key).factor", .float32(4)))
        .rotary.scaling == .none
    )
    for factor in [-1, .nan, .infinity] as [Float] {
      #expect(throws: ConfigurationError.self) {
        try configuration(("\(key).factor", .float32(factor)))
      }
    }
  }

  @Test func `refuses two names of one weight`() throws {
    let file = GGUFBytes(tensors: [("output_norm.weight", [4]), ("model.norm.weight", [4])])
    #expect(throws: ConfigurationError.repeatedWeight("model.norm.weight")) {
      try WeightSource(gguf: try GGUFFile(SharedBytes(file.bytes)))
    }
  }

  @Test func `refuses a table of one dimension`() throws {
    var file = GGUFBytes.llama(tokens: ["<unk>", "<s>", "</s>", "a"])
    file.tensors = [("token_embd.weight", [16])]
    let gguf = try GGUFFile(SharedBytes(file.bytes))
    let c = try Configuration(gguf: gguf)
    #expect(
      throws: ConfigurationError.wrongShape(
        weight: "token_embd.weight",
        expected: [16, 4],
        found: [16]
      )
    ) { try EmbeddingTable(c, try WeightSource(gguf: gguf)) }
  }
}
