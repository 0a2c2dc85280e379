import Glibc

extension Evaluator {
  /// Python's binary operators.
  func apply(
    _ operation: ArithmeticOperator,
    _ left: Value,
    _ right: Value
  ) throws(TemplateError) -> Value {
    if operation == .remainder, case .text(let format) = left {
      return try made(try PercentFormat(self, format).apply(to: right))
    }
    if case .undefined(let undefined) = left { throw undefined.error }
    if case .undefined(let undefined) = right { throw undefined.error }
    if let first = left.index, let second = right.index {
      return try integerArithmetic(operation, first, second)
    }
    if let first = left.number, let second = right.number {
      return try floatArithmetic(operation, first, second)
    }
    switch operation {
    case .add: return try concatenate(left, right)
    case .multiply: return try repeated(left, right)
    default: throw unsupported(operation, left, right)
    }
  }

  private func unsupported(
    _ operation: ArithmeticOperator,
    _ left: Value,
    _ right: Value
  ) -> TemplateError {
    let symbol = operation == .power ? "** or pow()" : operation.rawValue
    return .type(
      "unsupported operand type(s) for \(symbol): '\(left.typeName)' and '\(right.typeName)'"
    )
  }

  private func concatenate(_ left: Value, _ right: Value) throws(TemplateError) -> Value {
    switch (left, right) {
    case (.text(let first), .text(let second)):
      let isMarkup = first.isMarkup || second.isMarkup
      let start = isMarkup ? first.escaped() : first
      let end = isMarkup ? second.escaped() : second
      return try made(Text(bytes: start.bytes + end.bytes, isMarkup: isMarkup))
    case (.list(let first), .list(let second)):
      return try madeList(first.elements + second.elements)
    case (.tuple(let first), .tuple(let second)):
      try charge(first.elements.count + second.elements.count)
      return try .tuple(of: first.elements + second.elements)
    case (.text(let text), _) where !text.isMarkup:
      throw .type("can only concatenate str (not \"\(right.typeName)\") to str")
    case (.list, _), (.tuple, _):
      throw .type(
        "can only concatenate \(left.typeName) (not \"\(right.typeName)\") to \(left.typeName)"
      )
    default: throw unsupported(.add, left, right)
    }
  }

  private func repeated(_ left: Value, _ right: Value) throws(TemplateError) -> Value {
    let (sequence, factor) = left.isRepeatable ? (left, right) : (right, left)
    guard sequence.isRepeatable else { throw unsupported(.multiply, left, right) }
    guard let factor = factor.index else {
      throw .type("can't multiply sequence by non-int of type '\(factor.typeName)'")
    }
    let count = max(0, factor)
    switch sequence {
    case .text(let text):
      try charge(bytes: text.bytes.count, times: count)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(text.bytes.count * count)
      if !text.isEmpty { for _ in 0..<count { bytes += text.bytes } }
      return .text(text.derived(bytes))
    case .list(let list), .tuple(let list):
      let (total, overflows) = list.elements.count.multipliedReportingOverflow(by: count)
      try charge(overflows ? .max : total)
      var elements: [Value] = []
      if !list.elements.isEmpty { for _ in 0..<count { elements += list.elements } }
      if case .list = sequence { return try .list(of: elements) }
      return try .tuple(of: elements)
    default: throw unsupported(.multiply, left, right)
    }
  }

  // MARK: Numbers

  private func integerArithmetic(
    _ operation: ArithmeticOperator,
    _ left: Int,
    _ right: Int
  ) throws(TemplateError) -> Value {
    let (result, overflows): (Int, Bool)
    switch operation {
    case .add: (result, overflows) = left.addingReportingOverflow(right)
    case .subtract: (result, overflows) = left.subtractingReportingOverflow(right)
    case .multiply: (result, overflows) = left.multipliedReportingOverflow(by: right)
    case .divide:
      if right == 0 { throw divisionByZero("division by zero") }
      return .float(Double(left) / Double(right))
    case .floorDivide:
      if right == 0 { throw divisionByZero("integer division or modulo by zero") }
      let (quotient, quotientOverflows) = left.dividedReportingOverflow(by: right)
      let isRounded = !quotientOverflows && left % right != 0 && (left < 0) != (right < 0)
      (result, overflows) = (isRounded ? quotient - 1 : quotient, quotientOverflows)
    case .remainder:
      if right == 0 { throw divisionByZero("integer modulo by zero") }
      if right == -1 { return .integer(0) }
      let remainder = left % right
      return .integer(
        remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
      )
    case .power:
      if right < 0 { return try floatArithmetic(.power, Double(left), Double(right)) }
      (result, overflows) = Self.power(left, right)
    }
    if overflows { throw .limitExceeded("an integer is beyond 64 bits") }
    return .integer(result)
  }

  private static func power(_ base: Int, _ exponent: Int) -> (Int, Bool) {
    if base == 0 || base == 1 { return (exponent == 0 ? 1 : base, false) }
    if base == -1 { return (exponent % 2 == 0 ? 1 : -1, false) }
    guard exponent < 64 else { return (0, true) }
    var result = 1
    for _ in 0..<exponent {
      let (product, overflows) = result.multipliedReportingOverflow(by: base)
      if overflows { return (0, true) }
      result = product
    }
    return (result, false)
  }

  private func floatArithmetic(
    _ operation: ArithmeticOperator,
    _ left: Double,
    _ right: Double
  ) throws(TemplateError) -> Value {
    switch operation {
    case .add: return .float(left + right)
    case .subtract: return .float(left - right)
    case .multiply: return .float(left * right)
    case .divide:
      if right == 0 { throw divisionByZero("float division by zero") }
      return .float(left / right)
    case .floorDivide:
      if right == 0 { throw divisionByZero("float floor division by zero") }
      return .float(((left - Self.remainder(left, right)) / right).rounded())
    case .remainder:
      if right == 0 { throw divisionByZero("float modulo") }
      return .float(Self.remainder(left, right))
    case .power:
      if left == 0, right < 0 {
        throw divisionByZero("0.0 cannot be raised to a negative power")
      }
      if left < 0, right != right.rounded() {
        throw .limitExceeded("a complex number is not supported")
      }
      let result = pow(left, right)
      if result.isInfinite, left.isFinite, right.isFinite {
        throw .runtime(
          .overflowError,
          message: "(34, 'Numerical result out of range')"
        )
      }
      return .float(result)
    }
  }

  /// The remainder with the sign of the divisor.
  private static func remainder(_ left: Double, _ right: Double) -> Double {
    let remainder = fmod(left, right)
    if remainder == 0 { return Double(signOf: right, magnitudeOf: 0) }
    return (remainder < 0) != (right < 0) ? remainder + right : remainder
  }

  private func divisionByZero(_ message: String) -> TemplateError {
    .runtime(.zeroDivisionError, message: message)
  }
}

extension Value {
  fileprivate var isRepeatable: Bool {
    switch self {
    case .text, .list, .tuple: true
    default: false
    }
  }

  /// Python's unary `-`.
  func negated() throws(TemplateError) -> Value {
    switch self {
    case .undefined(let undefined): throw undefined.error
    case .float(let value): return .float(-value)
    default:
      guard let value = index else { throw .type("bad operand type for unary -: '\(typeName)'") }
      guard value != .min else { throw .limitExceeded("an integer is beyond 64 bits") }
      return .integer(-value)
    }
  }

  /// Python's unary `+`.
  func identical() throws(TemplateError) -> Value {
    switch self {
    case .undefined(let undefined): throw undefined.error
    case .float: return self
    default:
      guard let value = index else { throw .type("bad operand type for unary +: '\(typeName)'") }
      return .integer(value)
    }
  }
}
