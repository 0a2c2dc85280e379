import Engine
import Models
import Prompts
import Tensors
import TestSupport
import Testing
import Tokenization

/// The default model against transformers in float32 on the same weights.
@Suite(.enabled(if: Fixtures.defaultModel != nil, "`make model` has not fetched the default model"))
struct `Whole model` {
  private func load() throws -> (ReferenceFixture, LoadedModel) {
    (try ReferenceFixture("smollm2"), try LoadedModel(path: try #require(Fixtures.defaultModel)))
  }

  @Test func `tokenizes as the reference does`() throws {
    let (fixture, loaded) = try load()
    for prompt in fixture.prompts {
      let tokens = try loaded.tokenizer.encode(prompt.text, addSpecialTokens: true)
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
    let engine = try Engine(loaded, EngineOptions(threadCount: 2))
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
    let engine = try Engine(loaded, EngineOptions(threadCount: 2))
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
