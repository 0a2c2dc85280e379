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
    "TQ1_0": { $0.tq1() }, "TQ2_0": { $0.tq2() }, "MXFP4": { $0.mxfp4() },
    "NVFP4": { $0.nvfp4() },
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
