extension BigInteger: Comparable {
  static func < (left: BigInteger, right: BigInteger) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    let order = compareMagnitudes(left.words, right.words)
    return left.isNegative ? order > 0 : order < 0
  }

  private static func compareMagnitudes(_ left: [UInt], _ right: [UInt]) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    for index in left.indices.reversed() where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return 0
  }

  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    if left.isNegative == right.isNegative {
      return BigInteger(isNegative: left.isNegative, words: sum(left.words, right.words))
    }
    if compareMagnitudes(left.words, right.words) >= 0 {
      return BigInteger(isNegative: left.isNegative, words: difference(left.words, right.words))
    }
    return BigInteger(isNegative: right.isNegative, words: difference(right.words, left.words))
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + right.negated }

  private static func sum(_ left: [UInt], _ right: [UInt]) -> [UInt] {
    var result: [UInt] = []
    result.reserveCapacity(max(left.count, right.count) + 1)
    var carry = false
    for index in 0..<max(left.count, right.count) {
      let first = index < left.count ? left[index] : 0
      let second = index < right.count ? right[index] : 0
      let (partial, overflows) = first.addingReportingOverflow(second)
      let (total, carries) = partial.addingReportingOverflow(carry ? 1 : 0)
      result.append(total)
      carry = overflows || carries
    }
    if carry { result.append(1) }
    return result
  }

  /// `left - right`, where `left` is not the smaller.
  private static func difference(_ left: [UInt], _ right: [UInt]) -> [UInt] {
    var result = left
    var borrow = false
    for index in left.indices {
      let second = index < right.count ? right[index] : 0
      let (partial, underflows) = left[index].subtractingReportingOverflow(second)
      let (total, borrows) = partial.subtractingReportingOverflow(borrow ? 1 : 0)
      result[index] = total
      borrow = underflows || borrows
    }
    return result
  }

  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    var result = [UInt](repeating: 0, count: left.words.count + right.words.count)
    for (offset, factor) in left.words.enumerated() {
      var carry: UInt = 0
      for (index, word) in right.words.enumerated() {
        let product = factor.multipliedFullWidth(by: word)
        let (low, overflows) = product.low.addingReportingOverflow(carry)
        let (sum, carries) = result[offset + index].addingReportingOverflow(low)
        result[offset + index] = sum
        carry = product.high + (overflows ? 1 : 0) + (carries ? 1 : 0)
      }
      result[offset + right.words.count] = carry
    }
    return BigInteger(isNegative: left.isNegative != right.isNegative, words: result)
  }

  /// Quotient and remainder of the magnitudes; `divisor` is not zero.
  func dividedByMagnitude(of divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    if divisor.words.count == 1 {
      var quotient = words
      let remainder = Self.divide(&quotient, by: divisor.words[0])
      return (
        BigInteger(isNegative: false, words: quotient),
        BigInteger(isNegative: false, words: [remainder])
      )
    }
    guard Self.compareMagnitudes(words, divisor.words) >= 0 else {
      return (BigInteger(0), magnitude)
    }
    let shift = divisor.words[divisor.words.count - 1].leadingZeroBitCount
    let (quotient, remainder) = Self.divideNormalized(
      shiftedLeft(shift).words,
      divisor.shiftedLeft(shift).words
    )
    return (
      BigInteger(isNegative: false, words: quotient),
      BigInteger(isNegative: false, words: remainder).shiftedRight(shift)
    )
  }

  /// Knuth's algorithm D; the divisor has at least two words and its highest bit is set.
  private static func divideNormalized(
    _ dividend: [UInt],
    _ divisor: [UInt]
  ) -> (quotient: [UInt], remainder: [UInt]) {
    var rest = dividend + [0]
    let count = divisor.count
    let top = divisor[count - 1]
    var quotient = [UInt](repeating: 0, count: rest.count - count)
    for position in quotient.indices.reversed() {
      let high = rest[position + count]
      var digit =
        high >= top ? UInt.max : top.dividingFullWidth((high, rest[position + count - 1])).quotient
      // The estimate is at most two too large.
      if subtract(divisor, times: digit, from: &rest, at: position) {
        repeat { digit -= 1 } while !add(divisor, to: &rest, at: position)
      }
      quotient[position] = digit
    }
    return (quotient, Array(rest[..<count]))
  }

  /// Subtracts a multiple; whether the result is negative, with its sign in a borrow beyond the top.
  private static func subtract(
    _ divisor: [UInt],
    times factor: UInt,
    from rest: inout [UInt],
    at position: Int
  ) -> Bool {
    var carry: UInt = 0
    for (index, word) in divisor.enumerated() {
      let product = factor.multipliedFullWidth(by: word)
      let (low, overflows) = product.low.addingReportingOverflow(carry)
      let (value, underflows) = rest[position + index].subtractingReportingOverflow(low)
      rest[position + index] = value
      carry = product.high + (overflows ? 1 : 0) + (underflows ? 1 : 0)
    }
    let (value, underflows) = rest[position + divisor.count].subtractingReportingOverflow(carry)
    rest[position + divisor.count] = value
    return underflows
  }

  /// Adds `divisor` back; whether that makes the rest positive again.
  private static func add(_ divisor: [UInt], to rest: inout [UInt], at position: Int) -> Bool {
    var carry = false
    for (index, word) in divisor.enumerated() {
      let (partial, overflows) = rest[position + index].addingReportingOverflow(word)
      let (total, carries) = partial.addingReportingOverflow(carry ? 1 : 0)
      rest[position + index] = total
      carry = overflows || carries
    }
    let (value, overflows) = rest[position + divisor.count].addingReportingOverflow(carry ? 1 : 0)
    rest[position + divisor.count] = value
    return overflows
  }

  /// Python's `//` and `%`: the quotient is rounded down; `divisor` is not zero.
  func dividedFlooring(by divisor: BigInteger) -> (quotient: BigInteger, remainder: BigInteger) {
    let (quotient, remainder) = dividedByMagnitude(of: divisor)
    let isNegative = isNegative != divisor.isNegative
    if remainder.isZero || !isNegative {
      return (
        BigInteger(isNegative: isNegative, words: quotient.words),
        BigInteger(isNegative: divisor.isNegative, words: remainder.words)
      )
    }
    let rest = divisor.magnitude - remainder
    return (
      (quotient + BigInteger(1)).negated,
      BigInteger(isNegative: divisor.isNegative, words: rest.words)
    )
  }

  /// Python's `/`: the nearest `Double` to the exact quotient; `divisor` is not zero.
  func dividedExactly(by divisor: BigInteger) -> Double {
    if isZero { return divisor.isNegative ? -0.0 : 0 }
    // A quotient of at least 65 bits, whose last one stands for everything cut off.
    let shift = max(0, 66 - (bitWidth - divisor.bitWidth))
    let (quotient, remainder) = shiftedLeft(shift).dividedByMagnitude(of: divisor)
    var words = quotient.words
    if !remainder.isZero { words[0] |= 1 }
    let excess = BigInteger(isNegative: false, words: words)
    let value = excess.double(dividedByPowerOfTwo: shift)
    return isNegative != divisor.isNegative ? -value : value
  }

  /// The magnitude divided by a power of two, rounded once.
  private func double(dividedByPowerOfTwo shift: Int) -> Double {
    let exponent = bitWidth - 1 - shift
    // Below the normal range fewer bits are kept, and rounding happens there.
    let kept = exponent >= -1022 ? 53 : max(0, 53 - (-1022 - exponent))
    let cut = bitWidth - kept
    guard cut > 0 else {
      return Double(sign: .plus, exponent: -shift, significand: double)
    }
    var top = shiftedRight(cut)
    let isHalf = shiftedRight(cut - 1).isOdd
    if isHalf, top.isOdd || hasBits(below: cut - 1) { top = top + BigInteger(1) }
    return Double(sign: .plus, exponent: cut - shift, significand: top.double)
  }

  /// The power; `nil` if it is longer than the bound.
  func power(_ exponent: Int) -> BigInteger? {
    if exponent == 0 { return BigInteger(1) }
    if words.count <= 1, (words.first ?? 0) <= 1 {
      return isNegative && exponent % 2 == 0 ? negated : self
    }
    let (width, overflows) = (bitWidth - 1).multipliedReportingOverflow(by: exponent)
    guard !overflows, width <= Self.bitLimit else { return nil }
    var (result, base, rest) = (BigInteger(1), self, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result * base }
      rest >>= 1
      if rest > 0 { base = base * base }
    }
    return result
  }
}
