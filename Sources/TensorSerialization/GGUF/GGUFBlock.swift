internal import Tensors

/// One block of a quantized tensor, whose numbers are worked out as gguf-py does: bit for bit.
///
/// These are for reading; products have kernels of their own for the types that they know.
///
/// Source: ggml/src/ggml-common.h (layouts), gguf-py/gguf/quants.py (arithmetic)
struct GGUFBlock {
  let bytes: [UInt8]

  /// The numbers of a block of each type that no ``DType`` stands for.
  static let decoders: [String: @Sendable (GGUFBlock) -> [Float]] = [
    "Q2_K": { $0.q2K() }, "Q3_K": { $0.q3K() }, "Q4_K": { $0.q4K() }, "Q5_K": { $0.q5K() },
    "TQ1_0": { $0.tq1() }, "TQ2_0": { $0.tq2() }, "MXFP4": { $0.mxfp4() },
    "NVFP4": { $0.nvfp4() }, "IQ4_NL": { $0.iq4NL() }, "IQ4_XS": { $0.iq4XS() },
    "IQ2_XXS": { $0.iq2XXS() }, "IQ2_XS": { $0.iq2XS() }, "IQ2_S": { $0.iq2S() },
    "IQ3_XXS": { $0.iq3XXS() }, "IQ3_S": { $0.iq3S() }, "IQ1_S": { $0.iq1S() },
    "IQ1_M": { $0.iq1M() },
  ]

  // MARK: Fields

  subscript(offset: Int) -> Int { Int(bytes[offset]) }

  func word(_ offset: Int) -> Int { self[offset] | self[offset + 1] << 8 }

  func doubleWord(_ offset: Int) -> Int { word(offset) | word(offset + 2) << 16 }

  func half(_ offset: Int) -> Float { FloatBits.float(float16: UInt16(word(offset))) }

  /// Half a byte: the low one of each byte of a row first, then the high ones.
  func nibble(_ row: Int, _ index: Int, rowByteCount: Int) -> Int {
    self[row + index % rowByteCount] >> (index / rowByteCount * 4) & 15
  }

  /// Nibble `index` where those of one byte are neighbours.
  func packedNibble(_ start: Int, _ index: Int) -> Int {
    self[start + index / 2] >> (index % 2 * 4) & 15
  }

  /// Two bits of each byte: four times 32 numbers in each 32 bytes.
  private func pair(_ start: Int, _ index: Int) -> Int {
    self[start + index / 128 * 32 + index % 32] >> (index % 128 / 32 * 2) & 3
  }

  /// One bit for each of 256 numbers, 32 of them in the lowest bits of 32 bytes.
  private func plane(_ start: Int, _ index: Int) -> Int {
    self[start + index % 32] >> (index / 32) & 1
  }

  // MARK: K types

  func q2K() -> [Float] {
    let (scale, minimum) = (half(80), half(82))
    return (0..<256).map { index in
      let group = self[index / 16]
      return scale * Float(group & 15) * Float(pair(16, index)) - minimum * Float(group >> 4)
    }
  }

  func q3K() -> [Float] {
    let scale = half(108)
    let groups = (0..<16).map { group in
      let low = nibble(96, group, rowByteCount: 8)
      let high = self[104 + group % 4] >> (group / 4 * 2) & 3
      return scale * Float((low | high << 4) - 32)
    }
    return (0..<256).map { index in
      groups[index / 16] * Float(pair(32, index) - 4 * (1 - plane(0, index)))
    }
  }

  func q4K() -> [Float] {
    let groups = scalesAndMinimums()
    return (0..<256).map { index in
      let (scale, minimum) = groups[index / 32]
      return scale * Float(nibble(16 + index / 64 * 32, index % 64, rowByteCount: 32)) - minimum
    }
  }

  func q5K() -> [Float] {
    let groups = scalesAndMinimums()
    return (0..<256).map { index in
      let (scale, minimum) = groups[index / 32]
      let low = nibble(48 + index / 64 * 32, index % 64, rowByteCount: 32)
      return scale * Float(low | plane(16, index) << 4) - minimum
    }
  }

  /// Eight pairs of six bits each in the twelve bytes after two halves.
  private func scalesAndMinimums() -> [(Float, Float)] {
    let (scale, minimum) = (half(0), half(2))
    return (0..<8).map { group in
      let low = 4 + group % 4
      if group < 4 {
        return (scale * Float(self[low] & 63), minimum * Float(self[low + 4] & 63))
      }
      let rest = self[low + 8]
      return (
        scale * Float(rest & 15 | self[low] >> 2 & 0x30),
        minimum * Float(rest >> 4 | self[low + 4] >> 2 & 0x30)
      )
    }
  }

  // MARK: Ternary types

  func tq1() -> [Float] {
    let scale = half(52)
    let powers = [1, 3, 9, 27, 81]
    return (0..<256).map { index in
      let digits =
        switch index {
        case ..<160: self[index % 32] * powers[index / 32]
        case ..<240: self[32 + index % 16] * powers[(index - 160) / 16]
        default: self[48 + index % 4] * powers[(index - 240) / 4]
        }
      return scale * Float(((digits & 0xFF) * 3) >> 8 - 1)
    }
  }

  func tq2() -> [Float] {
    let scale = half(64)
    return (0..<256).map { scale * Float(pair(0, $0) - 1) }
  }
}
