internal import Tensors

/// How a tensor of a GGUF file packs its numbers.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, ggml/src/ggml-common.h
struct GGUFTensorType: Sendable, Equatable {
  /// The name that ggml prints, such as "Q4_K".
  let name: String
  /// Numbers per block.
  let blockElementCount: Int
  /// Bytes per block.
  let blockByteCount: Int
  /// The type that tensors of this kind get, or `nil` where the numbers cannot be read.
  let dtype: DType?

  private init(_ name: String, _ elements: Int, _ bytes: Int, _ dtype: DType? = nil) {
    self.name = name
    blockElementCount = elements
    blockByteCount = bytes
    self.dtype = dtype
  }

  /// The type with ggml's number `id`; `nil` for numbers never given and for withdrawn ones.
  init?(id: UInt32) {
    guard let type = Self.table[id] else { return nil }
    self = type
  }

  private static let table: [UInt32: GGUFTensorType] = [
    0: .init("F32", 1, 4, .float32),
    1: .init("F16", 1, 2, .float16),
    2: .init("Q4_0", 32, 18, .q4_0),
    3: .init("Q4_1", 32, 20, .q4_1),
    6: .init("Q5_0", 32, 22, .q5_0),
    7: .init("Q5_1", 32, 24, .q5_1),
    8: .init("Q8_0", 32, 34, .q8_0),
    9: .init("Q8_1", 32, 36),
    10: .init("Q2_K", 256, 84, .q2K),
    11: .init("Q3_K", 256, 110, .q3K),
    12: .init("Q4_K", 256, 144, .q4K),
    13: .init("Q5_K", 256, 176, .q5K),
    14: .init("Q6_K", 256, 210, .q6K),
    15: .init("Q8_K", 256, 292),
    16: .init("IQ2_XXS", 256, 66),
    17: .init("IQ2_XS", 256, 74),
    18: .init("IQ3_XXS", 256, 98),
    19: .init("IQ1_S", 256, 50),
    20: .init("IQ4_NL", 32, 18, .iq4NL),
    21: .init("IQ3_S", 256, 110),
    22: .init("IQ2_S", 256, 82),
    23: .init("IQ4_XS", 256, 136, .iq4XS),
    24: .init("I8", 1, 1, .int8),
    25: .init("I16", 1, 2, .int16),
    26: .init("I32", 1, 4, .int32),
    27: .init("I64", 1, 8, .int64),
    28: .init("F64", 1, 8, .float64),
    29: .init("IQ1_M", 256, 56),
    30: .init("BF16", 1, 2, .bfloat16),
    34: .init("TQ1_0", 256, 54),
    35: .init("TQ2_0", 256, 66),
    39: .init("MXFP4", 32, 17),
    40: .init("NVFP4", 64, 36),
    41: .init("Q1_0", 128, 18),
  ]
}
