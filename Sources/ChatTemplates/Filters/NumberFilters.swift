import Glibc

extension Filter {
  static let numberFilters: [String: Filter] = [
    "abs": Filter(Signature("abs", ["x"])) { _, passed throws(TemplateError) in
      switch passed.value(0) {
      case .float(let value): return .float(value.magnitude)
      case .undefined: throw .type("bad operand type for abs(): 'Undefined'")
      default:
        guard let value = passed.value(0).index else {
          throw .type("bad operand type for abs(): '\(passed.value(0).typeName)'")
        }
        return value < 0 ? try Value.integer(value).negated() : .integer(value)
      }
    },
    "int": Filter(Signature("do_int", ["value", "default", "base"])) {
      _,
      passed throws(TemplateError) in
      let fallback = passed[1] ?? .integer(0)
      switch passed.value(0) {
      case .integer, .boolean: return .integer(passed.value(0).index ?? 0)
      case .float(let value): return try value.truncated() ?? fallback
      case .text(let text):
        if let value = try text.parsedInteger(base: try passed.integer(2, 10)) {
          return .integer(value)
        }
        return try text.parsedFloat?.truncated() ?? fallback
      case .undefined(let undefined): throw undefined.error
      default: return fallback
      }
    },
    "float": Filter(Signature("do_float", ["value", "default"])) {
      _,
      passed throws(TemplateError) in
      switch passed.value(0) {
      case .text(let text): return text.parsedFloat.map(Value.float) ?? passed[1] ?? .float(0)
      case .undefined(let undefined): throw undefined.error
      default: return passed.value(0).number.map(Value.float) ?? passed[1] ?? .float(0)
      }
    },
    "round": Filter(Signature("do_round", ["value", "precision", "method"])) {
      _,
      passed throws(TemplateError) in
      try round(passed)
    },
    "filesizeformat": Filter(Signature("do_filesizeformat", ["value", "binary"])) {
      evaluator,
      passed throws(TemplateError) in
      try formatFileSize(passed)
    },
  ]

  private static func round(_ passed: [Value?]) throws(TemplateError) -> Value {
    let value = passed.value(0)
    let precision = try passed.integer(1, 0)
    let method = passed[2].map(\.display) ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw .argument("method must be common, ceil or floor")
    }
    if case .undefined(let undefined) = value {
      if method != "common" { throw undefined.error }
      throw .type("type Undefined doesn't define __round__ method")
    }
    guard let number = value.number else {
      if method == "common" {
        throw .type("type \(value.typeName) doesn't define __round__ method")
      }
      throw .type("can't multiply sequence by non-int of type 'float'")
    }
    guard abs(precision) <= 400 else {
      return precision > 0 ? value : value.index == nil ? .float(0) : .integer(0)
    }
    if method != "common" {
      let scale = pow(10, Double(precision))
      let scaled = number * scale
      return .float((method == "ceil" ? scaled.rounded(.up) : scaled.rounded(.down)) / scale)
    }
    if let integer = value.index {
      if precision >= 0 { return .integer(integer) }
      return .integer(integer.rounded(toPowerOfTen: -precision))
    }
    guard number.isFinite else { return value }
    if precision >= 0 {
      return .float(Double(number.systemFormatted(UInt8(ascii: "f"), precision)) ?? number)
    }
    let scale = pow(10, Double(-precision))
    return .float((number / scale).rounded(.toNearestOrEven) * scale)
  }

  private static func formatFileSize(_ passed: [Value?]) throws(TemplateError) -> Value {
    let number: Double
    switch passed.value(0) {
    case .text(let text):
      guard let value = text.parsedFloat else {
        throw .value("could not convert string to float: \(text.representation.string)")
      }
      number = value
    case .undefined(let undefined): throw undefined.error
    default:
      guard let value = passed.value(0).number else {
        throw .type(
          "float() argument must be a string or a real number, not '\(passed.value(0).typeName)'"
        )
      }
      number = value
    }
    let isBinary = passed.isTrue(1)
    let base: Double = isBinary ? 1024 : 1000
    if number == 1 { return .text("1 Byte") }
    if number < base { return .string("\(Int(number)) Bytes") }
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

extension Double {
  /// Python's `int(value)`; `nil` for what has no integer.
  fileprivate func truncated() throws(TemplateError) -> Value? {
    guard isFinite else { return nil }
    guard let value = Int(exactly: rounded(.towardZero)) else {
      throw .limitExceeded("an integer is beyond 64 bits")
    }
    return .integer(value)
  }
}

extension Int {
  /// The nearest multiple of 10 to the power of `exponent`, an even one if two are as near.
  fileprivate func rounded(toPowerOfTen exponent: Int) -> Int {
    guard exponent < 19 else { return 0 }
    var unit = 1
    for _ in 0..<exponent { unit *= 10 }
    let remainder = ((self % unit) + unit) % unit
    let down = subtractingReportingOverflow(remainder).partialValue
    let isUp = remainder > unit / 2 || remainder == unit - remainder && (down / unit) % 2 != 0
    return isUp ? down.addingReportingOverflow(unit).partialValue : down
  }
}

extension Text {
  /// The digits of a number without the underscores that Python allows between them.
  private var digitsWithoutUnderscores: String? {
    let bytes = stripped().bytes
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
      guard index > 0, index + 1 < bytes.count,
        Unicode.Scalar(bytes[index - 1]).properties.isASCIIHexDigit,
        Unicode.Scalar(bytes[index + 1]).properties.isASCIIHexDigit
      else { return nil }
    }
    return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
  }

  /// Python's `int(text, base)`; `nil` if the text is no such number.
  fileprivate func parsedInteger(base: Int) throws(TemplateError) -> Int? {
    guard base == 0 || (2...36).contains(base), var digits = digitsWithoutUnderscores else {
      return nil
    }
    var base = base
    var isNegative = false
    if digits.hasPrefix("-") || digits.hasPrefix("+") {
      isNegative = digits.hasPrefix("-")
      digits.removeFirst()
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where base == radix || base == 0 {
      if digits.lowercased().hasPrefix(prefix) {
        digits.removeFirst(2)
        base = radix
        break
      }
    }
    if base == 0 { base = 10 }
    guard let first = digits.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+")
    else {
      return nil
    }
    if let value = Int((isNegative ? "-" : "") + digits, radix: base) { return value }
    let areDigits = digits.unicodeScalars.allSatisfy { Int(String($0), radix: base) != nil }
    if areDigits { throw .limitExceeded("an integer is beyond 64 bits") }
    return nil
  }

  /// Python's `float(text)`; `nil` if the text is no number.
  var parsedFloat: Double? {
    guard let digits = digitsWithoutUnderscores?.lowercased(), !digits.isEmpty else { return nil }
    let unsigned = digits.first == "-" || digits.first == "+" ? digits.dropFirst() : digits[...]
    switch unsigned {
    case "inf", "infinity": return digits.first == "-" ? -.infinity : .infinity
    case "nan": return .nan
    default: break
    }
    guard unsigned.utf8.allSatisfy({ "0123456789.e+-".utf8.contains($0) }) else { return nil }
    var text = String(unsigned)
    // Swift wants digits on both sides of the point.
    if text.hasPrefix(".") { text = "0" + text }
    if let point = text.firstIndex(of: ".") {
      let next = text.index(after: point)
      if next == text.endIndex || text[next] == "e" { text.insert("0", at: next) }
    }
    guard text != "0.0" || unsigned.utf8.contains(UInt8(ascii: "0")) else { return nil }
    return Double(text).map { digits.first == "-" ? -$0 : $0 }
  }
}
