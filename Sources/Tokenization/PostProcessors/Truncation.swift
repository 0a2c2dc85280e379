/// How texts are cut to a number of tokens.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/utils/truncation.rs
public struct Truncation: Sendable, Equatable {
  /// Which of two texts is cut.
  public enum Strategy: String, Sendable {
    /// The longer one, then both.
    case longestFirst = "longest_first"
    case onlyFirst = "only_first"
    case onlySecond = "only_second"
  }

  /// Where a text is cut.
  public enum Direction: String, Sendable { case left, right }

  /// The most tokens, special ones included.
  public var length: Int
  /// By how many tokens the parts of a text overlap.
  public var stride: Int
  /// Which of two texts is cut.
  public var strategy: Strategy
  /// Where it is cut.
  public var direction: Direction

  /// Cuts to `length` tokens.
  public init(
    length: Int,
    stride: Int = 0,
    strategy: Strategy = .longestFirst,
    direction: Direction = .right
  ) {
    self.length = length
    self.stride = stride
    self.strategy = strategy
    self.direction = direction
  }

  /// Cuts one text, or two, to ``length`` tokens together.
  func apply(to first: inout Encoding, _ second: inout Encoding?) throws(TokenizerError) {
    let counts = (first.tokens.count, second?.tokens.count ?? 0)
    guard length > 0 else {
      try cut(&first, to: 0)
      try cutSecond(&second, to: 0)
      return
    }
    let excess = counts.0 + counts.1 - length
    guard excess > 0 else { return }
    switch strategy {
    case .longestFirst where second != nil:
      let shares = shares(of: counts)
      try cut(&first, to: shares.0)
      try cutSecond(&second, to: shares.1)
    case .longestFirst: try cut(&first, to: length)
    case .onlyFirst:
      guard counts.0 > excess else { throw .cannotTruncate(length: length) }
      try cut(&first, to: counts.0 - excess)
    case .onlySecond:
      guard second != nil, counts.1 > excess else { throw .cannotTruncate(length: length) }
      try cutSecond(&second, to: counts.1 - excess)
    }
  }

  /// The shorter text is kept if it takes no more than half.
  private func shares(of counts: (Int, Int)) -> (Int, Int) {
    let shorter = min(counts.0, counts.1)
    var first = shorter
    var second = shorter > length ? shorter : max(shorter, length - shorter)
    if first + second > length {
      first = length / 2
      second = first + length % 2
    }
    return counts.0 > counts.1 ? (second, first) : (first, second)
  }

  private func cutSecond(_ encoding: inout Encoding?, to count: Int) throws(TokenizerError) {
    guard var second = encoding else { return }
    try cut(&second, to: count)
    encoding = second
  }

  private func cut(_ encoding: inout Encoding, to limit: Int) throws(TokenizerError) {
    let count = encoding.tokens.count
    guard limit < count else { return }
    guard limit > 0 else {
      let whole = encoding
      encoding = Encoding()
      encoding.overflowing = [whole]
      return
    }
    guard stride >= 0, stride < limit else { throw .strideTooLong(stride: stride, length: limit) }
    let step = limit - stride
    var parts: [Range<Int>] = []
    switch direction {
    case .right:
      var start = 0
      repeat {
        parts.append(start..<min(start + limit, count))
        start += step
      } while parts.last?.upperBound != count
    case .left:
      var end = count
      repeat {
        parts.append(max(0, end - limit)..<end)
        end -= step
      } while parts.last?.lowerBound != 0
    }
    let whole = encoding
    guard let first = parts.first else { return }
    encoding = whole[first]
    encoding.overflowing = parts.dropFirst().map { whole[$0] }
  }
}
