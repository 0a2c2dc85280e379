import Engine
import Foundation
import Models
import Prompts
import Tensors
import TestSupport
import Testing
import Tokenization

/// Where `make model` puts the default model; `nil` if it has not been run.
private let defaultModelPath: String? = {
  let environment = ProcessInfo.processInfo.environment
  let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
  let path = "\(cache)/swiftllm/models/SmolLM2-135M-Instruct.Q4_1.gguf"
  return FileManager.default.fileExists(atPath: path) ? path : nil
}()

/// The default model against transformers in float32 on the same weights.
@Suite(.enabled(if: defaultModelPath != nil, "`make model` has not fetched the default model"))
struct `Whole model` {
  private func load() throws -> (ReferenceFixture, LoadedModel) {
    (try ReferenceFixture("smollm2"), try LoadedModel(path: try #require(defaultModelPath)))
  }

  @Test func `tokenizes as the reference does`() throws {
    let (fixture, loaded) = try load()
    for prompt in fixture.prompts {
      let tokens = loaded.tokenizer.encode(prompt.text, addSpecialTokens: true)
      #expect(tokens == prompt.tokens, "prompt \(prompt.index)")
    }
  }

  @Test func `looks up the rows that gguf-py dequantizes`() throws {
    let (fixture, loaded) = try load()
    let rows = try loaded.embeddingTable().embed(fixture.prompts[0].tokens).rows
    #expect(rows == (try fixture.matrix("prompt0.embeddings")))
  }

  @Test func `gives transformers' logits within 0.05`() throws {
    let (fixture, loaded) = try load()
    let engine = try Engine(loaded, threadCount: 2)
    let sampledIDs = try fixture.integers("sampled.ids")
    var largest: Float = 0
    for prompt in fixture.prompts {
      let logits = try engine.lastLogits(of: Prompt([.tokens(prompt.tokens)])).rows
      let ids = try sampledIDs + fixture.integers("prompt\(prompt.index).top.ids")
      let expected =
        try fixture.matrix("prompt\(prompt.index).sampled").storage
        + fixture.matrix("prompt\(prompt.index).top").storage
      let difference = zip(ids, expected).reduce(Float(0)) { largest, pair in
        max(largest, abs(logits[0, pair.0] - pair.1))
      }
      #expect(difference <= 0.05, "prompt \(prompt.index)")
      largest = max(largest, difference)
    }
    print("default model: largest difference of a logit \(largest)")
  }

  @Test func `continues as transformers does while its choice is clear`() throws {
    let (fixture, loaded) = try load()
    let engine = try Engine(loaded, threadCount: 2)
    for prompt in fixture.prompts {
      let clear = prompt.greedyGaps.firstIndex { $0 < 0.05 } ?? prompt.greedyTokens.count
      let request = GenerationRequest(
        prompt: Prompt([.tokens(prompt.tokens)]),
        maxTokens: prompt.greedyTokens.count,
        ignoresEnd: true
      )
      let tokens = try engine.generate(request) { _ in }.tokens
      #expect(
        tokens.prefix(clear) == prompt.greedyTokens.prefix(clear),
        "prompt \(prompt.index)"
      )
    }
  }
}
