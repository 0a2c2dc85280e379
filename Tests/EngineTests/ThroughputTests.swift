import Foundation
import Prompts
import TestSupport
import Testing
import Tokenization

@testable import Engine

/// Speed of the default model; alone on a machine the figures mean something.
@Suite(.serialized) struct `Throughput` {
  static let defaultModelPath: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
    let path = "\(cache)/swiftllm/models/SmolLM2-135M-Instruct.Q4_1.gguf"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// Tokens of `count` streams of 128 positions in and 128 tokens out, by second that a processor
  /// computes: other programs on the machine do not count.
  private func speed(_ loaded: LoadedModel, count: Int) throws -> Double {
    let engine = try Engine(
      loaded,
      EngineOptions(maxModelLength: 512, threadCount: 1, enablesPrefixCaching: false)
    )
    var random = SeededGenerator(UInt64(count))
    let start = clock()
    for id in 0..<count {
      let tokens = (0..<128).map { _ in TokenID(UInt32.random(in: 100..<40_000, using: &random)) }
      let request = GenerationRequest(
        prompt: Prompt([.tokens(tokens)]),
        maxTokens: 128,
        ignoresEnd: true
      )
      try engine.add(request, id: id, arrival: ContinuousClock.now)
    }
    while engine.step() != nil {}
    return Double(count * 128) * Double(CLOCKS_PER_SEC) / Double(clock() - start)
  }

  @Test(.enabled(if: defaultModelPath != nil, "`make model` has not fetched the default model"))
  func `Slow: thirty-two streams share the reading of weights`() throws {
    let loaded = try LoadedModel(path: try #require(Self.defaultModelPath))
    var speeds: [Int: Double] = [:]
    for count in [1, 2, 4, 8, 16, 32] {
      let speed = try speed(loaded, count: count)
      speeds[count] = speed
      print("\(count) streams of 128 in, 128 out: \(Int(speed)) tokens a processor second")
    }
    // One stream is bound by reading weights, many by arithmetic, as prompts are: between lies a
    // factor of about 2.5.
    #expect(try #require(speeds[32]) >= 1.8 * (try #require(speeds[1])))
  }
}
