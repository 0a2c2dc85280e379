/// The methods of `int`, `bool` and `float`.
extension MethodTable {
  static let integer: Set<Text> = ["bit_length", "bit_count", "conjugate", "as_integer_ratio"]
  static let float: Set<Text> = ["is_integer", "conjugate", "as_integer_ratio", "hex"]
}

extension Evaluator {
  func callNumberMethod(
    _ name: String,
    _ receiver: Value,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    let typeName = if case .float = receiver { "float" } else { "int" }
    if !arguments.keywords.isEmpty {
      throw .type("\(typeName).\(name)() takes no keyword arguments")
    }
    try arguments.expectNone("\(typeName).\(name)")
    if case .float(let number) = receiver { return try call(name, number) }
    let number = receiver.wholeNumber ?? BigInteger(0)
    switch name {
    case "bit_length": return .integer(number.bitWidth)
    case "bit_count": return .integer(number.words.reduce(0) { $0 + $1.nonzeroBitCount })
    case "as_integer_ratio": return try .tuple(of: [try .integer(number), .integer(1)])
    default: return try .integer(number)
    }
  }

  private func call(_ name: String, _ number: Double) throws(TemplateError) -> Value {
    switch name {
    case "is_integer": return .boolean(number.isFinite && number == number.rounded())
    case "hex": return .string(number.hexadecimal)
    case "conjugate": return .float(number)
    default: break
    }
    if number.isNaN { throw .value("cannot convert NaN to integer ratio") }
    if number.isInfinite {
      throw .runtime(.overflowError, message: "cannot convert Infinity to integer ratio")
    }
    guard number != 0 else { return try .tuple(of: [.integer(0), .integer(1)]) }
    let significand = BigInteger(truncating: number.significand * 0x1p52)
    var exponent = Int(number.exponent) - 52
    var odd = significand
    while !odd.isOdd {
      odd = odd.shiftedRight(1)
      exponent += 1
    }
    let signed = number < 0 ? odd.magnitude.negated : odd
    let scale = BigInteger(1).shiftedLeft(abs(exponent))
    return try .tuple(of: [
      try .integer(exponent > 0 ? signed * scale : signed),
      try .integer(exponent < 0 ? scale : BigInteger(1)),
    ])
  }
}

extension Double {
  /// Python's `float.hex`.
  fileprivate var hexadecimal: String {
    if !isFinite { return pythonRepresentation }
    let sign = self.sign == .minus ? "-" : ""
    if self == 0 { return sign + "0x0.0p+0" }
    let digits = String(significandBitPattern, radix: 16)
    let padded = String(repeating: "0", count: 13 - digits.utf8.count) + digits
    let exponent = isNormal ? Int(self.exponent) : -1022
    return "\(sign)0x\(isNormal ? 1 : 0).\(padded)p\(exponent < 0 ? "" : "+")\(exponent)"
  }
}
