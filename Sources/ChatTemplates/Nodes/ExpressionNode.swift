/// An expression as it is evaluated: its names are places in frames.
protocol ExpressionNode: AnyObject, Sendable {
  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value

  /// Python's truth of the value.
  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool

  /// The value, or the string that it would be made of.
  func source(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> MappingObject.Source

  /// Writes the value to the output if it is a text without a mark, else returns it.
  ///
  /// Many texts are written without a value for them.
  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value?
}

extension ExpressionNode {
  func isTrue(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Bool {
    try evaluate(evaluator, frame).isTrue
  }

  func source(
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> MappingObject.Source {
    .value(try evaluate(evaluator, frame))
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.writeText(try evaluate(evaluator, frame))
  }

  /// Writes the value to the output.
  func write(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) {
    if evaluator.escapes {
      try evaluator.write(try evaluate(evaluator, frame))
    } else if let value = try writeText(evaluator, frame) {
      try evaluator.write(value)
    }
  }
}

/// A constant that is no text.
final class ConstantNode: ExpressionNode {
  enum Constant: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case largeInteger(BigInteger)
    case float(Double)
  }

  private let constant: Constant

  init(_ constant: Constant) { self.constant = constant }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    switch constant {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .largeInteger(let value): return .large(value)
    case .float(let value): return .float(value)
    }
  }
}

/// A text that is written out.
final class TextNode: ExpressionNode {
  let text: Text

  init(_ text: Text) { self.text = text }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    return .text(text)
  }

  func writeText(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value? {
    try evaluator.charge()
    try evaluator.write(text)
    return nil
  }
}

/// A variable of the function that is running.
final class LocalNode: ExpressionNode {
  let slot: Int
  private let name: Text

  init(_ slot: Int, _ name: Text) {
    self.slot = slot
    self.name = name
  }

  @inline(__always)
  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    return frame[slot] ?? .undefined(UndefinedObject(.name(name)))
  }
}

/// A variable of a function around the one that is running.
final class OuterNode: ExpressionNode {
  private let distance: Int
  private let slot: Int
  private let name: Text

  init(_ distance: Int, _ slot: Int, _ name: Text) {
    self.distance = distance
    self.slot = slot
    self.name = name
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    return frame.outer(distance)?[slot] ?? .undefined(UndefinedObject(.name(name)))
  }
}

/// A name that nothing in the template stores to.
final class ContextNode: ExpressionNode {
  private let id: NameID
  private let name: Text

  init(_ id: NameID, _ name: Text) {
    self.id = id
    self.name = name
  }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    try evaluator.charge()
    return evaluator.context[id] ?? .undefined(UndefinedObject(.name(name)))
  }
}
