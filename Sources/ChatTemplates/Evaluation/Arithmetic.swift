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
    if operation == .remainder, case .bytes(let format) = left {
      let text = try PercentFormat(self, Text(bytes: format.bytes), isBytes: true).apply(to: right)
      return .bytes(BytesObject(text.bytes))
    }
    if operation == .multiply, case .text(let text) = left, text.isMarkup,
      right.wholeNumber == nil
    {
      _ = try right.expectedIndex()
    }
    if case .undefined(let undefined) = left { throw undefined.error }
    if case .undefined(let undefined) = right { throw undefined.error }
    if let first = left.index, let second = right.index {
      return try integerArithmetic(operation, first, second)
    }
    if let first = left.wholeNumber, let second = right.wholeNumber {
      return try longArithmetic(operation, first, second)
    }
    if left.number != nil, right.number != nil, let first = try left.floatingPoint(),
      let second = try right.floatingPoint()
    {
      return try floatArithmetic(operation, first, second)
    }
    switch operation {
    case .add: return try concatenate(left, right)
    case .multiply: return try repeated(left, right)
    case .subtract where left.isSetLike || right.isSetLike:
      let iterator = try IteratorObject(over: left)
      while let value = try iterator.next() {
        try charge()
        if !value.isHashable { throw value.unhashableError }
      }
      _ = try IteratorObject(over: right)
      throw .limitExceeded("a set is not supported")
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
      try charge(5 * (first.elements.count + second.elements.count))
      return try madeList(first.elements + second.elements)
    case (.tuple(let first), .tuple(let second)):
      try charge(5 * (first.elements.count + second.elements.count))
      return try .tuple(of: first.elements + second.elements)
    case (.bytes(let first), .bytes(let second)):
      try charge(bytes: first.bytes.count + second.bytes.count)
      return .bytes(BytesObject(first.bytes + second.bytes))
    case (.bytes, _): throw .type("can't concat \(right.typeName) to bytes")
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
    if case .large = factor {
      throw .runtime(.overflowError, message: "cannot fit 'int' into an index-sized integer")
    }
    guard let factor = factor.index else {
      throw .type("can't multiply sequence by non-int of type '\(factor.typeName)'")
    }
    let count = max(0, factor)
    switch sequence {
    case .text(let text):
      try charge(bytes: text.bytes.count, times: count)
      let total = text.bytes.count * count
      var bytes: [UInt8] = []
      bytes.reserveCapacity(total)
      if total > 0 { bytes += text.bytes }
      while bytes.count < total { bytes += bytes.prefix(total - bytes.count) }
      return .text(text.derived(bytes))
    case .bytes(let value):
      try charge(bytes: value.bytes.count, times: count)
      var bytes: [UInt8] = []
      if !value.bytes.isEmpty { for _ in 0..<count { bytes += value.bytes } }
      return .bytes(BytesObject(bytes))
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

  /// The operators on integers of a machine word, as long as their result is one too.
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
    case .floorDivide where right != 0:
      let (quotient, quotientOverflows) = left.dividedReportingOverflow(by: right)
      let isRounded = !quotientOverflows && left % right != 0 && (left < 0) != (right < 0)
      (result, overflows) = (isRounded ? quotient - 1 : quotient, quotientOverflows)
    case .remainder where right != 0:
      if right == -1 { return .integer(0) }
      let remainder = left % right
      result = remainder != 0 && (remainder < 0) != (right < 0) ? remainder + right : remainder
      overflows = false
    case .divide, .floorDivide, .remainder, .power: (result, overflows) = (0, true)
    }
    if overflows { return try longArithmetic(operation, BigInteger(left), BigInteger(right)) }
    return .integer(result)
  }

  private func longArithmetic(
    _ operation: ArithmeticOperator,
    _ left: BigInteger,
    _ right: BigInteger
  ) throws(TemplateError) -> Value {
    try charge(left.words.count + right.words.count)
    switch operation {
    case .add: return try .integer(left + right)
    case .subtract: return try .integer(left - right)
    case .multiply:
      try charge(left.words.count * right.words.count / 16)
      return try .integer(left * right)
    case .divide:
      if right.isZero { throw divisionByZero("division by zero") }
      let quotient = left.dividedExactly(by: right)
      if quotient.isInfinite {
        throw .runtime(
          .overflowError,
          message: "integer division result too large for a float"
        )
      }
      return .float(quotient)
    case .floorDivide:
      if right.isZero { throw divisionByZero("integer division or modulo by zero") }
      return try .integer(left.dividedFlooring(by: right).quotient)
    case .remainder:
      if right.isZero { throw divisionByZero("integer modulo by zero") }
      return try .integer(left.dividedFlooring(by: right).remainder)
    case .power:
      if right.isNegative {
        guard let base = try Value.integer(left).floatingPoint(),
          let exponent = try Value.integer(right).floatingPoint()
        else { return .none }
        return try floatArithmetic(.power, base, exponent)
      }
      guard let result = left.power(right.int ?? .max) else { throw BigInteger.lengthError }
      try charge(result.words.count * result.words.count / 16)
      return try .integer(result)
    }
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
      let quotient = (left - Self.remainder(left, right)) / right
      guard quotient != 0 else { return .float(Double(signOf: left / right, magnitudeOf: 0)) }
      let floor = quotient.rounded(.down)
      return .float(quotient - floor > 0.5 ? floor + 1 : floor)
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
  /// Whether Python takes the value for a set, whose differences are sets too.
  fileprivate var isSetLike: Bool {
    if case .view(let view) = self { view.part != .values } else { false }
  }

  var isRepeatable: Bool {
    switch self {
    case .text, .bytes, .list, .tuple: true
    default: false
    }
  }

  /// Python's unary `-`.
  func negated() throws(TemplateError) -> Value {
    switch self {
    case .undefined(let undefined): throw undefined.error
    case .float(let value): return .float(-value)
    default:
      guard let value = wholeNumber else {
        throw .type("bad operand type for unary -: '\(typeName)'")
      }
      return try .integer(value.negated)
    }
  }

  /// Python's unary `+`.
  func identical() throws(TemplateError) -> Value {
    switch self {
    case .undefined(let undefined): throw undefined.error
    case .float: return self
    default:
      guard let value = wholeNumber else {
        throw .type("bad operand type for unary +: '\(typeName)'")
      }
      return try .integer(value)
    }
  }
}
