import Glibc
import JSON

/// Seconds that `body` takes.
func seconds<Failure>(of body: () throws(Failure) -> Void) throws(Failure) -> Double {
  let start = monotonicSeconds()
  try body()
  return monotonicSeconds() - start
}

/// Seconds on a clock that only goes forward.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
  /// The middle value, or the mean of the two in the middle; NaN of none.
  var median: Double {
    let sorted = sorted()
    guard !isEmpty else { return .nan }
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }
}

extension JSON {
  /// `value` with four digits that count, or all before the point.
  static func rounded(_ value: Double) -> JSON {
    guard value.isFinite else { return .null }
    guard abs(value) < 1000, value != 0 else { return .integer(Int(value.rounded())) }
    let scale = pow(10, 3 - floor(log10(abs(value))))
    return .number((value * scale).rounded() / scale)
  }

  /// Median and spread of `values`.
  static func spread(_ values: [Double]) -> JSON {
    [
      "median": .rounded(values.median),
      "least": .rounded(values.min() ?? .nan),
      "most": .rounded(values.max() ?? .nan),
    ]
  }
}
