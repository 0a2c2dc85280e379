import Foundation
import Models
import Prompts
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Engine

@Suite(.serialized) struct `Inference engine` {
  private let loaded: LoadedModel

  init() throws {
    loaded = try LoadedModel(path: try ReferenceFixture("gguf-q4_1").modelPath)
  }

  private func requests(_ count: Int, seed: UInt64) throws -> [GenerationRequest] {
    var random = SeededGenerator(seed)
    let table = try loaded.embeddingTable()
    let size = UInt32(loaded.configuration.vocabularySize)
    return (0..<count).map { index in
      let tokens = (0..<Int.random(in: 1...70, using: &random)).map { _ in
        TokenID(UInt32.random(in: 0..<size, using: &random))
      }
      var rows = table.embed(tokens)
      if index % 4 == 0 { for i in rows.rows.storage.indices { rows.rows.storage[i] *= 1.01 } }
      return GenerationRequest(
        prompt: Prompt([index % 2 == 0 ? .embeddings(rows) : .tokens(tokens)]),
        maxTokens: Int.random(in: 1...24, using: &random),
        ignoresEnd: true
      )
    }
  }

  /// Runs all `requests` at once and drops a third of them; the tokens of those that completed.
  private func run(_ requests: [GenerationRequest], on engine: InferenceEngine) async throws
    -> [Int: [TokenID]]
  {
    try await withThrowingTaskGroup(of: (Int, [TokenID])?.self) { group in
      for (index, request) in requests.enumerated() {
        group.addTask {
          var pieces = 0
          for try await event in try engine.generate(request) {
            switch event {
            case .piece:
              pieces += 1
              if index % 3 == 0, pieces > index % 5 { return nil }
            case .finished(let result): return (index, result.tokens)
            case .promptLogprobs: break
            }
          }
          return nil
        }
      }
      var all: [Int: [TokenID]] = [:]
      for try await case let (index, tokens)? in group { all[index] = tokens }
      return all
    }
  }

  private func check(count: Int, rounds: Int) async throws {
    let alone = try Engine(
      loaded,
      EngineOptions(maxSequenceCount: 1, threadCount: 1, enablesPrefixCaching: false)
    )
    let engine = try InferenceEngine(
      loaded,
      EngineOptions(maxModelLength: 128, maxSequenceCount: 24, threadCount: 2)
    )
    var sizes: [Int] = []
    for round in 0..<rounds {
      let requests = try requests(count, seed: UInt64(round))
      let completed = try await run(requests, on: engine)
      #expect(completed.count >= count / 2)
      for (index, tokens) in completed {
        #expect(try alone.generate(requests[index]) { _ in }.tokens == tokens)
      }
      // The last ones may just have been dropped.
      for _ in 0..<5000 where engine.statistics().kvUsage > 0 {
        try await Task.sleep(for: .milliseconds(2))
      }
      #expect(engine.statistics().kvUsage == 0)
      #expect(engine.statistics().runningCount + engine.statistics().waitingCount == 0)
      sizes.append(try residentByteCount())
    }
    // In a run of few rounds the other tests of this process take memory too.
    if rounds > 2 {
      #expect(sizes[sizes.count - 1] < sizes[sizes.count / 3] + 16 << 20, "\(sizes)")
    }
    await engine.drain()
    #expect(throws: EngineError.shutDown) { try engine.generate(try requests(1, seed: 0)[0]) }
  }

  private func residentByteCount() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  @Test func `answers many at once as it answers each alone, and frees what is dropped`()
    async throws
  {
    try await check(count: 45, rounds: 2)
  }

  @Test func `Slow: holds out ten rounds of two hundred with flat memory`() async throws {
    try await check(count: 200, rounds: 10)
  }

  @Test func `shutting down ends all as aborted`() async throws {
    let engine = try InferenceEngine(loaded, EngineOptions(threadCount: 1))
    var request = try requests(1, seed: 1)[0]
    request.maxTokens = nil
    var reasons: [FinishReason] = []
    let streams = try (0..<3).map { _ in try engine.generate(request) }
    engine.shutdown()
    for stream in streams {
      for try await case .finished(let result) in stream { reasons.append(result.finishReason) }
    }
    #expect(reasons == [.abort, .abort, .abort])
    #expect(engine.statistics().finishedCounts == [.abort: 3])
  }

  @Test func `refuses at once what cannot run`() throws {
    let engine = try InferenceEngine(
      loaded,
      EngineOptions(maxModelLength: 64, threadCount: 1)
    )
    let long = Prompt([.tokens([TokenID](repeating: 1, count: 64))])
    #expect(throws: PromptError.tooLong(length: 64, contextLength: 64)) {
      try engine.generate(GenerationRequest(prompt: long))
    }
    #expect(throws: PromptError.empty) {
      try engine.generate(GenerationRequest(prompt: Prompt()))
    }
    engine.shutdown()
  }

  @Test func `gives the rows that it reads`() throws {
    let engine = try InferenceEngine(loaded, EngineOptions(threadCount: 1))
    let rows = try engine.embeddings(of: Prompt([.tokens([3, 4])]))
    #expect(rows == (try loaded.embeddingTable().embed([3, 4])))
  }
}
