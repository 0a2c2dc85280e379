/// Operators of one precedence on numbers and sequences, from left to right.
final class ArithmeticNode: ExpressionNode {
  private let first: any ExpressionNode
  private let operations: [(operation: ArithmeticOperator, operand: any ExpressionNode)]
  private let isSum: Bool

  init(
    _ first: any ExpressionNode,
    _ operations: [(operation: ArithmeticOperator, operand: any ExpressionNode)]
  ) {
    self.first = first
    self.operations = operations
    isSum = operations.allSatisfy { $0.operation == .add }
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    return try apply(0, to: try first.evaluate(evaluator, frame), evaluator, frame)
  }

  /// Applies the operations from `start` on.
  private func apply(
    _ start: Int,
    to value: consuming Value,
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> Value {
    var value = value
    for (operation, operand) in operations[start...] {
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

  /// A sum of texts is written piece by piece, without a text of them all.
  func write(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) {
    guard isSum, !evaluator.escapes else {
      return try evaluator.write(try evaluate(evaluator, frame))
    }
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let start = evaluator.outputCount
    let value = try first.evaluate(evaluator, frame)
    guard case .text(let text) = value, !text.isMarkup else {
      return try evaluator.write(try apply(0, to: value, evaluator, frame))
    }
    try evaluator.write(text)
    for index in operations.indices {
      let right = try operations[index].operand.evaluate(evaluator, frame)
      if case .text(let text) = right, !text.isMarkup {
        try evaluator.charge(text.bytes.count / 32 + 1)
        try evaluator.write(text)
      } else {
        let left = Value.text(Text(bytes: evaluator.takeOutput(from: start)))
        let sum = try evaluator.apply(.add, left, right)
        return try evaluator.write(try apply(index + 1, to: sum, evaluator, frame))
      }
    }
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
      try evaluator.charge(writing: value)
      let text = isMarkup ? value.softDisplay.escaped() : value.display
      try evaluator.charge(bytes: bytes.count + text.bytes.count)
      bytes += text.bytes
    }
    return .text(Text(bytes: bytes, isMarkup: isMarkup))
  }

  /// Texts are written at once; what else could still change is kept until all operands have their values.
  func write(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) {
    if evaluator.escapes { return try evaluator.write(try evaluate(evaluator, frame)) }
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var kept: [Value] = []
    for operand in operands {
      let value = try operand.evaluate(evaluator, frame)
      if kept.isEmpty, case .text = value {
        try evaluator.write(value)
      } else {
        kept.append(value)
      }
    }
    for value in kept { try evaluator.write(value) }
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

/// `and` and `or`: the first operand whose truth is `stop`, else the last.
final class LogicNode: ExpressionNode {
  private let operands: [any ExpressionNode]
  private let stop: Bool

  init(_ operands: [any ExpressionNode], until stop: Bool) {
    self.operands = operands
    self.stop = stop
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    var value = Value.none
    for operand in operands {
      value = try operand.evaluate(evaluator, frame)
      if value.isTrue == stop { return value }
    }
    return value
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    for operand in operands where try operand.isTrue(evaluator, frame) == stop { return stop }
    return !stop
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
