/// `generation`, which marks a part of the output: a function that is called where it is.
final class GenerationNode: StatementNode {
  private let code: MacroCode

  init(_ code: MacroCode) { self.code = code }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    let function = Value.macro(MacroObject(code, frame, escapes: evaluator.escapes))
    guard case .text(let text) = try evaluator.call(function, CallArguments()) else {
      return .normal
    }
    try evaluator.write(text)
    return .normal
  }
}

/// `filter`, whose filters apply to the text of a body.
final class FilterBlockNode: StatementNode {
  private let filter: any ExpressionNode
  private let textSlot: Int
  private let entry: FrameEntry
  private let body: Body

  init(_ filter: any ExpressionNode, textSlot: Int, _ entry: FrameEntry, _ body: Body) {
    self.filter = filter
    self.textSlot = textSlot
    self.entry = entry
    self.body = body
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    entry.enter(evaluator, frame)
    let (text, flow) = try evaluator.capture { () throws(TemplateError) in
      try body.execute(evaluator, frame)
    }
    guard flow == .normal else { return flow }
    frame[textSlot] = .text(text)
    let value = try filter.evaluate(evaluator, frame)
    frame[textSlot] = nil
    entry.leave(frame)
    if case .text(let text) = value {
      try evaluator.write(text)
    } else {
      evaluator.noteFault(
        .type("sequence item 0: expected str instance, \(value.typeName) found")
      )
    }
    return .normal
  }
}

/// `{% set target %}`, which stores the text of a body.
final class BlockAssignmentNode: StatementNode {
  private let target: TargetNode
  private let filter: (any ExpressionNode)?
  private let textSlot: Int
  private let entry: FrameEntry
  private let body: Body

  init(
    _ target: TargetNode,
    _ filter: (any ExpressionNode)?,
    textSlot: Int,
    _ entry: FrameEntry,
    _ body: Body
  ) {
    self.target = target
    self.filter = filter
    self.textSlot = textSlot
    self.entry = entry
    self.body = body
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    entry.enter(evaluator, frame)
    let (text, flow) = try evaluator.capture { () throws(TemplateError) in
      try body.execute(evaluator, frame)
    }
    guard flow == .normal else { return flow }
    try target.checkNamespaces(evaluator, frame)
    var value = Value.text(text)
    if let filter {
      frame[textSlot] = value
      value = try filter.evaluate(evaluator, frame)
      frame[textSlot] = nil
      if evaluator.escapes { value = .text(value.softDisplay.marked(true)) }
    }
    try target.assign(value, evaluator, frame)
    entry.leave(frame)
    return .normal
  }
}

/// `with`.
final class WithNode: StatementNode {
  private let assignments: [(target: TargetNode, value: any ExpressionNode)]
  private let entry: FrameEntry
  private let body: Body

  init(
    _ assignments: [(target: TargetNode, value: any ExpressionNode)],
    _ entry: FrameEntry,
    _ body: Body
  ) {
    self.assignments = assignments
    self.entry = entry
    self.body = body
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    entry.enter(evaluator, frame)
    for (target, value) in assignments {
      try target.assign(try value.evaluate(evaluator, frame), evaluator, frame)
    }
    let flow = try body.execute(evaluator, frame)
    entry.leave(frame)
    return flow
  }
}

/// `autoescape`.
final class AutoescapeNode: StatementNode {
  private let isOn: any ExpressionNode
  private let entry: FrameEntry
  private let body: Body

  init(_ isOn: any ExpressionNode, _ entry: FrameEntry, _ body: Body) {
    self.isOn = isOn
    self.entry = entry
    self.body = body
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    entry.enter(evaluator, frame)
    let outer = evaluator.escapes
    evaluator.escapes = try isOn.isTrue(evaluator, frame)
    defer { evaluator.escapes = outer }
    let flow = try body.execute(evaluator, frame)
    entry.leave(frame)
    return flow
  }
}
