extension Evaluator {
  /// Whether a comparison holds.
  func compare(
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
}
