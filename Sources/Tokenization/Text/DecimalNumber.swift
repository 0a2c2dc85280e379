extension Span<UInt8> {
  /// The number that `self[range]` spells in JSON, rounded as the reference rounds it.
  ///
  /// That is not always to the nearest: where two spellings of a text score the same but for the last bit, it decides.
  /// Source: https://github.com/serde-rs/json/blob/master/src/de.rs (`f64_from_parts`)
  func decimalNumber(_ range: Range<Int>) -> Double {
    var index = range.lowerBound
    let isNegative = index < range.upperBound && self[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var significand: UInt64 = 0
    var exponent = 0
    var isFull = false
    var isFraction = false
    while index < range.upperBound, self[index] | 0x20 != UInt8(ascii: "e") {
      let digit = UInt64(self[index] &- UInt8(ascii: "0"))
      index += 1
      guard digit < 10 else {
        isFraction = true
        continue
      }
      let product = significand.multipliedReportingOverflow(by: 10)
      let sum = product.partialValue.addingReportingOverflow(digit)
      if isFull || product.overflow || sum.overflow {
        // Digits beyond the significand count as zeros.
        isFull = true
        if !isFraction { exponent += 1 }
      } else {
        significand = sum.partialValue
        if isFraction { exponent -= 1 }
      }
    }
    exponent += index < range.upperBound ? writtenExponent(index + 1..<range.upperBound) : 0
    let magnitude = Double(significand).scaled(byPowerOfTen: exponent)
    return isNegative ? -magnitude : magnitude
  }

  private func writtenExponent(_ range: Range<Int>) -> Int {
    var value = 0
    for index in range {
      let digit = self[index] &- UInt8(ascii: "0")
      if digit < 10 { value = Swift.min(value * 10 + Int(digit), 1 << 32) }
    }
    return !range.isEmpty && self[range.lowerBound] == UInt8(ascii: "-") ? -value : value
  }
}

extension Double {
  private static let powersOfTen = (0...308).map { Double("1e\($0)") ?? .infinity }

  /// One multiplication or division by a power that is itself rounded; very small numbers take two.
  fileprivate func scaled(byPowerOfTen exponent: Int) -> Double {
    let powers = Self.powersOfTen
    if exponent >= 0 {
      return self == 0 || exponent < powers.count ? self * powers[min(exponent, 308)] : .infinity
    }
    var (value, exponent) = (self, exponent)
    while -exponent >= powers.count, value != 0 {
      value /= powers[308]
      exponent += 308
    }
    return value == 0 ? value : value / powers[-exponent]
  }
}
