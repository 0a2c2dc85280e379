/// A regular expression as instructions for a backtracking matcher.
struct RegexProgram: Sendable {
  enum Instruction: Sendable {
    case set(Int)
    /// A run of one set: `minimum` to `maximum` scalars.
    case run(Int, minimum: Int, maximum: Int, givesBack: Bool)
    /// Goes on at `first`; at `second` if that fails.
    case fork(first: Int, second: Int)
    case jump(Int)
    case anchor(RegexNode.Anchor)
    /// Matches the instructions that follow as a whole, then goes on at `next`.
    case atomic(next: Int)
    /// Checks the instructions that follow, beginning `behind` scalars earlier.
    case look(behind: Int, negated: Bool, next: Int)
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []

  /// Expressions that need more are refused.
  private static let sizeLimit = 20_000

  /// Translates `node`.
  init(_ node: RegexNode) throws(RegexParser.Unsupported) {
    try append(node)
    instructions.append(.match)
  }

  private mutating func append(_ node: RegexNode) throws(RegexParser.Unsupported) {
    guard instructions.count < Self.sizeLimit else { throw RegexParser.Unsupported() }
    switch node {
    case .set(let set): instructions.append(.set(index(of: set)))
    case .sequence(let nodes): for node in nodes { try append(node) }
    case .alternatives(let nodes): try append(alternatives: nodes)
    case .repetition(.set(let set), let minimum, let maximum, let greed) where greed != .lazy:
      instructions.append(
        .run(
          index(of: set),
          minimum: minimum,
          maximum: maximum,
          givesBack: greed == .greedy
        )
      )
    case .repetition(let node, let minimum, let maximum, .possessive):
      try append(.atomic(.repetition(node, minimum: minimum, maximum: maximum, .greedy)))
    case .repetition(let node, let minimum, let maximum, let greed):
      for _ in 0..<minimum { try append(node) }
      try append(optional: node, count: maximum == .max ? nil : maximum - minimum, greed)
    case .atomic(let node): try append(node) { .atomic(next: $0) }
    case .look(let node, let isBehind, let negated):
      let behind = isBehind ? node.fixedLength ?? 0 : 0
      try append(node) { .look(behind: behind, negated: negated, next: $0) }
    case .anchor(let anchor): instructions.append(.anchor(anchor))
    }
  }

  private mutating func index(of set: ScalarSet) -> Int {
    sets.append(set.prepared())
    return sets.count - 1
  }

  private mutating func append(alternatives nodes: [RegexNode]) throws(RegexParser.Unsupported) {
    var exits: [Int] = []
    for (position, node) in nodes.enumerated() {
      guard position < nodes.count - 1 else {
        try append(node)
        break
      }
      let fork = instructions.count
      instructions.append(.match)
      try append(node)
      exits.append(instructions.count)
      instructions.append(.match)
      instructions[fork] = .fork(first: fork + 1, second: instructions.count)
    }
    for exit in exits { instructions[exit] = .jump(instructions.count) }
  }

  /// Up to `count` more of `node`, or any number.
  private mutating func append(optional node: RegexNode, count: Int?, _ greed: RegexNode.Greed)
    throws(RegexParser.Unsupported)
  {
    var forks: [Int] = []
    for _ in 0..<(count ?? 1) {
      forks.append(instructions.count)
      instructions.append(.match)
      try append(node)
    }
    if count == nil, let fork = forks.first { instructions.append(.jump(fork)) }
    for fork in forks {
      let (inside, outside) = (fork + 1, instructions.count)
      instructions[fork] =
        greed == .lazy
        ? .fork(first: outside, second: inside) : .fork(first: inside, second: outside)
    }
  }

  /// Instructions of `node` that end in a match of their own, after one that knows where they end.
  private mutating func append(_ node: RegexNode, after instruction: (Int) -> Instruction)
    throws(RegexParser.Unsupported)
  {
    let start = instructions.count
    instructions.append(.match)
    try append(node)
    instructions.append(.match)
    instructions[start] = instruction(instructions.count)
  }
}
