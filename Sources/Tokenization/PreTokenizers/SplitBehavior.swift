/// What becomes of the matches of a splitting pattern.
enum SplitBehavior: String, Sendable {
  /// Dropped.
  case removed = "Removed"
  /// Pieces of their own.
  case isolated = "Isolated"
  /// At the end of the piece before.
  case mergedWithPrevious = "MergedWithPrevious"
  /// At the beginning of the piece after.
  case mergedWithNext = "MergedWithNext"
  /// Like isolated, but neighboring matches stay together.
  case contiguous = "Contiguous"

  /// Adds the next part of a piece to `parts`, to those after `start`.
  ///
  /// - Parameter afterMatch: the part before was a match; `false` for the first.
  func append(
    _ part: Range<Int>,
    isMatch: Bool,
    afterMatch: Bool,
    to parts: inout [Range<Int>],
    start: Int
  ) {
    let joins =
      switch self {
      case .removed, .isolated: false
      case .contiguous: isMatch == afterMatch
      case .mergedWithPrevious: isMatch && !afterMatch
      case .mergedWithNext: !isMatch && afterMatch
      }
    if self == .removed && isMatch { return }
    if joins, parts.count > start, let last = parts.popLast() {
      parts.append(last.lowerBound..<part.upperBound)
    } else {
      parts.append(part)
    }
  }
}
