import Engine
import Models
import Prompts
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite struct `Quantization at load` {
  private func lastLogits(_ name: String, _ kind: WeightQuantization?) throws -> (Matrix, Matrix) {
    let fixture = try ReferenceFixture(name)
    let prompt = try #require(fixture.prompts.last)
    let loaded = try LoadedModel(
      path: fixture.modelPath,
      LoadingOptions(quantization: kind, threadCount: 2)
    )
    let engine = try Engine(loaded, EngineOptions(threadCount: 1))
    let rows = try loaded.embeddingTable().embed(prompt.tokens).rows
    return (try engine.lastLogits(of: Prompt([.tokens(prompt.tokens)])).rows, rows)
  }

  /// Logits of these random models have a standard deviation of 4: four bits are coarse for them.
  @Test(arguments: [(WeightQuantization.q8_0, Float(0.6)), (.q4_0, 8), (.q4K, 4)])
  func `changes logits a little, and embeddings not at all`(
    _ kind: WeightQuantization,
    _ tolerance: Float
  ) throws {
    for name in ["llama-bf16", "llama-f32", "gguf-f16"] {
      let (expected, rows) = try lastLogits(name, nil)
      let (found, sameRows) = try lastLogits(name, kind)
      let difference = found.maximumDifference(from: expected)
      print("\(name), \(kind.rawValue): largest difference of a logit \(difference)")
      #expect(difference > 1e-3 && difference < tolerance)
      #expect(rows == sameRows)
    }
  }

  @Test func `tells of its progress to the end`() throws {
    let shares = Mutex<[Double]>([])
    let fixture = try ReferenceFixture("llama-bf16")
    var options = LoadingOptions(quantization: .q8_0)
    options.onProgress = { share in shares.withLock { $0.append(share) } }
    _ = try LoadedModel(path: fixture.modelPath, options).model()
    let told = shares.withLock { $0 }
    #expect(told == told.sorted() && told.count > 2)
    #expect(try #require(told.first) < 0.3)
    #expect(try #require(told.last) == 1)
  }

  @Test func `refuses weights that are quantized in their file`() throws {
    let fixture = try ReferenceFixture("gguf-q4_0")
    let loaded = try LoadedModel(
      path: fixture.modelPath,
      LoadingOptions(quantization: .q8_0)
    )
    let error = #expect(throws: ModelError.self) { try loaded.model() }
    #expect(
      error?.description.hasSuffix(
        "is q4_0 already, quantization is for float weights"
      ) == true
    )
  }
}
