import Models
import Prompts
import Sampling
import Tensors
import TestSupport
import Testing
import Tokenization

@testable import Engine

/// What a generation says does not depend on who else is there, on memory, or on what was cached.
@Suite struct `Batching` {
  private let model = ScriptedModel()
  private let tokenizer: Tokenizer

  init() throws {
    tokenizer = try LoadedModel(path: try ReferenceFixture("llama-f32").modelPath).tokenizer
  }

  private func engine(_ options: EngineOptions) throws -> Engine {
    try Engine(model, tokenizer: tokenizer, endTokens: [63], options)
  }

  private func request(_ random: inout SeededGenerator) -> GenerationRequest {
    var prompt = Prompt()
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      // Few beginnings, so that some are shared.
      var part = SeededGenerator(UInt64.random(in: 0..<4, using: &random))
      let tokens = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        TokenID(UInt32.random(in: 0..<63, using: &part))
      }
      switch Int.random(in: 0..<4, using: &random) {
      case 0: prompt.append(.embeddings(model.embed(tokens)))
      case 1:
        var rows = model.embed(tokens)
        for index in rows.rows.storage.indices { rows.rows.storage[index] += 0.25 }
        prompt.append(.embeddings(rows))
      default: prompt.append(.tokens(tokens))
      }
    }
    return GenerationRequest(
      prompt: prompt,
      sampling: SamplingParameters(
        temperature: Bool.random(using: &random) ? 0 : 1,
        seed: UInt64.random(in: 0..<9, using: &random),
        frequencyPenalty: Bool.random(using: &random) ? 0.5 : 0,
        repetitionPenalty: Bool.random(using: &random) ? 1 : 1.2
      ),
      maxTokens: Int.random(in: 1...60, using: &random),
      stopTokenIDs: [62],
      logprobCount: Bool.random(using: &random) ? 2 : nil,
      promptLogprobCount: Int.random(in: 0..<6, using: &random) == 0 ? 1 : nil
    )
  }

  /// What a generation says: its tokens, and all logprobs.
  private struct Answer: Equatable {
    var tokens: [TokenID] = []
    var logprobs: [TokenLogprobs] = []
    var promptLogprobs: [TokenLogprobs?] = []
    var finishReason: FinishReason?

    mutating func take(_ event: GenerationEvent) {
      switch event {
      case .promptLogprobs(let all): promptLogprobs = all
      case .piece(_, let tokens, let logprobs):
        self.tokens += tokens
        self.logprobs += logprobs
      case .finished(let result):
        finishReason = result.finishReason
        #expect(result.tokens == tokens)
      }
    }
  }

  private func answer(alone request: GenerationRequest) throws -> Answer {
    let engine = try engine(
      EngineOptions(maxBatchedPositions: 37, threadCount: 1, enablesPrefixCaching: false)
    )
    try engine.add(request, id: 1, arrival: ContinuousClock.now)
    var answer = Answer()
    while let outputs = engine.step() { for output in outputs { answer.take(output.event) } }
    return answer
  }

  @Test(arguments: UInt64(0)..<12)
  func `answers are those given alone, under any load`(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let blockByteCount = try #require(
      KeyValueCache.blockByteCount(layerCount: 1, keyValueHeadCount: 1, headSize: 8)
    )
    let engine = try engine(
      EngineOptions(
        maxSequenceCount: Int.random(in: 1...12, using: &random),
        maxBatchedPositions: Int.random(in: 1...200, using: &random),
        kvCacheByteCount: blockByteCount * Int.random(in: 7...30, using: &random),
        threadCount: 2,
        enablesPrefixCaching: seed % 3 != 0
      )
    )
    var requests: [Int: GenerationRequest] = [:]
    var answers: [Int: Answer] = [:]
    var isDone = false
    while requests.count < 40 || !isDone {
      if requests.count < 40, Int.random(in: 0..<3, using: &random) == 0 {
        let request = request(&random)
        let id = requests.count
        requests[id] = request
        answers[id] = Answer()
        try engine.add(request, id: id, arrival: ContinuousClock.now)
      }
      if Int.random(in: 0..<25, using: &random) == 0,
        let id = engine.generations.keys.sorted().randomElement(using: &random)
      {
        #expect(engine.abort(id)?.finishReason == .abort)
        answers[id] = nil
      }
      #expect(engine.invariantFault == nil)
      let outputs = engine.step()
      #expect(engine.invariantFault == nil)
      isDone = outputs == nil
      for output in outputs ?? [] { answers[output.generation]?.take(output.event) }
    }
    let statistics = engine.recorder.current
    #expect(statistics.kvUsage == 0)
    #expect(statistics.runningCount + statistics.waitingCount == 0)
    #expect(answers.count > 20)
    for (id, answer) in answers {
      let request = try #require(requests[id])
      #expect(answer == (try self.answer(alone: request)), "seed \(seed), generation \(id)")
    }
  }

  @Test func `rows that equal a token's share its beginning, others do not`() throws {
    let engine = try engine(EngineOptions(threadCount: 1))
    let tokens = (0..<40).map { TokenID(UInt32($0)) }
    var other = model.embed(tokens)
    other.rows.storage[5] += 1
    for (prompt, cached) in [
      (Prompt.Segment.tokens(tokens), 0), (.tokens(tokens), 32),
      (.embeddings(model.embed(tokens)), 32),
      (.embeddings(other), 0), (.embeddings(other), 32), (.tokens(tokens), 32),
    ] {
      let result = try engine.generate(
        GenerationRequest(prompt: Prompt([prompt]), maxTokens: 2)
      ) { _ in }
      #expect(result.cachedPromptLength == cached)
    }
    #expect(engine.recorder.current.prefixCacheHitCount == 4 * 32)
    #expect(engine.recorder.current.prefixCacheQueryCount == 6 * 40)
  }

  @Test func `a token's logprob is that of the raw logits`() throws {
    // Python: [x - log(sum(map(exp, scores))) for x in scores] = [-2.4197, -0.4197, -1.4197, -4.4197]
    let scores: [Float] = [1, 3, 2, -1]
    let logprobs = TokenLogprobs(of: 2, among: scores[...], topCount: 3)
    #expect(logprobs.rank == 2)
    #expect(abs(logprobs.logprob - -1.419717) < 1e-5)
    #expect(logprobs.top.map(\.token) == [1, 2, 0])
    let sum = scores.map { TokenLogprobs(of: 0, among: [$0], topCount: 0).logprob }
    #expect(sum == [0, 0, 0, 0])
  }

  @Test func `ends at stop tokens, end tokens, and the limit`() throws {
    let engine = try engine(EngineOptions(threadCount: 1))
    func run(_ change: (inout GenerationRequest) -> Void) throws -> GenerationResult {
      var request = GenerationRequest(prompt: Prompt([.tokens([1, 2, 3])]), maxTokens: 10)
      request.ignoresEnd = true
      change(&request)
      return try engine.generate(request) { _ in }
    }
    let plain = try run { _ in }
    #expect(plain.finishReason == .length)
    #expect(plain.tokens.count == 10)
    let third = plain.tokens[2]
    let end = try #require(plain.tokens.firstIndex(of: third))
    let stopped = try run { $0.stopTokenIDs = [third] }
    #expect(stopped.tokens == Array(plain.tokens[...end]))
    #expect(stopped.finishReason == .stop)
    #expect(stopped.stopReason == .token(third))
    let biased = try run {
      $0.sampling.logitBias = [63: 100]
      $0.sampling.minTokens = 4
      $0.ignoresEnd = false
    }
    #expect(biased.tokens.count == 5)
    #expect(biased.tokens.last == 63)
    #expect(biased.finishReason == .stop)
    #expect(biased.stopReason == nil)
    #expect(try run { $0.maxTokens = 0 }.tokens == [])
    #expect(throws: EngineError.self) {
      _ = try self.engine(EngineOptions(kvCacheByteCount: 1)).generate(
        GenerationRequest(prompt: Prompt([.tokens([1])]), maxTokens: 40)
      ) { _ in }
    }
  }
}
