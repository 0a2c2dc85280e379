/// A regular expression as a tree.
indirect enum RegexNode: Sendable {
  enum Greed: Sendable { case greedy, lazy, possessive }
  enum Anchor: Sendable {
    case textStart, textEnd, textEndOrLastNewline, lineStart, lineEnd, wordBoundary, noWordBoundary
  }

  case set(ScalarSet)
  case sequence([RegexNode])
  case alternatives([RegexNode])
  case repetition(RegexNode, minimum: Int, maximum: Int, Greed)
  case atomic(RegexNode)
  case look(RegexNode, behind: Bool, negated: Bool)
  case anchor(Anchor)

  /// The least number of scalars that it matches.
  var minimumLength: Int {
    switch self {
    case .set: 1
    case .sequence(let nodes): nodes.reduce(0) { $0 + $1.minimumLength }
    case .alternatives(let nodes): nodes.map(\.minimumLength).min() ?? 0
    case .repetition(let node, let minimum, _, _): node.minimumLength * minimum
    case .atomic(let node): node.minimumLength
    case .look, .anchor: 0
    }
  }

  /// The number of scalars that it matches, if that is always the same.
  var fixedLength: Int? {
    switch self {
    case .set: return 1
    case .sequence(let nodes):
      var sum = 0
      for node in nodes {
        guard let length = node.fixedLength else { return nil }
        sum += length
      }
      return sum
    case .alternatives(let nodes):
      let lengths = Set(nodes.map(\.fixedLength))
      return lengths.count == 1 ? lengths.first ?? nil : nil
    case .repetition(let node, let minimum, let maximum, _):
      return minimum == maximum ? node.fixedLength.map { $0 * minimum } : nil
    case .atomic(let node): return node.fixedLength
    case .look, .anchor: return 0
    }
  }
}
