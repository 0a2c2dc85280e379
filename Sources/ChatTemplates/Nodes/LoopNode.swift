/// `for`.
final class LoopNode: StatementNode {
  /// The condition behind `if`, a function of its own: it runs ahead of the body.
  struct Condition: Sendable {
    let target: TargetNode
    let test: any ExpressionNode
    let slotCount: Int
    let entry: FrameEntry
  }

  private let target: TargetNode
  private let iterable: any ExpressionNode
  private let condition: Condition?
  /// How many variables the function of a recursive loop has.
  private let recursiveSlotCount: Int?
  private let loopSlot: Int?
  private let entry: FrameEntry
  private let body: Body
  private let otherwise: (entry: FrameEntry, body: Body)?

  init(
    _ target: TargetNode,
    in iterable: any ExpressionNode,
    if condition: Condition?,
    recursiveSlotCount: Int?,
    loopSlot: Int?,
    entry: FrameEntry,
    body: Body,
    otherwise: (entry: FrameEntry, body: Body)?
  ) {
    self.target = target
    self.iterable = iterable
    self.condition = condition
    self.recursiveSlotCount = recursiveSlotCount
    self.loopSlot = loopSlot
    self.entry = entry
    self.body = body
    self.otherwise = otherwise
  }

  func execute(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Flow {
    let values = try iterable.evaluate(evaluator, frame)
    if recursiveSlotCount == nil { return try run(over: values, 0, frame, evaluator, frame) }
    try evaluator.write(try recurse(over: values, depth0: 0, evaluator, frame))
    return .normal
  }

  private func recurse(
    over values: Value,
    depth0: Int,
    _ evaluator: Evaluator,
    _ outer: Frame
  ) throws(TemplateError) -> Text {
    let frame = Frame(slotCount: recursiveSlotCount ?? 0, parent: outer)
    return try evaluator.capture { () throws(TemplateError) in
      try run(over: values, depth0, outer, evaluator, frame)
    }.text
  }

  private func run(
    over given: Value,
    _ depth0: Int,
    _ outer: Frame,
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> Flow {
    var values = given
    if let condition {
      values = try filtered(given, by: condition, evaluator, outer)
    }
    var hasFinishedBody = false
    if let loopSlot {
      let recurse: ((Value, Int) throws(TemplateError) -> Value)? =
        recursiveSlotCount == nil
        ? nil
        : { (values, depth0) throws(TemplateError) in
          .text(try self.recurse(over: values, depth0: depth0, evaluator, outer))
        }
      let state = try LoopObject(over: values, depth0: depth0, recurse: recurse)
      frame[loopSlot] = .loop(state)
      while let value = try state.advance() {
        guard try step(value, &hasFinishedBody, evaluator, frame) else { break }
      }
    } else if case .list(let sequence) = values {
      for value in sequence.elements {
        guard try step(value, &hasFinishedBody, evaluator, frame) else { break }
      }
    } else {
      let iterator = try IteratorObject(over: values)
      while let value = try iterator.next() {
        guard try step(value, &hasFinishedBody, evaluator, frame) else { break }
      }
    }
    entry.leave(frame)
    // As in jinja2, a loop whose bodies were all left early also counts as empty.
    guard !hasFinishedBody, let otherwise else { return .normal }
    otherwise.entry.enter(evaluator, frame)
    let flow = try otherwise.body.execute(evaluator, frame)
    otherwise.entry.leave(frame)
    return flow
  }

  /// Runs the body for `value`; whether the loop goes on.
  @inline(__always)
  private func step(
    _ value: Value,
    _ hasFinishedBody: inout Bool,
    _ evaluator: Evaluator,
    _ frame: Frame
  ) throws(TemplateError) -> Bool {
    try evaluator.charge()
    try target.assign(value, evaluator, frame)
    entry.enter(evaluator, frame)
    let flow = try body.execute(evaluator, frame)
    if flow == .normal { hasFinishedBody = true }
    return flow != .breaking
  }

  /// The values for which the condition holds, each tested when the loop asks for it.
  private func filtered(
    _ values: Value,
    by condition: Condition,
    _ evaluator: Evaluator,
    _ outer: Frame
  ) throws(TemplateError) -> Value {
    let iterator = try IteratorObject(over: values)
    let frame = Frame(slotCount: condition.slotCount, parent: outer)
    condition.entry.enter(evaluator, frame)
    return .iterator(
      try IteratorObject(from: values) { () throws(TemplateError) in
        while let value = try iterator.next() {
          try evaluator.charge()
          try condition.target.assign(value, evaluator, frame)
          if try condition.test.isTrue(evaluator, frame) { return value }
        }
        return nil
      }
    )
  }
}
