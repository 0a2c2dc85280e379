import ChatTemplates
import Engine
import Foundation
import Models
import Prompts
import Sampling
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite(.serialized) struct `Tiny models` {
  /// The largest difference of a logit from transformers' in float32 on the same weights.
  ///
  /// Logits spread over several units. Quantized weights are multiplied with activations of
  /// 15 bits, all others with float32 ones.
  static let tolerances: [(name: String, tolerance: Float)] = [
    ("llama-f32", 1e-4), ("llama-bf16", 1e-4), ("llama-f16", 1e-4), ("llama-sharded", 1e-4),
    ("llama-rope3", 1e-4), ("llama-mha", 1e-4), ("mistral", 1e-4), ("qwen2", 1e-4),
    ("qwen3", 1e-4), ("gguf-f32", 1e-4), ("gguf-f16", 1e-4), ("gguf-bf16", 1e-4),
    ("gguf-q8_0", 5e-3), ("gguf-q4_0", 5e-3), ("gguf-q4_1", 5e-3), ("gguf-q5_0", 5e-3),
    ("gguf-q5_1", 5e-3), ("gguf-q6_k", 5e-3), ("gguf-q4_k", 5e-3), ("gguf-mixture", 5e-3),
    ("gguf-rope3", 5e-3), ("gguf-qwen2", 5e-3), ("gguf-qwen3", 5e-3),
  ]

  @Test(arguments: tolerances)
  func `give transformers' logits`(_ name: String, _ tolerance: Float) throws {
    let fixture = try ReferenceFixture(name)
    let model = try LoadedModel(path: fixture.modelPath).model()
    let pool = WorkerPool(threadCount: 1)
    var largest: Float = 0
    for prompt in fixture.prompts {
      let expected = try fixture.matrix("prompt\(prompt.index).logits")
      let logits = try allLogits(model, prompt.tokens, pool)
      let difference = logits.rows(
        logits.rowCount - expected.rowCount..<logits.rowCount
      ).maximumDifference(from: expected)
      #expect(difference <= tolerance, "\(name), prompt \(prompt.index)")
      largest = max(largest, difference)
    }
    print("\(name): largest difference of a logit \(largest)")
  }

  @Test(arguments: tolerances.map(\.name))
  func `continue as transformers does while its choice is clear`(_ name: String) throws {
    let fixture = try ReferenceFixture(name)
    let engine = try Engine(
      try LoadedModel(path: fixture.modelPath),
      EngineOptions(threadCount: 1)
    )
    for prompt in fixture.prompts {
      let clear = prompt.greedyGaps.firstIndex { $0 < 0.02 } ?? prompt.greedyTokens.count
      let request = GenerationRequest(
        prompt: Prompt([.tokens(prompt.tokens)]),
        maxTokens: prompt.greedyTokens.count,
        ignoresEnd: true
      )
      let result = try engine.generate(request) { _ in }
      #expect(result.tokens.prefix(clear) == prompt.greedyTokens.prefix(clear))
      #expect(result.tokens.count == prompt.greedyTokens.count)
      #expect(result.finishReason == .length)
      if clear == prompt.greedyTokens.count { #expect(result.text == prompt.greedyText) }
    }
  }

  @Test(arguments: tolerances.map(\.name))
  func `tokenize as the reference does`(_ name: String) throws {
    let fixture = try ReferenceFixture(name)
    let loaded = try LoadedModel(path: fixture.modelPath)
    let reader = try loaded.promptReader(forChat: fixture.chat != nil)
    for prompt in fixture.prompts {
      #expect(
        try reader.prompt([.text(prompt.text)], addSpecialTokens: true).tokenIDs == prompt.tokens
      )
    }
    if let chat = fixture.chat {
      let prompt = try reader.prompt(PromptReader.Chat(messages: chat.messages))
      #expect(prompt.tokenIDs == chat.tokens)
    }
  }

  @Test(arguments: ["llama-f32", "gguf-q4_1", "gguf-q6_k", "gguf-mixture", "mistral"])
  func `read rows as the tokens that they stand for, in steps of any size`(
    _ name: String
  ) throws {
    let fixture = try ReferenceFixture(name)
    let loaded = try LoadedModel(path: fixture.modelPath)
    let tokens = try #require(fixture.prompts.last).tokens
    let rows = try loaded.embeddingTable().embed(tokens)
    let half = tokens.count / 2
    let prompts = [
      Prompt([.tokens(tokens)]),
      Prompt([.embeddings(rows)]),
      Prompt([
        .tokens(Array(tokens[..<half])),
        .embeddings(Embeddings(rows: rows.rows.rows(half..<tokens.count))),
      ]),
    ]
    var results: [[Float]] = []
    for step in [1, 7, 256] {
      for threadCount in [1, 3] {
        let engine = try Engine(
          loaded,
          EngineOptions(maxBatchedPositions: step, threadCount: threadCount)
        )
        for prompt in prompts { results.append(try engine.lastLogits(of: prompt).rows.storage) }
      }
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func `bind embedding rows as transformers looks them up`() throws {
    let fixture = try ReferenceFixture("llama-bf16")
    let table = try LoadedModel(path: fixture.modelPath).embeddingTable()
    let rows = table.embed(fixture.prompts[1].tokens).rows
    #expect(rows == (try fixture.matrix("prompt1.embeddings")))
    #expect(table.dtype == .bfloat16)
  }

  private func allLogits(
    _ model: any CausalLM,
    _ tokens: [TokenID],
    _ pool: WorkerPool
  ) throws -> Matrix {
    let c = model.configuration
    let blockCount = (tokens.count + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
    var cache = try KeyValueCache(
      layerCount: c.layerCount,
      keyValueHeadCount: c.keyValueHeadCount,
      headSize: c.headSize,
      blockCount: blockCount
    )
    let layout = BatchLayout(slices: [
      BatchLayout.Slice(
        rows: 0..<tokens.count,
        firstPosition: 0,
        blocks: Array((0..<blockCount).reversed())
      )
    ])
    let hidden = model.forward(model.embed(tokens), layout, &cache, on: pool)
    return model.logits(hidden, on: pool).rows
  }
}
