/// Types whose steps are looked up: sixteen values, or groups of numbers in code books.
extension GGUFBlock {
  // MARK: Sixteen values

  /// Four-bit floats, doubled.
  private static let float4: [Float] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12]

  func mxfp4() -> [Float] {
    // Half the power of two that the byte stands for.
    let exponent = UInt32(self[0])
    let scale = Float(bitPattern: exponent < 2 ? 0x20_0000 << exponent : (exponent - 1) << 23)
    return (0..<32).map { scale * Self.float4[nibble(1, $0, rowByteCount: 16)] }
  }

  func nvfp4() -> [Float] {
    let scales = (0..<4).map { Self.halfOfUnsignedFloat8(self[$0]) }
    return (0..<64).map { index in
      scales[index / 16] * Self.float4[nibble(4 + index / 16 * 8, index % 16, rowByteCount: 8)]
    }
  }

  private static func halfOfUnsignedFloat8(_ bits: Int) -> Float {
    guard bits != 0x7F else { return 0 }
    let (exponent, fraction) = (bits >> 3 & 15, Float(bits & 7))
    if exponent == 0 { return fraction * 0x1p-9 * 0.5 }
    return (1 + fraction / 8) * Float(sign: .plus, exponent: exponent - 7, significand: 1) * 0.5
  }

  // MARK: Code books with signs

  func iq2XXS() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let group = 2 + index / 32 * 8
      let bits = doubleWord(group + 4)
      let factor = scale * (0.5 + Float(bits >> 28)) * 0.25
      let number = factor * GGUFCodeBook.twoXXS[self[group + index % 32 / 8], index % 8]
      return Self.signed(number, Self.signs(bits >> (index % 32 / 8 * 7)), index)
    }
  }

  func iq2XS() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let bits = word(2 + index / 8 * 2)
      let factor = scale * (0.5 + Float(packedNibble(66, index / 16))) * 0.25
      let number = factor * GGUFCodeBook.twoXS[bits & 511, index % 8]
      return Self.signed(number, Self.signs(bits >> 9), index)
    }
  }

  func iq2S() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let group = index / 8
      let high = self[66 + group / 4] >> (group % 4 * 2) & 3
      let factor = scale * (0.5 + Float(packedNibble(74, index / 16))) * 0.25
      let number = factor * GGUFCodeBook.twoS[self[2 + group] | high << 8, index % 8]
      return Self.signed(number, self[34 + group], index)
    }
  }

  func iq3XXS() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let bits = doubleWord(66 + index / 32 * 4)
      let factor = scale * (0.5 + Float(bits >> 28)) * 0.5
      let number = factor * GGUFCodeBook.threeXXS[self[2 + index / 4], index % 4]
      return Self.signed(number, Self.signs(bits >> (index % 32 / 8 * 7)), index)
    }
  }

  func iq3S() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let group = index / 4
      let high = self[66 + group / 8] >> (group % 8) & 1
      let factor = scale * Float(1 + 2 * packedNibble(106, index / 32))
      let number = factor * GGUFCodeBook.threeS[self[2 + group] | high << 8, index % 4]
      return Self.signed(number, self[74 + index / 8], index)
    }
  }

  /// Seven signs in seven bits, and an eighth that makes their number even.
  private static func signs(_ bits: Int) -> Int {
    let seven = bits & 127
    return seven | (seven.nonzeroBitCount & 1) << 7
  }

  private static func signed(_ number: Float, _ signs: Int, _ index: Int) -> Float {
    signs >> (index % 8) & 1 == 0 ? number : -number
  }

  // MARK: Code books with shifts

  func iq1S() -> [Float] {
    let scale = half(0)
    return (0..<256).map { index in
      let bits = word(34 + index / 32 * 2)
      let factor = scale * Float(2 * (bits >> 12 & 7) + 1)
      let high = bits >> (index % 32 / 8 * 3) & 7
      let number = GGUFCodeBook.one[self[2 + index / 8] | high << 8, index % 8]
      return factor * (number + (bits & 0x8000 == 0 ? 0.125 : -0.125))
    }
  }

  func iq1M() -> [Float] {
    // The highest four bits of each word of scales make up the scale of all.
    let words = (0..<4).map { word(48 + 2 * $0) }
    let halfBits = (0..<4).reduce(0) { $0 | (words[$1] >> 12) << (4 * $1) }
    let scale = FloatBits.float(float16: UInt16(halfBits))
    return (0..<256).map { index in
      let part = index / 16
      let factor = scale * Float(2 * (words[part / 4] >> (part % 4 * 3) & 7) + 1)
      let bits = packedNibble(32, index / 8)
      let number = GGUFCodeBook.one[self[index / 8] | (bits & 7) << 8, index % 8]
      return factor * (number + (bits & 8 == 0 ? 0.125 : -0.125))
    }
  }
}
