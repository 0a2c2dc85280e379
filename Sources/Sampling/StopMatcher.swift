/// Finds where a generation's text ends: at a stop string, which is cut off with all that follows.
///
/// Text that may yet turn out to begin a stop string is held back until it cannot.
public struct StopMatcher: Sendable {
  private let stops: [(bytes: [UInt8], text: String)]
  private let includesStop: Bool
  private var held: [UInt8] = []

  /// A matcher for `stops`; empty ones are left out.
  ///
  /// - Parameter includesStop: whether the stop string itself stays in the output.
  public init(_ stops: [String], includesStop: Bool = false) {
    self.stops = stops.filter { !$0.isEmpty }.map { (Array($0.utf8), $0) }
    self.includesStop = includesStop
  }

  /// Takes the next piece of text; returns what is certain to be output, and the stop that was met.
  public mutating func append(_ piece: String) -> (output: String, stop: String?) {
    guard !stops.isEmpty else { return (piece, nil) }
    held.append(contentsOf: piece.utf8)
    for start in held.indices {
      // The earliest stop wins; of stops that begin together the one named first.
      if let stop = stops.first(where: { held[start...].starts(with: $0.bytes) }) {
        return (take(includesStop ? start + stop.bytes.count : start), stop.text)
      }
    }
    let kept = stops.map { longestOverlap(with: $0.bytes) }.max() ?? 0
    return (take(held.count - kept), nil)
  }

  /// The text still held back, when no more comes.
  public mutating func finish() -> String { take(held.count) }

  /// The length of the longest end of `held` that begins `stop`.
  private func longestOverlap(with stop: [UInt8]) -> Int {
    let longest = min(stop.count - 1, held.count)
    guard longest > 0 else { return 0 }
    return (1...longest).last { stop.starts(with: held.suffix($0)) } ?? 0
  }

  /// Removes the first `count` bytes; a stop string begins at a character, so they are whole ones.
  private mutating func take(_ count: Int) -> String {
    let text = String(decoding: held.prefix(count), as: UTF8.self)
    held.removeFirst(count)
    return text
  }
}
