/// Counts of observations up to bounds, as Prometheus adds them up.
struct Histogram: Sendable {
  private let bounds: [Double]
  private var counts: [Int]
  private var sum = 0.0

  init(_ bounds: [Double]) {
    self.bounds = bounds
    counts = [Int](repeating: 0, count: bounds.count + 1)
  }

  mutating func observe(_ value: Double) {
    counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
    sum += value
  }

  /// The lines of the metric `name`; `labels` stand inside the braces.
  func write(_ name: String, _ help: String, labels: String, to output: inout String) {
    output += "# HELP \(name) \(help)\n# TYPE \(name) histogram\n"
    var total = 0
    for (index, count) in counts.enumerated() {
      total += count
      let bound = index < bounds.count ? "\(bounds[index])" : "+Inf"
      output += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(total)\n"
    }
    output += "\(name)_count{\(labels)} \(total)\n\(name)_sum{\(labels)} \(sum)\n"
  }

  /// vLLM's bounds of seconds until the first token.
  static let firstTokenBounds: [Double] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40,
    80, 160, 640, 2560,
  ]
  /// vLLM's bounds of seconds between tokens.
  static let interTokenBounds: [Double] = [
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80,
  ]
  /// vLLM's bounds of seconds for a whole request.
  static let requestBounds: [Double] = [
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680,
  ]
  /// One, two and five times the powers of ten, for counts of tokens.
  static let countBounds: [Double] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000,
  ]
}
