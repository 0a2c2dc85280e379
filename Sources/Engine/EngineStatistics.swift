/// Counts of values by size: how many were at most each bound, as Prometheus counts them.
public struct Histogram: Sendable, Equatable {
  /// The bounds, growing; values above the last are counted in `count` alone.
  public let bounds: [Double]
  /// How many values were at most the bound of the same index and above the one before.
  public private(set) var counts: [Int]
  /// The number of all values.
  public private(set) var count = 0
  /// The sum of all values.
  public private(set) var sum = 0.0

  /// An empty histogram.
  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = [Int](repeating: 0, count: bounds.count)
  }

  /// Counts `value` `times` times.
  mutating func record(_ value: Double, times: Int = 1) {
    if let index = bounds.firstIndex(where: { value <= $0 }) { counts[index] += times }
    count += times
    sum += value * Double(times)
  }
}

/// What an engine has done since it started, and does now.
public struct EngineStatistics: Sendable {
  /// Generations that run.
  public internal(set) var runningCount = 0
  /// Generations that wait for a place.
  public internal(set) var waitingCount = 0
  /// The share of the key/value cache that running generations hold, 0...1.
  public internal(set) var kvUsage = 0.0

  /// Prompt positions read, those found in the prefix cache included.
  public internal(set) var promptTokenCount = 0
  /// Prompt positions of them that were rows without a token.
  public internal(set) var promptRowCount = 0
  /// Tokens generated.
  public internal(set) var generatedTokenCount = 0
  /// Times that a running generation had to make room.
  public internal(set) var preemptionCount = 0
  /// Positions looked up in the prefix cache.
  public internal(set) var prefixCacheQueryCount = 0
  /// Positions found there.
  public internal(set) var prefixCacheHitCount = 0
  /// Generations ended, by reason.
  public internal(set) var finishedCounts: [FinishReason: Int] = [:]

  /// Positions per prompt.
  public internal(set) var promptLengths = Histogram(bounds: lengthBounds)
  /// Generated tokens per generation.
  public internal(set) var outputLengths = Histogram(bounds: lengthBounds)
  /// Positions per step.
  public internal(set) var stepLengths = Histogram(bounds: stepBounds)
  /// Seconds from arrival to the first token.
  public internal(set) var timesToFirstToken = Histogram(bounds: shortBounds)
  /// Seconds from one token of a generation to the next.
  public internal(set) var interTokenLatencies = Histogram(bounds: tokenBounds)
  /// Seconds from the first token to the last, by each token after the first.
  public internal(set) var timesPerOutputToken = Histogram(bounds: tokenBounds)
  /// Seconds from arrival to the end.
  public internal(set) var requestLatencies = Histogram(bounds: longBounds)
  /// Seconds of waiting before the first step.
  public internal(set) var queueTimes = Histogram(bounds: longBounds)
  /// Seconds from the first step to the first token.
  public internal(set) var prefillTimes = Histogram(bounds: longBounds)
  /// Seconds from the first token to the last.
  public internal(set) var decodeTimes = Histogram(bounds: longBounds)
  /// Seconds from the first step to the end.
  public internal(set) var inferenceTimes = Histogram(bounds: longBounds)

  /// Statistics of an engine that has done nothing.
  public init() {}

  /// Source of all bounds: vllm/v1/metrics/loggers.py
  private static let lengthBounds: [Double] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
  ]
  private static let stepBounds: [Double] = [
    1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384,
  ]
  private static let shortBounds: [Double] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640, 2560,
  ]
  private static let tokenBounds: [Double] = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ]
  private static let longBounds: [Double] = [
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
  ]
}
