extension Value {
  /// Python's `==`, which never fails.
  func isEqual(to other: Value) -> Bool {
    switch (self, other) {
    case (.text(let left), .text(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.bytes(let left), .bytes(let right)): left.bytes == right.bytes
    case (.none, .none), (.undefined, .undefined): true
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      left === right || Self.areEqual(left.elements, right.elements)
    case (.mapping(let left), .mapping(let right)): left === right || left.isEqual(to: right)
    case (.range(let left), .range(let right)):
      left.count == right.count
        && (left.count == 0 || left.start == right.start && left.step == right.step)
    case (.view(let left), .view(let right)) where left.part == right.part && left.part != .values:
      left.mapping.isEqual(to: right.mapping)
    case (.boolean, _), (.integer, _), (.large, _), (.float, _):
      Self.relation(self, other) == .equal
    default: isSame(as: other)
    }
  }

  private static func areEqual(_ left: [Value], _ right: [Value]) -> Bool {
    left.count == right.count && zip(left, right).allSatisfy { $0.isEqual(to: $1) }
  }

  /// Python's `is`, as far as values of a template show it.
  func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.large(let left), .large(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.text(let left), .text(let right)): left == right && left.isMarkup == right.isMarkup
    case (.bytes(let left), .bytes(let right)): left === right
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)): left === right
    case (.mapping(let left), .mapping(let right)): left === right
    case (.undefined(let left), .undefined(let right)): left === right
    case (.range(let left), .range(let right)): left === right
    case (.view(let left), .view(let right)): left === right
    case (.iterator(let left), .iterator(let right)): left === right
    case (.namespace(let left), .namespace(let right)): left === right
    case (.macro(let left), .macro(let right)): left === right
    case (.loop(let left), .loop(let right)): left === right
    case (.function(let left), .function(let right)): left == right
    case (.method(let left), .method(let right)): left === right
    case (.cycler(let left), .cycler(let right)): left === right
    case (.joiner(let left), .joiner(let right)): left === right
    default: false
    }
  }

  /// Python's `<`, `<=`, `>` or `>=`.
  func isOrdered(_ order: Ordering, _ other: Value) throws(TemplateError) -> Bool {
    switch (self, other) {
    case (.undefined(let undefined), _), (_, .undefined(let undefined)): throw undefined.error
    case (.integer(let left), .integer(let right)): return order.holds(left, right)
    case (.text(let left), .text(let right)): return order.holds(left, right)
    case (.list(let left), .list(let right)), (.tuple(let left), .tuple(let right)):
      for (first, second) in zip(left.elements, right.elements)
      where !first.isEqual(to: second) {
        return try first.isOrdered(order, second)
      }
      return order.holds(left.elements.count, right.elements.count)
    default:
      if let relation = Self.relation(self, other) { return relation.satisfies(order) }
      throw .type(
        "'\(order.rawValue)' not supported between instances of '\(typeName)' and '\(other.typeName)'"
      )
    }
  }

  /// How two numbers compare, exactly even where an integer is no `Double`; `nil` if one is no number.
  private static func relation(_ left: Value, _ right: Value) -> Relation? {
    if let first = left.index, let second = right.index { return Relation(first, second) }
    switch (left, right) {
    case (.float(let first), .float(let second)): return Relation(first, second)
    case (.float(let first), _): return right.wholeNumber?.relation(to: first).reversed
    case (_, .float(let second)): return left.wholeNumber?.relation(to: second)
    default:
      guard let first = left.wholeNumber, let second = right.wholeNumber else { return nil }
      return Relation(first, second)
    }
  }

  var unhashableError: TemplateError {
    if case .tuple(let sequence) = self,
      let element = sequence.elements.first(where: { !$0.isHashable })
    {
      return element.unhashableError
    }
    return .type("unhashable type: '\(typeName)'")
  }
}

/// The comparisons by order.
enum Ordering: String {
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  func holds<T: Comparable>(_ left: T, _ right: T) -> Bool {
    switch self {
    case .less: left < right
    case .lessOrEqual: left <= right
    case .greater: left > right
    case .greaterOrEqual: left >= right
    }
  }
}

/// How one value compares with another.
enum Relation {
  case less, equal, greater, unordered

  init<T: Comparable>(_ left: T, _ right: T) {
    self = left == right ? .equal : left < right ? .less : left > right ? .greater : .unordered
  }

  var reversed: Relation {
    switch self {
    case .less: .greater
    case .greater: .less
    default: self
    }
  }

  func satisfies(_ order: Ordering) -> Bool {
    switch order {
    case .less: self == .less
    case .lessOrEqual: self == .less || self == .equal
    case .greater: self == .greater
    case .greaterOrEqual: self == .greater || self == .equal
    }
  }
}

extension BigInteger {
  fileprivate func relation(to number: Double) -> Relation {
    guard number.isFinite else { return Relation(0, number) }
    let whole = number.rounded(.towardZero)
    let relation = Relation(self, BigInteger(truncating: whole))
    return relation == .equal ? Relation(whole, number) : relation
  }
}
