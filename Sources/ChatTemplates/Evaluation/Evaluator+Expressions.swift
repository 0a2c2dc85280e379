extension Evaluator {
  /// The value of `expression`.
  func evaluate(_ expression: Expression, _ scope: Scope) throws(TemplateError) -> Value {
    try charge()
    switch expression {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .largeInteger(let value): return .large(value)
    case .float(let value): return .float(value)
    case .text(let value): return .text(value)
    case .name(let id): return scope.value(of: id) ?? .undefined(UndefinedObject(.name(names[id])))
    default: break
    }
    try enter()
    defer { leave() }
    return try evaluateCompound(expression, scope)
  }

  private func evaluateCompound(
    _ expression: Expression,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    switch expression {
    case .attribute(let base, let name): return try attribute(name, of: try evaluate(base, scope))
    case .element(let base, let key):
      let container = try evaluate(base, scope)
      return try element(try evaluate(key, scope), of: container)
    case .slice(let base, let start, let stop, let step):
      return try evaluateSlice(base, start, stop, step, scope)
    case .call(let callee, let arguments): return try evaluateCall(callee, arguments, scope)
    case .filter: return try evaluateFilter(expression, block: nil, scope)
    case .test(let test, let name, let operand, let arguments):
      return try evaluateTest(test, name, operand, arguments, scope)
    case .arithmetic(let first, let operations):
      return try evaluateArithmetic(first, operations, scope)
    case .concatenation(let operands): return try evaluateConcatenation(operands, scope)
    case .comparison(let first, let operations):
      return try evaluateComparison(first, operations, scope)
    case .not(let operand): return .boolean(!(try evaluate(operand, scope).isTrue))
    case .negation(let operand): return try evaluate(operand, scope).negated()
    case .identity(let operand): return try evaluate(operand, scope).identical()
    case .all(let operands): return try evaluateUntil(false, operands, scope)
    case .any(let operands): return try evaluateUntil(true, operands, scope)
    case .conditional(let test, let then, let otherwise, let line):
      if try evaluate(test, scope).isTrue { return try evaluate(then, scope) }
      if let otherwise { return try evaluate(otherwise, scope) }
      let hint =
        "the inline if-expression on line \(line) evaluated to false and no else section was"
        + " defined."
      return .undefined(UndefinedObject(.hint(hint)))
    default: return try evaluateDisplay(expression, scope)
    }
  }

  /// The value of a list, tuple or mapping that is written out.
  private func evaluateDisplay(
    _ expression: Expression,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    switch expression {
    case .tuple(let elements): return try .tuple(of: try evaluate(elements, scope))
    case .list(let elements): return try .list(of: try evaluate(elements, scope))
    case .mapping(let members):
      var pairs: [(Value, Value)] = []
      for (key, value) in members {
        pairs.append((try evaluate(key, scope), try evaluate(value, scope)))
      }
      var builder = MappingBuilder()
      for (key, value) in pairs {
        try charge(reading: key)
        try builder.set(key, value)
      }
      return .mapping(try builder.finish())
    default: return try evaluate(expression, scope)
    }
  }

  private func evaluate(
    _ expressions: [Expression],
    _ scope: Scope
  ) throws(TemplateError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(expressions.count)
    for expression in expressions { values.append(try evaluate(expression, scope)) }
    return values
  }

  /// The first operand whose truth is `stop`, else the last one.
  private func evaluateUntil(
    _ stop: Bool,
    _ operands: [Expression],
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    var value = Value.none
    for operand in operands {
      value = try evaluate(operand, scope)
      if value.isTrue == stop { return value }
    }
    return value
  }

  private func evaluateArithmetic(
    _ first: Expression,
    _ operations: [(ArithmeticOperator, Expression)],
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    var value = try evaluate(first, scope)
    for (operation, operand) in operations {
      let right = try evaluate(operand, scope)
      if operation == .add, case .text(var text) = value, case .text(let other) = right,
        !text.isMarkup, !other.isMarkup
      {
        // Without a second reference the bytes are appended in place.
        value = .none
        try charge(bytes: text.bytes.count + other.bytes.count)
        text.bytes += other.bytes
        value = .text(text)
      } else {
        value = try apply(operation, value, right)
      }
    }
    return value
  }

  private func evaluateConcatenation(
    _ operands: [Expression],
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    var values: [Value] = []
    for operand in operands { values.append(try evaluate(operand, scope)) }
    let isMarkup =
      escapes && values.contains { if case .text(let text) = $0 { text.isMarkup } else { false } }
    var bytes: [UInt8] = []
    for value in values {
      try charge(writing: value)
      let text = isMarkup ? value.softDisplay.escaped() : value.display
      try charge(bytes: bytes.count + text.bytes.count)
      bytes += text.bytes
    }
    return .text(Text(bytes: bytes, isMarkup: isMarkup))
  }

  private func evaluateComparison(
    _ first: Expression,
    _ operations: [(Comparison, Expression)],
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    var left = try evaluate(first, scope)
    for (comparison, operand) in operations {
      let right = try evaluate(operand, scope)
      guard try compare(comparison, left, right) else { return .boolean(false) }
      left = right
    }
    return .boolean(true)
  }

  private func compare(
    _ comparison: Comparison,
    _ left: Value,
    _ right: Value
  ) throws(TemplateError) -> Bool {
    switch comparison {
    case .equal, .notEqual, .ordered: try charge(min(left.size, right.size) / 16)
    case .contained, .notContained: try charge(reading: right)
    }
    return switch comparison {
    case .equal: left.isEqual(to: right)
    case .notEqual: !left.isEqual(to: right)
    case .ordered(let order): try left.isOrdered(order, right)
    case .contained: try contains(left, in: right)
    case .notContained: !(try contains(left, in: right))
    }
  }

  /// Python's `in`.
  func contains(_ value: Value, in container: Value) throws(TemplateError) -> Bool {
    switch container {
    case .text(let text):
      guard case .text(let part) = value else {
        throw .type("'in <string>' requires string as left operand, not \(value.typeName)")
      }
      try charge(text.bytes.count / 32)
      return text.contains(part)
    case .mapping(let mapping): return try mapping.value(of: value) != nil
    case .list(let sequence), .tuple(let sequence):
      try charge(sequence.elements.count)
      return sequence.elements.contains { $0.isEqual(to: value) }
    case .range, .view, .iterator, .undefined, .loop:
      let iterator = try IteratorObject(over: container)
      while let element = try iterator.next() {
        try charge()
        if element.isEqual(to: value) { return true }
      }
      return false
    default: throw .type("argument of type '\(container.typeName)' is not iterable")
    }
  }

  // MARK: Filters and tests

  /// Applies filters from the innermost on; `block` is the operand of one that has none.
  func evaluateFilter(
    _ expression: Expression,
    block: Text?,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    guard case .filter(let filter, let name, let operand, let arguments) = expression else {
      return try evaluate(expression, scope)
    }
    let value: Value
    if let operand {
      if case .filter = operand {
        value = try nested { () throws(TemplateError) in
          try evaluateFilter(operand, block: block, scope)
        }
      } else {
        value = try evaluate(operand, scope)
      }
    } else {
      value = .text(block ?? "")
    }
    let passed = try evaluate(arguments, scope, first: value)
    try charge(reading: value)
    guard let filter else {
      throw .runtime(.templateRuntimeError, message: "No filter named '\(name)' found.")
    }
    return try filter.apply(self, passed)
  }

  private func evaluateTest(
    _ test: ValueTest?,
    _ name: String,
    _ operand: Expression,
    _ arguments: Arguments,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    let value = try evaluate(operand, scope)
    let passed = try evaluate(arguments, scope, first: value)
    try charge(reading: value)
    guard let test else {
      throw .runtime(.templateRuntimeError, message: "No test named '\(name)' found.")
    }
    return .boolean(try test.holds(self, passed))
  }
}
