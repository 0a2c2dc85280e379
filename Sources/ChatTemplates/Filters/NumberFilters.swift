import Glibc

extension Filter {
  static let numberFilters: [String: Filter] = [
    "abs": Filter(Signature("abs", ["x"], isBuiltin: true)) { _, passed throws(TemplateError) in
      let value = passed.value(0)
      if case .float(let number) = value { return .float(number.magnitude) }
      guard let number = value.wholeNumber else {
        throw .type("bad operand type for abs(): '\(value.typeName)'")
      }
      return try .integer(number.magnitude)
    },
    "int": Filter(Signature("do_int", ["value", "default", "base"])) {
      evaluator,
      passed throws(TemplateError) in
      let fallback = passed[1] ?? .integer(0)
      switch passed.value(0) {
      case .float(let value):
        if value.isInfinite {
          throw .runtime(.overflowError, message: "cannot convert float infinity to integer")
        }
        return try value.truncated() ?? fallback
      case .text(let text):
        // Reading many digits takes longer than reading text.
        try evaluator.charge(text.bytes.count / 8)
        let base = passed[2] == nil ? 10 : passed.value(2).index
        if let base, let value = text.parsedInteger(base: base),
          let integer = try? Value.integer(value)
        {
          return integer
        }
        return try text.parsedFloat?.truncated() ?? fallback
      case .bytes(let value):
        try evaluator.charge(value.bytes.count / 8)
        if let value = value.numeral.parsedInteger(base: 10),
          let integer = try? Value.integer(value)
        {
          return integer
        }
        return try value.numeral.parsedFloat?.truncated() ?? fallback
      case .undefined(let undefined): throw undefined.error
      default:
        return try passed.value(0).wholeNumber.map { (value) throws(TemplateError) in
          try .integer(value)
        } ?? fallback
      }
    },
    "float": Filter(Signature("do_float", ["value", "default"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.charge(passed.value(0).size / 8)
      switch passed.value(0) {
      case .text(let text): return text.parsedFloat.map(Value.float) ?? passed[1] ?? .float(0)
      case .bytes(let value):
        return value.numeral.parsedFloat.map(Value.float) ?? passed[1] ?? .float(0)
      case .undefined(let undefined): throw undefined.error
      default:
        return try passed.value(0).floatingPoint().map(Value.float) ?? passed[1] ?? .float(0)
      }
    },
    "round": Filter(Signature("do_round", ["value", "precision", "method"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.round(passed)
    },
    "filesizeformat": Filter(Signature("do_filesizeformat", ["value", "binary"])) {
      evaluator,
      passed throws(TemplateError) in
      try formatFileSize(passed)
    },
  ]

  private static func formatFileSize(_ passed: [Value?]) throws(TemplateError) -> Value {
    let number: Double
    switch passed.value(0) {
    case .text(let text):
      guard let value = text.parsedFloat else {
        throw .value("could not convert string to float: \(text.representation.string)")
      }
      number = value
    case .bytes(let bytes):
      guard let value = bytes.numeral.parsedFloat else {
        let shown = String(decoding: bytes.representation, as: UTF8.self)
        throw .value("could not convert string to float: \(shown)")
      }
      number = value
    case .undefined(let undefined): throw undefined.error
    default:
      guard let value = try passed.value(0).floatingPoint() else {
        throw .type(
          "float() argument must be a string or a real number, not '\(passed.value(0).typeName)'"
        )
      }
      number = value
    }
    let isBinary = passed.isTrue(1)
    let base: Double = isBinary ? 1024 : 1000
    if number == 1 { return .text("1 Byte") }
    if number < base {
      guard let bytes = try number.truncated() else {
        throw .runtime(.overflowError, message: "cannot convert float infinity to integer")
      }
      return .string("\(bytes.display.string) Bytes")
    }
    let prefixes =
      isBinary
      ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
      : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
    var unit = base
    for (index, prefix) in prefixes.enumerated() {
      unit *= base
      if number < unit || index == prefixes.count - 1 {
        return .string("\((base * number / unit).systemFormatted(UInt8(ascii: "f"), 1)) \(prefix)")
      }
    }
    return .none
  }
}

extension Evaluator {
  fileprivate func round(_ passed: [Value?]) throws(TemplateError) -> Value {
    let value = passed.value(0)
    let precision = passed[1] ?? .integer(0)
    let method = passed[2].map(\.display) ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw .argument("method must be common, ceil or floor")
    }
    if method == "common" { return try value.rounded(toDigits: precision) }
    let scale = try apply(.power, .integer(10), precision)
    if value.isRepeatable, let scale = scale.index {
      // Python makes the repeated sequence, and then finds that it is no number.
      let (size, overflows) = value.size.multipliedReportingOverflow(by: max(0, scale))
      if overflows || size > 1 << 31 { try charge(bytes: .max) }
      throw .type("must be real number, not \(value.typeName)")
    }
    let scaled = try apply(.multiply, value, scale)
    guard let number = scaled.number else {
      throw .type("must be real number, not \(scaled.typeName)")
    }
    var whole = scaled
    if case .float = scaled {
      if number.isNaN { throw .value("cannot convert float NaN to integer") }
      guard let integer = try number.rounded(method == "ceil" ? .up : .down).truncated() else {
        throw .runtime(.overflowError, message: "cannot convert float infinity to integer")
      }
      whole = integer
    }
    return try apply(.divide, whole, scale)
  }
}

extension Value {
  /// Python's `round(value, digits)`.
  fileprivate func rounded(toDigits digits: Value) throws(TemplateError) -> Value {
    guard wholeNumber != nil || number != nil else {
      throw .type("type \(typeName) doesn't define __round__ method")
    }
    if digits.isNone {
      guard case .float(let number) = self else {
        return try .integer(wholeNumber ?? BigInteger(0))
      }
      if number.isNaN { throw .value("cannot convert float NaN to integer") }
      guard let whole = try number.rounded(.toNearestOrEven).truncated() else {
        throw .runtime(.overflowError, message: "cannot convert float infinity to integer")
      }
      return whole
    }
    let places = try digits.expectedIndex()
    if let whole = wholeNumber {
      if places >= 0 { return try .integer(whole) }
      return try .integer(whole.rounded(toPowerOfTen: places == .min ? .max : -places))
    }
    guard case .float(let number) = self, number.isFinite, places <= 323 else { return self }
    if places >= 0 {
      return .float(Double(number.systemFormatted(UInt8(ascii: "f"), places)) ?? number)
    }
    guard places >= -308 else { return .float(number < 0 ? -0.0 : 0) }
    // What is behind the point only decides between two that are equally near.
    let whole = number.magnitude.rounded(.down)
    let doubled = BigInteger(truncating: whole) + BigInteger(truncating: whole)
    let sticky = doubled + BigInteger(number.magnitude == whole ? 0 : 1)
    let rounded = sticky.rounded(toPowerOfTen: -places, times: 2).double
    if rounded.isInfinite {
      throw .runtime(.overflowError, message: "rounded value too large to represent")
    }
    return .float(number.sign == .minus ? -rounded : rounded)
  }
}

extension Double {
  /// Python's `int(value)`; `nil` for what has no integer.
  fileprivate func truncated() throws(TemplateError) -> Value? {
    guard isFinite else { return nil }
    return try .integer(BigInteger(truncating: self))
  }
}

extension BigInteger {
  /// The nearest multiple of 10 to the power of `exponent`, an even one if two are as near; the
  /// value counts in parts, `factor` of which are one.
  fileprivate func rounded(toPowerOfTen exponent: Int, times factor: Int = 1) -> BigInteger {
    guard exponent <= 4400, let unit = BigInteger(10).power(exponent) else { return BigInteger(0) }
    let (quotient, remainder) = dividedFlooring(by: unit * BigInteger(factor))
    let relation = Relation(remainder + remainder, unit * BigInteger(factor))
    let isUp = relation == .greater || relation == .equal && quotient.isOdd
    return (isUp ? quotient + BigInteger(1) : quotient) * unit
  }
}
