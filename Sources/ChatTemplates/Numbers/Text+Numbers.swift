/// Reading numbers as Python's `int` and `float` do.
extension Text {
  /// The text without white space around it, and with the decimal digits of all scripts as ASCII's.
  private var numeral: [UInt8]? {
    var result: [UInt8] = []
    for scalar in stripped().scalars {
      if scalar.isASCII {
        result.append(UInt8(scalar.value))
      } else if scalar.isPythonDecimal, let digit = scalar.properties.numericValue {
        result.append(0x30 + UInt8(digit))
      } else {
        return nil
      }
    }
    return result
  }

  /// The digits without the underscores that may separate them; `nil` where one does not separate.
  private static func joined(_ digits: ArraySlice<UInt8>, afterPrefix: Bool) -> [UInt8]? {
    var result: [UInt8] = []
    var mayBeUnderscore = afterPrefix
    for byte in digits {
      if byte == UInt8(ascii: "_") {
        guard mayBeUnderscore else { return nil }
        mayBeUnderscore = false
      } else {
        result.append(byte)
        mayBeUnderscore = true
      }
    }
    return mayBeUnderscore && !result.isEmpty ? result : nil
  }

  /// Python's `int(text, base)`; `nil` if the text is no such number.
  func parsedInteger(base: Int) -> BigInteger? {
    guard base == 0 || (2...36).contains(base), var digits = numeral?[...] else { return nil }
    let isNegative = digits.first == UInt8(ascii: "-")
    if isNegative || digits.first == UInt8(ascii: "+") { digits.removeFirst() }
    var radix = base
    if digits.first == UInt8(ascii: "0"), let letter = digits.dropFirst().first {
      let prefix: Int? =
        switch letter | 0x20 {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "o"): 8
        case UInt8(ascii: "b"): 2
        default: nil
        }
      if let prefix, base == 0 || base == prefix {
        digits.removeFirst(2)
        radix = prefix
        return Self.integer(digits, radix, isNegative, afterPrefix: true)
      }
    }
    if radix == 0 {
      radix = 10
      // As in Python's own source, a number does not begin with zeros.
      if digits.first == UInt8(ascii: "0"), digits.contains(where: { !"0_".utf8.contains($0) }) {
        return nil
      }
    }
    return Self.integer(digits, radix, isNegative, afterPrefix: false)
  }

  private static func integer(
    _ digits: ArraySlice<UInt8>,
    _ radix: Int,
    _ isNegative: Bool,
    afterPrefix: Bool
  ) -> BigInteger? {
    guard let digits = joined(digits, afterPrefix: afterPrefix),
      let value = BigInteger(digits, radix: radix)
    else { return nil }
    return isNegative ? value.negated : value
  }

  /// Python's `float(text)`; `nil` if the text is no number.
  var parsedFloat: Double? {
    guard var rest = numeral?[...] else { return nil }
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard let value = Self.unsignedFloat(rest) else { return nil }
    return isNegative ? -value : value
  }

  private static func unsignedFloat(_ bytes: ArraySlice<UInt8>) -> Double? {
    switch String(decoding: bytes, as: UTF8.self).lowercased() {
    case "inf", "infinity": return .infinity
    case "nan": return .nan
    default: break
    }
    var rest = bytes
    func takeDigits() -> [UInt8]?? {
      let digits = rest.prefix { $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) }
      rest = rest[digits.endIndex...]
      if digits.isEmpty { return .some(nil) }
      return joined(digits, afterPrefix: false).map { .some($0) }
    }
    guard let whole = takeDigits() else { return nil }
    var fraction: [UInt8]?
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      guard let digits = takeDigits() else { return nil }
      fraction = digits
    }
    guard whole != nil || fraction != nil else { return nil }
    var text = (whole ?? [0x30]) + [UInt8(ascii: ".")] + (fraction ?? [0x30])
    if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
      rest.removeFirst()
      text.append(UInt8(ascii: "e"))
      if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        rest.removeFirst()
        text.append(sign)
      }
      guard let digits = takeDigits(), let digits else { return nil }
      text += digits
    }
    guard rest.isEmpty else { return nil }
    return Double(String(decoding: text, as: UTF8.self))
  }
}
