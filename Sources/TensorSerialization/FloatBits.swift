/// Conversions between float32 and the bits of narrower types, as torch does them.
///
/// Every function rounds to nearest, ties to even. NaN stays NaN, though not with every bit.
///
/// Source: c10/util/{BFloat16,Half,Float8_e4m3fn,Float8_e5m2,Float8_e4m3fnuz,Float8_e5m2fnuz,Float8_e8m0fnu}.h
enum FloatBits {
  /// The value of a bfloat16.
  static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// `value` as a bfloat16.
  static func bfloat16(_ value: Float) -> UInt16 {
    guard !value.isNaN else { return 0x7FC0 }
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  /// The value of a float16.
  static func float(float16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF)
    if magnitude >= 0x7C00 {  // infinity or NaN, which becomes quiet
      let quiet: UInt32 = magnitude > 0x7C00 ? 0x40_0000 : 0
      return Float(bitPattern: sign | 0x7F80_0000 | (magnitude & 0x3FF) << 13 | quiet)
    }
    if magnitude < 0x400 {  // zero or subnormal
      return Float(bitPattern: sign | (Float(magnitude) * 0x1p-24).bitPattern)
    }
    return Float(bitPattern: sign | magnitude << 13 &+ 112 << 23)
  }

  /// `value` as a float16; what is too large becomes infinity.
  static func float16(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16 & 0x8000)
    guard !value.isNaN else { return sign | 0x7E00 }
    return sign | UInt16(Swift.min(narrowed(value, mantissa: 10, bias: 15), 0x7C00))
  }

  /// The value of a float8 with four exponent bits, without infinities.
  static func float(float8E4M3 bits: UInt8) -> Float {
    bits & 0x7F == 0x7F ? .nan : widened(bits, mantissa: 3, bias: 7)
  }

  /// `value` as a float8 with four exponent bits; what is too large, also infinity, becomes the largest
  /// value (of torch 2.13; older ones gave NaN).
  static func float8E4M3(_ value: Float) -> UInt8 {
    let sign = UInt8(value.bitPattern >> 24 & 0x80)
    guard !value.isNaN else { return sign | 0x7F }
    return sign | UInt8(Swift.min(narrowed(value, mantissa: 3, bias: 7), 0x7E))
  }

  /// The value of a float8 with five exponent bits.
  static func float(float8E5M2 bits: UInt8) -> Float {
    switch bits & 0x7F {
    case 0x7C: bits < 0x80 ? .infinity : -.infinity
    case 0x7D...0x7F: .nan
    default: widened(bits, mantissa: 2, bias: 15)
    }
  }

  /// `value` as a float8 with five exponent bits; what is too large becomes infinity.
  static func float8E5M2(_ value: Float) -> UInt8 {
    let sign = UInt8(value.bitPattern >> 24 & 0x80)
    guard !value.isNaN else { return sign | 0x7F }
    return sign | UInt8(Swift.min(narrowed(value, mantissa: 2, bias: 15), 0x7C))
  }

  /// The value of a float8 with four exponent bits, one NaN and no negative zero.
  static func float(float8E4M3FNUZ bits: UInt8) -> Float {
    bits == 0x80 ? .nan : widened(bits, mantissa: 3, bias: 8)
  }

  /// `value` as a float8 with four exponent bits, one NaN and no negative zero.
  static func float8E4M3FNUZ(_ value: Float) -> UInt8 {
    unsignedZero(value, narrowed(value, mantissa: 3, bias: 8))
  }

  /// The value of a float8 with five exponent bits, one NaN and no negative zero.
  static func float(float8E5M2FNUZ bits: UInt8) -> Float {
    bits == 0x80 ? .nan : widened(bits, mantissa: 2, bias: 16)
  }

  /// `value` as a float8 with five exponent bits, one NaN and no negative zero.
  static func float8E5M2FNUZ(_ value: Float) -> UInt8 {
    unsignedZero(value, narrowed(value, mantissa: 2, bias: 16))
  }

  /// The value of a float8 that is a power of two.
  static func float(float8E8M0 bits: UInt8) -> Float {
    switch bits {
    case 0: 0x1p-127
    case 0xFF: .nan
    default: Float(bitPattern: UInt32(bits) << 23)
    }
  }

  /// The power of two nearest to the magnitude of `value`.
  static func float8E8M0(_ value: Float) -> UInt8 {
    let bits = value.bitPattern
    let exponent = UInt8(truncatingIfNeeded: bits >> 23)
    guard exponent < 0xFF, bits & 0x40_0000 != 0 else { return exponent }
    return bits & 0x3F_FFFF != 0 || exponent > 0 ? exponent + 1 : exponent
  }

  /// The finite value of a sign bit, exponent and mantissa in one byte.
  private static func widened(_ bits: UInt8, mantissa: Int, bias: Int) -> Float {
    let fraction = Int(bits) & (1 << mantissa - 1)
    let exponent = Int(bits & 0x7F) >> mantissa
    let significand = exponent == 0 ? fraction : fraction + 1 << mantissa
    let magnitude = Float(
      sign: .plus,
      exponent: Swift.max(exponent, 1) - bias - mantissa,
      significand: Float(significand)
    )
    return bits < 0x80 ? magnitude : -magnitude
  }

  /// The magnitude of `value` rounded to a narrower exponent and mantissa; larger than any of the
  /// narrower type's values where it does not fit.
  private static func narrowed(_ value: Float, mantissa: Int, bias: Int) -> UInt32 {
    let magnitude = value.magnitude
    guard magnitude < 0x1p17 else { return 0x7FFF }
    let scale = Float(sign: .plus, exponent: bias - 1 + mantissa, significand: 1)
    if magnitude < Float(sign: .plus, exponent: 1 - bias, significand: 1) {
      return UInt32((magnitude * scale).rounded(.toNearestOrEven))
    }
    let shift = UInt32(23 - mantissa)
    let bits = magnitude.bitPattern
    let rounded = (bits &+ (1 << (shift - 1) - 1) &+ (bits >> shift & 1)) >> shift
    return rounded &- UInt32(127 - bias) << UInt32(mantissa)
  }

  private static func unsignedZero(_ value: Float, _ magnitude: UInt32) -> UInt8 {
    guard !value.isNaN, magnitude < 0x80 else { return 0x80 }
    guard magnitude > 0 else { return 0 }
    return UInt8(magnitude) | UInt8(value.bitPattern >> 24 & 0x80)
  }
}
