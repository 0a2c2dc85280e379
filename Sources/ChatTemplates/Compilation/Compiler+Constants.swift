/// What jinja2 does to constant expressions before it renders: it evaluates them, which shows where that fails and
/// where Python cannot read the value that is written to the compiled template.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/optimizer.py
extension Compiler {
  /// What constants may take to evaluate; beyond it they are left alone.
  private static let limits = TemplateLimits(textBytes: 1 << 16, work: 10_000)

  /// Filters that look at the context of a render.
  private static let contextFilters: Set<String> = [
    "map", "select", "reject", "selectattr", "rejectattr", "random",
  ]

  /// Compiles what is put out, which jinja2 turns into text at once if it is constant.
  mutating func compileOutput(_ expression: Expression) -> any ExpressionNode {
    guard !mayEscape, Self.mayBeConstant(expression) else { return compile(expression) }
    let (wasOptimized, wasKnown) = (isOptimized, isKnown)
    defer { (isOptimized, isKnown) = (wasOptimized, wasKnown) }
    isOptimized = true
    isKnown = value(of: expression) != nil
    return compile(expression)
  }

  /// Notes the fault of a constant; returns what fails if Python could not read its value.
  mutating func checkConstant(_ expression: Expression) -> (any ExpressionNode)? {
    switch expression {
    case .float(let number): return number.isFinite ? nil : UnreadableNode(.float(number))
    case .none, .boolean, .integer, .largeInteger, .text, .name, .tuple, .list: return nil
    case .mapping(let members):
      if isOptimized { checkKeys(of: members) }
      return nil
    default: break
    }
    isOptimized = true
    guard let value = value(of: expression), value.isReadable else {
      return nil
    }
    isKnown = true
    return value.hasNonFiniteNumber ? UnreadableNode(value) : nil
  }

  /// Notes the first key that Python cannot use, if all before it can be evaluated.
  private mutating func checkKeys(of members: [(Expression, Expression)]) {
    for (key, member) in members {
      guard let key = value(of: key), value(of: member) != nil else { return }
      if !key.isHashable { return noteFault(key.unhashableError) }
    }
  }

  /// The value of a constant; `nil` if it has none.
  private mutating func value(of expression: Expression) -> Value? {
    guard remainingWork > 0, Self.mayBeConstant(expression) else { return nil }
    var compiler = self
    compiler.isKnown = true
    compiler.isFolding = true
    let node = compiler.compile(expression)
    let evaluator = Evaluator(
      Program(body: Body([]), slotCount: 0, entry: FrameEntry(initialValues: [], slots: [])),
      context: [],
      limits: Self.limits,
      clock: LocalTime.now
    )
    defer { remainingWork -= 1 + Self.limits.work - evaluator.remainingWork }
    return try? node.evaluate(evaluator, evaluator.root)
  }

  /// Whether the expression begins with nothing that has to wait for the render.
  private static func mayBeConstant(_ expression: Expression) -> Bool {
    switch expression {
    case .none, .boolean, .integer, .largeInteger, .float, .text: true
    case .name, .call: false
    case .tuple(let parts), .list(let parts), .concatenation(let parts):
      parts.allSatisfy(mayBeConstant)
    case .all(let parts), .any(let parts): parts.first.map(mayBeConstant) ?? true
    case .mapping(let members): members.allSatisfy { mayBeConstant($0) && mayBeConstant($1) }
    case .attribute(let base, _), .not(let base), .negation(let base), .identity(let base):
      mayBeConstant(base)
    case .element(let base, let key): mayBeConstant(base) && mayBeConstant(key)
    case .slice(let base, let start, let stop, let step):
      [base, start, stop, step].allSatisfy { $0.map(mayBeConstant) ?? true }
    case .filter(let filter, let name, _, let operand, _):
      filter != nil && !contextFilters.contains(name) && operand.map(mayBeConstant) == true
    case .test(let test, _, _, let operand, _): test != nil && mayBeConstant(operand)
    case .arithmetic(let first, let operations):
      mayBeConstant(first) && operations.allSatisfy { mayBeConstant($0.1) }
    case .comparison(let first, _): mayBeConstant(first)
    case .conditional(let test, _, _, _): mayBeConstant(test)
    }
  }

  /// What stands for a part of a constant that has to wait for the render; `nil` for what does not.
  func pendingNode(for expression: Expression) -> (any ExpressionNode)? {
    guard isFolding else { return nil }
    switch expression {
    case .name, .call, .filter(nil, _, _, _, _), .filter(_, _, _, nil, _),
      .test(nil, _, _, _, _):
      return PendingNode()
    case .filter(_, let name, _, _, _) where Self.contextFilters.contains(name):
      return PendingNode()
    default: return nil
    }
  }
}

extension Value {
  /// Whether Python can read what it shows of the value.
  fileprivate var isReadable: Bool {
    switch self {
    case .none, .boolean, .integer, .large, .float, .text, .range: true
    case .list(let value), .tuple(let value): value.elements.allSatisfy(\.isReadable)
    case .mapping(let value):
      value.keys.allSatisfy(\.isReadable) && value.values.allSatisfy(\.isReadable)
    default: false
    }
  }

  /// Whether there is a number in the value that Python shows as a name.
  fileprivate var hasNonFiniteNumber: Bool { nonFiniteNumber != nil }

  /// The first number in the value that Python shows as a name.
  fileprivate var nonFiniteNumber: Double? {
    switch self {
    case .float(let number): number.isFinite ? nil : number
    case .list(let value), .tuple(let value):
      value.elements.lazy.compactMap(\.nonFiniteNumber).first
    case .mapping(let value):
      zip(value.keys, value.values).lazy
        .compactMap { $0.nonFiniteNumber ?? $1.nonFiniteNumber }.first
    default: nil
    }
  }
}

/// A constant that the compiled template has as the name `inf` or `nan`, which Python does not know.
private final class UnreadableNode: ExpressionNode {
  private let name: String

  init(_ value: Value) { name = value.nonFiniteNumber?.isNaN == true ? "nan" : "inf" }

  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    throw .runtime(.nameError, message: "name '\(name)' is not defined")
  }
}

/// A part of a constant that has to wait for the render.
private final class PendingNode: ExpressionNode {
  func evaluate(_ evaluator: Evaluator, _ frame: Frame) throws(TemplateError) -> Value {
    throw .limitExceeded("the value is not constant")
  }
}
