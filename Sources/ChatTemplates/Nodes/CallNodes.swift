/// The arguments of a call, a filter or a test.
struct ArgumentNodes: Sendable {
  let positional: [any ExpressionNode]
  let keywords: [(name: Text, value: any ExpressionNode)]
  let spreadPositional: (any ExpressionNode)?
  let spreadKeywords: (any ExpressionNode)?
  let isEmpty: Bool

  /// The values, behind `first` if there is one.
  func evaluate(
    _ evaluator: Evaluator,
    _ frame: Frame,
    first: Value? = nil
  ) throws(TemplateError) -> CallArguments {
    var passed = CallArguments()
    if let first { passed.positional.append(first) }
    if isEmpty { return passed }
    for node in positional { passed.positional.append(try node.evaluate(evaluator, frame)) }
    if let spreadPositional {
      let iterator = try IteratorObject(over: try spreadPositional.evaluate(evaluator, frame))
      while let value = try iterator.next() {
        try evaluator.charge()
        passed.positional.append(value)
      }
    }
    for (name, node) in keywords {
      passed.keywords.append((name, try node.evaluate(evaluator, frame)))
    }
    if let spreadKeywords {
      try passed.spread(try spreadKeywords.evaluate(evaluator, frame))
    }
    return passed
  }
}

/// A call of a value.
final class CallNode: ExpressionNode {
  private let callee: any ExpressionNode
  private let arguments: ArgumentNodes

  init(_ callee: any ExpressionNode, _ arguments: ArgumentNodes) {
    self.callee = callee
    self.arguments = arguments
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let function = try callee.evaluate(evaluator, frame)
    return try evaluator.call(function, try arguments.evaluate(evaluator, frame))
  }
}

/// A call of `base.name`, which takes no value for the method itself.
final class MethodCallNode: ExpressionNode {
  private let base: any ExpressionNode
  private let name: Text
  private let arguments: ArgumentNodes

  init(_ base: any ExpressionNode, _ name: Text, _ arguments: ArgumentNodes) {
    self.base = base
    self.name = name
    self.arguments = arguments
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let receiver = try base.evaluate(evaluator, frame)
    if receiver.hasMethod(name), !receiver.isChanged(byMethod: name) {
      return try evaluator.callMethod(
        name,
        of: receiver,
        try arguments.evaluate(evaluator, frame)
      )
    }
    let function = try evaluator.attribute(name, of: receiver)
    return try evaluator.call(function, try arguments.evaluate(evaluator, frame))
  }
}

/// A filter.
final class FilterNode: ExpressionNode {
  private let filter: Filter?
  private let name: String
  private let operand: any ExpressionNode
  private let arguments: ArgumentNodes

  init(
    _ filter: Filter?,
    _ name: String,
    _ operand: any ExpressionNode,
    _ arguments: ArgumentNodes
  ) {
    self.filter = filter
    self.name = name
    self.operand = operand
    self.arguments = arguments
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try operand.evaluate(evaluator, frame)
    let passed = try arguments.evaluate(evaluator, frame, first: value)
    try evaluator.charge(reading: value)
    guard let filter else {
      throw .runtime(.templateRuntimeError, message: "No filter named '\(name)' found.")
    }
    return try filter.apply(evaluator, passed)
  }
}

/// `value|trim`, which needs no copy to be written.
final class TrimNode: ExpressionNode {
  private let operand: any ExpressionNode

  init(_ operand: any ExpressionNode) { self.operand = operand }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    return try trimmed(try operand.evaluate(evaluator, frame), evaluator)
  }

  private func trimmed(_ value: Value, _ evaluator: Evaluator) throws(TemplateError) -> Value {
    try evaluator.charge(reading: value)
    try evaluator.charge(displaying: value)
    return try evaluator.made(value.softDisplay.stripped())
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    switch try operand.source(evaluator, frame) {
    case .string(let string):
      try evaluator.charge(string.utf8.count / 16)
      try evaluator.write(string, isTrimmed: true)
    case .value(.text(let text)) where !text.isMarkup:
      try evaluator.charge(text.bytes.count / 16)
      try evaluator.write(text, in: text.strippedRange())
    case .value(let value): return try trimmed(value, evaluator)
    }
    return nil
  }
}

/// What `is` asks.
final class TestNode: ExpressionNode {
  private let test: ValueTest?
  private let name: String
  private let operand: any ExpressionNode
  private let arguments: ArgumentNodes

  init(
    _ test: ValueTest?,
    _ name: String,
    _ operand: any ExpressionNode,
    _ arguments: ArgumentNodes
  ) {
    self.test = test
    self.name = name
    self.operand = operand
    self.arguments = arguments
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    .boolean(try isTrue(evaluator, frame))
  }

  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluator.charge()
    try evaluator.enter()
    defer { evaluator.leave() }
    let value = try operand.evaluate(evaluator, frame)
    if arguments.isEmpty, let simple = test?.simple { return simple(value) }
    let passed = try arguments.evaluate(evaluator, frame, first: value)
    try evaluator.charge(reading: value)
    guard let test else {
      throw .runtime(.templateRuntimeError, message: "No test named '\(name)' found.")
    }
    return try test.holds(evaluator, passed)
  }
}
