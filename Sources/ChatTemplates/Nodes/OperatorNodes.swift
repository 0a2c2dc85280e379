/// Operators of one precedence on numbers and sequences, from left to right.
final class ArithmeticNode: ExpressionNode {
  private let first: any ExpressionNode
  private let operations: [(operation: ArithmeticOperator, operand: any ExpressionNode)]

  init(
    _ first: any ExpressionNode,
    _ operations: [(operation: ArithmeticOperator, operand: any ExpressionNode)]
  ) {
    self.first = first
    self.operations = operations
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var value = try first.evaluate(evaluator, frame)
    for (operation, operand) in operations {
      let right = try operand.evaluate(evaluator, frame)
      if operation == .add, case .text(var text) = value, case .text(let other) = right,
        !text.isMarkup, !other.isMarkup
      {
        // Without a second reference the bytes are appended in place.
        value = .none
        try evaluator.charge(bytes: text.bytes.count + other.bytes.count)
        text.bytes += other.bytes
        value = .text(text)
      } else {
        value = try evaluator.apply(operation, value, right)
      }
    }
    return value
  }
}

/// `left + right`, which writes texts without one of them all.
final class SumNode: ExpressionNode {
  private let left: any ExpressionNode
  private let right: any ExpressionNode

  init(_ left: any ExpressionNode, _ right: any ExpressionNode) {
    self.left = left
    self.right = right
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    let start = evaluator.outputCount
    if let value = try writeText(evaluator, frame) { return value }
    return try evaluator.made(Text(bytes: evaluator.takeOutput(from: start)))
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let start = evaluator.outputCount
    if let value = try left.writeText(evaluator, frame) {
      return try evaluator.apply(.add, value, try right.evaluate(evaluator, frame))
    }
    if let value = try right.writeText(evaluator, frame) {
      let text = Value.text(Text(bytes: evaluator.takeOutput(from: start)))
      return try evaluator.apply(.add, text, value)
    }
    return nil
  }
}

/// `a ~ b`: the texts of values one after the other.
final class ConcatenationNode: ExpressionNode {
  private let operands: [any ExpressionNode]

  init(_ operands: [any ExpressionNode]) { self.operands = operands }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var values: [Value] = []
    values.reserveCapacity(operands.count)
    for operand in operands { values.append(try operand.evaluate(evaluator, frame)) }
    let isMarkup =
      evaluator.escapes
      && values.contains { if case .text(let text) = $0 { text.isMarkup } else { false } }
    var bytes: [UInt8] = []
    for value in values {
      try evaluator.charge(displaying: value)
      let text = isMarkup ? value.softDisplay.escaped() : value.display
      try evaluator.charge(bytes: bytes.count + text.bytes.count)
      bytes += text.bytes
    }
    return .text(Text(bytes: bytes, isMarkup: isMarkup))
  }

  /// Texts are written at once; what else could still change is kept until all operands have their values.
  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    if evaluator.escapes { return try evaluate(evaluator, frame) }
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var kept: [Value] = []
    for operand in operands {
      if kept.isEmpty {
        if let value = try operand.writeText(evaluator, frame) { kept.append(value) }
      } else {
        kept.append(try operand.evaluate(evaluator, frame))
      }
    }
    for value in kept { try evaluator.write(value) }
    return nil
  }
}

/// Comparisons, each with the operand before it, up to the first that fails.
final class ComparisonNode: ExpressionNode {
  private let first: any ExpressionNode
  private let operations: [(comparison: Comparison, operand: any ExpressionNode)]

  init(
    _ first: any ExpressionNode,
    _ operations: [(comparison: Comparison, operand: any ExpressionNode)]
  ) {
    self.first = first
    self.operations = operations
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    .boolean(try isTrue(evaluator, frame))
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var left = try first.evaluate(evaluator, frame)
    for (comparison, operand) in operations {
      let right = try operand.evaluate(evaluator, frame)
      guard try evaluator.compare(comparison, left, right) else { return false }
      left = right
    }
    return true
  }
}

/// `value == 'text'` or `value != 'text'`.
final class TextEqualityNode: ExpressionNode {
  private let operand: any ExpressionNode
  private let text: Text
  private let isNegated: Bool

  init(_ operand: any ExpressionNode, _ text: Text, isNegated: Bool) {
    self.operand = operand
    self.text = text
    self.isNegated = isNegated
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    .boolean(try isTrue(evaluator, frame))
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge(2 + text.bytes.count / 16)
    try evaluator.enter()
    defer { evaluator.leave() }
    guard case .text(let value) = try operand.evaluate(evaluator, frame) else { return isNegated }
    return (value == text) != isNegated
  }
}

/// `not`, unary `-` and unary `+`.
final class UnaryNode: ExpressionNode {
  enum Operator: Sendable { case not, negation, identity }

  private let operation: Operator
  private let operand: any ExpressionNode

  init(_ operation: Operator, _ operand: any ExpressionNode) {
    self.operation = operation
    self.operand = operand
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    switch operation {
    case .not: return .boolean(!(try operand.isTrue(evaluator, frame)))
    case .negation: return try operand.evaluate(evaluator, frame).negated()
    case .identity: return try operand.evaluate(evaluator, frame).identical()
    }
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    guard operation == .not else { return try evaluate(evaluator, frame).isTrue }
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    return !(try operand.isTrue(evaluator, frame))
  }
}

/// `and` and `or`: the left operand if its truth is `stop`, else the right one.
final class LogicNode: ExpressionNode {
  private let left: any ExpressionNode
  private let right: any ExpressionNode
  private let stop: Bool

  init(_ left: any ExpressionNode, _ right: any ExpressionNode, until stop: Bool) {
    self.left = left
    self.right = right
    self.stop = stop
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try left.evaluate(evaluator, frame)
    return value.isTrue == stop ? value : try right.evaluate(evaluator, frame)
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    return try left.isTrue(evaluator, frame) == stop ? stop : try right.isTrue(evaluator, frame)
  }
}

/// `'text' in value` or `'text' not in value`.
final class TextMembershipNode: ExpressionNode {
  private let text: Text
  private let container: any ExpressionNode
  private let isNegated: Bool

  init(_ text: Text, in container: any ExpressionNode, isNegated: Bool) {
    self.text = text
    self.container = container
    self.isNegated = isNegated
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    .boolean(try isTrue(evaluator, frame))
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge(2)
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try container.evaluate(evaluator, frame)
    if case .mapping(let mapping) = value { return (mapping[text] != nil) != isNegated }
    return try evaluator.compare(isNegated ? .notContained : .contained, .text(text), value)
  }
}

/// `then if test else otherwise`.
final class ConditionalNode: ExpressionNode {
  private let test: any ExpressionNode
  private let then: any ExpressionNode
  private let otherwise: (any ExpressionNode)?
  private let line: Int

  init(
    _ test: any ExpressionNode,
    _ then: any ExpressionNode,
    _ otherwise: (any ExpressionNode)?,
    line: Int
  ) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    self.line = line
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    if try test.isTrue(evaluator, frame) { return try then.evaluate(evaluator, frame) }
    if let otherwise { return try otherwise.evaluate(evaluator, frame) }
    let hint =
      "the inline if-expression on line \(line) evaluated to false and no else section was"
      + " defined."
    return .undefined(UndefinedObject(.hint(hint)))
  }
}
