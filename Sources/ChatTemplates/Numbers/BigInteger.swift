/// An integer of Python, which has no width of its own but a bound: 4300 decimal digits.
///
/// That is the length beyond which Python refuses to print or to read one.
struct BigInteger: Equatable, Sendable {
  let isNegative: Bool
  /// The words of the magnitude, the least significant first; the last one is not zero.
  let words: [UInt]

  /// The bits that 4300 decimal digits may take.
  static let bitLimit = 14_285

  /// The first that is too long.
  static let bound =
    BigInteger([0x31] + [UInt8](repeating: 0x30, count: 4300), radix: 10) ?? .init(0)

  static let lengthError = TemplateError.value(
    "Exceeds the limit (4300 digits) for integer string conversion; use"
      + " sys.set_int_max_str_digits() to increase the limit"
  )

  init(isNegative: Bool, words: [UInt]) {
    var words = words
    while words.last == 0 { words.removeLast() }
    self.words = words
    self.isNegative = isNegative && !words.isEmpty
  }

  init(_ value: Int) {
    self.init(isNegative: value < 0, words: [value.magnitude])
  }

  /// The integer part of a finite number.
  init(truncating value: Double) {
    let magnitude = value.magnitude.rounded(.down)
    guard magnitude >= 1 else {
      self.init(0)
      return
    }
    let shift = Int(magnitude.exponent) - 52
    let significand = UInt(1) << 52 | UInt(magnitude.significandBitPattern)
    let digits = BigInteger(isNegative: false, words: [significand])
    let shifted = shift < 0 ? digits.shiftedRight(-shift) : digits.shiftedLeft(shift)
    self.init(isNegative: value < 0, words: shifted.words)
  }

  /// The value if it fits.
  var int: Int? {
    guard words.count <= 1 else { return nil }
    let magnitude = words.first ?? 0
    if isNegative {
      return magnitude <= Int.min.magnitude ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int(exactly: magnitude)
  }

  var isZero: Bool { words.isEmpty }

  var isOdd: Bool { (words.first ?? 0) & 1 == 1 }

  var bitWidth: Int {
    words.isEmpty ? 0 : words.count * UInt.bitWidth - words[words.count - 1].leadingZeroBitCount
  }

  var negated: BigInteger { BigInteger(isNegative: !isNegative, words: words) }

  var magnitude: BigInteger { BigInteger(isNegative: false, words: words) }

  // MARK: Shifts

  func shiftedLeft(_ count: Int) -> BigInteger {
    let (whole, bits) = (count / UInt.bitWidth, count % UInt.bitWidth)
    var result = [UInt](repeating: 0, count: whole)
    var carry: UInt = 0
    for word in words {
      result.append(word << UInt(bits) | carry)
      carry = bits == 0 ? 0 : word >> UInt(UInt.bitWidth - bits)
    }
    result.append(carry)
    return BigInteger(isNegative: isNegative, words: result)
  }

  /// The magnitude without its last `count` bits.
  func shiftedRight(_ count: Int) -> BigInteger {
    let (whole, bits) = (count / UInt.bitWidth, count % UInt.bitWidth)
    guard whole < words.count else { return BigInteger(0) }
    var result: [UInt] = []
    for index in whole..<words.count {
      let next =
        index + 1 < words.count && bits > 0 ? words[index + 1] << UInt(UInt.bitWidth - bits) : 0
      result.append(words[index] >> UInt(bits) | next)
    }
    return BigInteger(isNegative: isNegative, words: result)
  }

  // MARK: Conversion

  /// The nearest `Double`, infinite if there is none.
  var double: Double {
    let width = bitWidth
    guard width > 64 else {
      let value = Double(words.first ?? 0)
      return isNegative ? -value : value
    }
    let shift = width - 64
    var top = shiftedRight(shift).words[0]
    // What is cut off only matters as the last bit of what is rounded.
    if hasBits(below: shift) { top |= 1 }
    let value = Double(sign: .plus, exponent: min(shift, 2000), significand: Double(top))
    return isNegative ? -value : value
  }

  /// Whether one of the last `count` bits is set.
  func hasBits(below count: Int) -> Bool {
    for (index, word) in words.enumerated() {
      let bits = count - index * UInt.bitWidth
      if bits <= 0 { return false }
      let mask = bits >= UInt.bitWidth ? UInt.max : (1 << UInt(bits)) - 1
      if word & mask != 0 { return true }
    }
    return false
  }

  /// The digits without a sign.
  func digits(radix: Int, uppercase: Bool = false) -> String {
    if words.count <= 1 { return String(words.first ?? 0, radix: radix, uppercase: uppercase) }
    // Pieces of as many digits as a word holds.
    var (unit, width) = (UInt(radix), 1)
    while unit <= UInt.max / UInt(radix) {
      unit *= UInt(radix)
      width += 1
    }
    var pieces: [UInt] = []
    var rest = words
    while !rest.isEmpty {
      let remainder = Self.divide(&rest, by: unit)
      pieces.append(remainder)
    }
    var result = ""
    for (index, piece) in pieces.reversed().enumerated() {
      let digits = String(piece, radix: radix, uppercase: uppercase)
      if index > 0 { result += String(repeating: "0", count: width - digits.utf8.count) }
      result += digits
    }
    return result
  }

  /// The decimal digits, behind the sign of a negative value.
  var decimal: String { (isNegative ? "-" : "") + digits(radix: 10) }

  /// Reads digits, all of which must be of `radix`.
  init?(_ digits: some Sequence<UInt8>, radix: Int) {
    var words: [UInt] = []
    var isEmpty = true
    // Digits are gathered to a word before all words are multiplied.
    var (piece, scale) = (UInt(0), UInt(1))
    for byte in digits {
      let digit: UInt
      switch byte {
      case 0x30...0x39: digit = UInt(byte) - 0x30
      case 0x41...0x5A: digit = UInt(byte) - 0x41 + 10
      case 0x61...0x7A: digit = UInt(byte) - 0x61 + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      isEmpty = false
      // Longer than any that is allowed; more digits would only cost time.
      if words.count > 512 { continue }
      piece = piece * UInt(radix) + digit
      scale *= UInt(radix)
      if scale > UInt.max / UInt(radix) / 2 {
        Self.multiply(&words, by: scale, adding: piece)
        (piece, scale) = (0, 1)
      }
    }
    Self.multiply(&words, by: scale, adding: piece)
    if isEmpty { return nil }
    self.init(isNegative: false, words: words)
  }

  private static func multiply(_ words: inout [UInt], by factor: UInt, adding summand: UInt) {
    var carry = summand
    for index in words.indices {
      let product = words[index].multipliedFullWidth(by: factor)
      let (sum, overflows) = product.low.addingReportingOverflow(carry)
      words[index] = sum
      carry = product.high + (overflows ? 1 : 0)
    }
    if carry > 0 { words.append(carry) }
  }

  /// Divides `words` and returns the remainder.
  static func divide(_ words: inout [UInt], by divisor: UInt) -> UInt {
    var remainder: UInt = 0
    for index in words.indices.reversed() {
      (words[index], remainder) = divisor.dividingFullWidth((remainder, words[index]))
    }
    while words.last == 0 { words.removeLast() }
    return remainder
  }
}
