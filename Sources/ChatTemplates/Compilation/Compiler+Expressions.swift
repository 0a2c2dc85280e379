extension Compiler {
  mutating func compile(_ expressions: [Expression]) -> [any ExpressionNode] {
    var nodes: [any ExpressionNode] = []
    nodes.reserveCapacity(expressions.count)
    for expression in expressions { nodes.append(compile(expression)) }
    return nodes
  }

  mutating func compile(_ arguments: Arguments) -> ArgumentNodes {
    var keywords: [(name: Text, value: any ExpressionNode)] = []
    let positional = compile(arguments.positional)
    for (name, value) in arguments.keywords { keywords.append((name, compile(value))) }
    return ArgumentNodes(
      positional: positional,
      keywords: keywords,
      spreadPositional: arguments.spreadPositional.map { compile($0) },
      spreadKeywords: arguments.spreadKeywords.map { compile($0) },
      isEmpty: arguments.isEmpty
    )
  }

  mutating func compile(_ expression: Expression) -> any ExpressionNode {
    let (wasOptimized, wasKnown) = (isOptimized, isKnown)
    defer { (isOptimized, isKnown) = (wasOptimized, wasKnown) }
    if !isKnown, !mayEscape, let node = checkConstant(expression) { return node }
    return pendingNode(for: expression) ?? compileParts(expression)
  }

  private mutating func compileParts(_ expression: Expression) -> any ExpressionNode {
    switch expression {
    case .none: return ConstantNode(.none)
    case .boolean(let value): return ConstantNode(.boolean(value))
    case .integer(let value): return ConstantNode(.integer(value))
    case .largeInteger(let value): return ConstantNode(.largeInteger(value))
    case .float(let value): return ConstantNode(.float(value))
    case .text(let value): return TextNode(value)
    case .name(let name): return node(for: name)
    case .tuple(let elements): return SequenceNode(compile(elements), isTuple: true)
    case .list(let elements): return SequenceNode(compile(elements), isTuple: false)
    case .mapping(let members):
      var nodes: [(key: any ExpressionNode, value: any ExpressionNode)] = []
      for (key, value) in members { nodes.append((compile(key), compile(value))) }
      return MappingNode(nodes)
    case .attribute(let base, let name): return AttributeNode(compile(base), name)
    case .element(let base, .text(let name)): return MemberNode(compile(base), name)
    case .element(let base, let key): return ElementNode(compile(base), compile(key))
    case .slice(let base, let start, let stop, let step):
      let container = compile(base)
      return SliceNode(container, [start, stop, step].map { bound in bound.map { compile($0) } })
    case .call(.attribute(let base, let name), let arguments):
      return MethodCallNode(compile(base), name, compile(arguments))
    case .call(let callee, let arguments): return CallNode(compile(callee), compile(arguments))
    case .filter(let filter, let name, let line, let operand, let arguments):
      if filter == nil { noteUnknown("filter", name, line: line) }
      let value = operand.map { compile($0) } ?? LocalNode(textSlot ?? 0, "")
      if name == "trim", arguments.isEmpty { return TrimNode(value) }
      return FilterNode(filter, name, value, compile(arguments))
    case .test(let test, let name, let line, let operand, let arguments):
      if test == nil { noteUnknown("test", name, line: line) }
      return TestNode(test, name, compile(operand), compile(arguments))
    default: return compileOperator(expression)
    }
  }

  /// The most operands that a sum may have to be nested.
  private static let sumLength = 16

  /// `and` or `or` of all `operands`, no deeper than it must be.
  private static func logic(
    _ operands: ArraySlice<any ExpressionNode>,
    until stop: Bool
  ) -> any ExpressionNode {
    if operands.count == 1 { return operands[operands.startIndex] }
    let middle = operands.startIndex + operands.count / 2
    return LogicNode(
      logic(operands[..<middle], until: stop),
      logic(operands[middle...], until: stop),
      until: stop
    )
  }

  private mutating func compileOperator(_ expression: Expression) -> any ExpressionNode {
    switch expression {
    case .not(let operand): return UnaryNode(.not, compile(operand))
    case .negation(let operand): return UnaryNode(.negation, compile(operand))
    case .identity(let operand): return UnaryNode(.identity, compile(operand))
    case .arithmetic(let first, let operations):
      var nodes: [(operation: ArithmeticOperator, operand: any ExpressionNode)] = []
      let start = compile(first)
      if operations.count <= Self.sumLength, operations.allSatisfy({ $0.0 == .add }) {
        return operations.reduce(start) { SumNode($0, compile($1.1)) }
      }
      for (operation, operand) in operations { nodes.append((operation, compile(operand))) }
      return ArithmeticNode(start, nodes)
    case .concatenation(let operands): return ConcatenationNode(compile(operands))
    case .comparison(let first, let operations):
      let start = compile(first)
      if operations.count == 1, case .text(let text) = operations[0].1 {
        switch operations[0].0 {
        case .equal: return TextEqualityNode(start, text, isNegated: false)
        case .notEqual: return TextEqualityNode(start, text, isNegated: true)
        default: break
        }
      }
      if operations.count == 1, case .text(let text) = first {
        switch operations[0].0 {
        case .contained:
          return TextMembershipNode(text, in: compile(operations[0].1), isNegated: false)
        case .notContained:
          return TextMembershipNode(text, in: compile(operations[0].1), isNegated: true)
        default: break
        }
      }
      var nodes: [(comparison: Comparison, operand: any ExpressionNode)] = []
      for (comparison, operand) in operations { nodes.append((comparison, compile(operand))) }
      return ComparisonNode(start, nodes)
    case .all(let operands): return Self.logic(compile(operands)[...], until: false)
    case .any(let operands): return Self.logic(compile(operands)[...], until: true)
    case .conditional(let test, let then, let otherwise, let line):
      return softly { compiler in
        let first = compiler.compile(then)
        return ConditionalNode(
          compiler.compile(test),
          first,
          otherwise.map { compiler.compile($0) },
          line: line
        )
      }
    default: return ConstantNode(.none)
    }
  }
}
