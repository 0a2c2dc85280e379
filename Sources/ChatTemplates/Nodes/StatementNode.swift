/// How a statement ended.
enum Flow { case normal, breaking, continuing }

/// A statement as it is executed.
protocol StatementNode: AnyObject, Sendable {
  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow
}

/// Statements one after the other.
struct Body: Sendable {
  private let statement: (any StatementNode)?

  init(_ statements: [any StatementNode]) { statement = Self.sequence(statements[...]) }

  var isEmpty: Bool { statement == nil }

  /// The statements in pairs of pairs: going through an array would count references to each of them.
  private static func sequence(_ statements: ArraySlice<any StatementNode>) -> (any StatementNode)?
  {
    if statements.count < 2 { return statements.first }
    let middle = statements.startIndex + statements.count / 2
    guard let first = sequence(statements[..<middle]), let second = sequence(statements[middle...])
    else { return nil }
    return PairNode(first, second)
  }

  @inline(__always)
  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    guard let statement else { return .normal }
    try evaluator.enter()
    defer { evaluator.leave() }
    return try statement.execute(evaluator, frame)
  }
}

/// Two statements, one after the other.
private final class PairNode: StatementNode {
  private let first: any StatementNode
  private let second: any StatementNode

  init(_ first: any StatementNode, _ second: any StatementNode) {
    self.first = first
    self.second = second
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    try evaluator.charge()
    let flow = try first.execute(evaluator, frame)
    return flow == .normal ? try second.execute(evaluator, frame) : flow
  }
}

/// What a template is executed as.
struct Program: Sendable {
  let body: Body
  let slotCount: Int
  let entry: FrameEntry
}

/// What the variables of a frame hold when it begins.
struct FrameEntry: Sendable {
  enum Source: Sendable {
    case undefined
    case context(NameID)
    case variable(distance: Int, slot: Int)
  }

  let initialValues: [(slot: Int, source: Source)]
  /// All variables that are the frame's own.
  let slots: [Int]

  @inline(__always)
  func enter(_ evaluator: Evaluator, _ frame: Frame) {
    if !initialValues.isEmpty { initialize(evaluator, frame) }
  }

  private func initialize(_ evaluator: Evaluator, _ frame: Frame) {
    for (slot, source) in initialValues {
      switch source {
      case .undefined: frame[slot] = nil
      case .context(let id): frame[slot] = evaluator.context[id]
      case .variable(let distance, let outer): frame[slot] = frame.outer(distance)?[outer]
      }
    }
  }

  /// Forgets the variables, which another frame of the function may share.
  func leave(_ frame: Frame) {
    for slot in slots { frame[slot] = nil }
  }
}

/// Where an assignment stores.
indirect enum TargetNode: Sendable {
  case variable(Int)
  case attribute(any ExpressionNode, Text)
  case tuple([TargetNode])

  /// Fails if an attribute is to be set of what is no namespace.
  func checkNamespaces(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) {
    switch self {
    case .variable: break
    case .attribute(let base, _):
      guard case .namespace = try base.evaluate(evaluator, frame) else {
        throw .runtime(
          .templateRuntimeError,
          message: "cannot assign attribute on non-namespace object"
        )
      }
    case .tuple(let targets):
      for target in targets { try target.checkNamespaces(evaluator, frame) }
    }
  }

  /// Stores `value`, taking it apart for a tuple.
  @inline(__always)
  func assign(_ value: Value, _ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) {
    if case .variable(let slot) = self {
      frame[slot] = value
    } else {
      try assignParts(value, evaluator, frame)
    }
  }

  private func assignParts(
    _ value: Value,
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) {
    switch self {
    case .variable(let slot): frame[slot] = value
    case .attribute(let base, let name):
      guard case .namespace(let namespace) = try base.evaluate(evaluator, frame) else { return }
      try evaluator.set(name, of: namespace, to: value)
    case .tuple(let targets):
      let values = try evaluator.unpack(value, count: targets.count)
      for (target, value) in zip(targets, values) {
        try target.assignParts(value, evaluator, frame)
      }
    }
  }
}

/// Text between the tags.
final class DataNode: StatementNode {
  private let text: Text

  init(_ text: Text) { self.text = text }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    try evaluator.write(text)
    return .normal
  }
}

/// An expression in double braces.
final class OutputNode: StatementNode {
  private let expression: any ExpressionNode

  init(_ expression: any ExpressionNode) { self.expression = expression }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    try expression.write(evaluator, frame)
    return .normal
  }
}

/// `if`, `elif` and `else`.
final class BranchNode: StatementNode {
  private let test: any ExpressionNode
  private let body: Body
  private let alternatives: [(test: any ExpressionNode, body: Body)]
  private let otherwise: Body

  init(
    _ test: any ExpressionNode,
    _ body: Body,
    alternatives: [(test: any ExpressionNode, body: Body)],
    otherwise: Body
  ) {
    self.test = test
    self.body = body
    self.alternatives = alternatives
    self.otherwise = otherwise
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    try evaluator.charge()
    if try test.isTrue(evaluator, frame) { return try body.execute(evaluator, frame) }
    for (test, body) in alternatives where try test.isTrue(evaluator, frame) {
      return try body.execute(evaluator, frame)
    }
    return try otherwise.execute(evaluator, frame)
  }
}

/// `break` and `continue`.
final class LoopControlNode: StatementNode {
  private let flow: Flow

  init(_ flow: Flow) { self.flow = flow }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow { flow }
}

/// `{% set target = value %}`.
final class AssignmentNode: StatementNode {
  private let target: TargetNode
  private let value: any ExpressionNode

  init(_ target: TargetNode, _ value: any ExpressionNode) {
    self.target = target
    self.value = value
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    try target.checkNamespaces(evaluator, frame)
    try target.assign(try value.evaluate(evaluator, frame), evaluator, frame)
    return .normal
  }
}

/// A tag that needs other templates; there are none, so only the name is evaluated.
final class LoadNode: StatementNode {
  private let template: any ExpressionNode

  init(_ template: any ExpressionNode) { self.template = template }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    _ = try template.evaluate(evaluator, frame)
    throw .type("no loader for this environment specified")
  }
}
