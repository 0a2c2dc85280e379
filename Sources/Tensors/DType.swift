/// How the numbers of a tensor are stored.
///
/// Quantized types pack `blockElementCount` numbers of one row into `blockByteCount` bytes.
///
/// Source: torch/storage.py, safetensors README "Format", ggml/src/ggml-common.h.
public enum DType: String, Sendable, CaseIterable {
  case float64, float32, float16, bfloat16
  case float8E4M3 = "float8_e4m3fn"
  case float8E5M2 = "float8_e5m2"
  case float8E4M3FNUZ = "float8_e4m3fnuz"
  case float8E5M2FNUZ = "float8_e5m2fnuz"
  case float8E8M0 = "float8_e8m0fnu"
  case int8, int16, int32, int64, uint8, uint16, uint32, uint64, bool
  case complex64, complex128
  case q8_0, q4_0, q4_1, q5_0, q5_1
  case q2K = "q2_K"
  case q3K = "q3_K"
  case q4K = "q4_K"
  case q5K = "q5_K"
  case q6K = "q6_K"
  case iq4NL = "iq4_nl"
  case iq4XS = "iq4_xs"

  /// Numbers per block; 1 for every type that is not quantized.
  public var blockElementCount: Int {
    switch self {
    case .q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4NL: 32
    case .q2K, .q3K, .q4K, .q5K, .q6K, .iq4XS: 256
    default: 1
    }
  }

  /// Bytes per block; the size of one number for every type that is not quantized.
  public var blockByteCount: Int {
    switch self {
    case .float8E4M3, .float8E5M2, .float8E4M3FNUZ, .float8E5M2FNUZ, .float8E8M0: 1
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    case .q8_0: 34
    case .q4_0, .iq4NL: 18
    case .q4_1: 20
    case .q5_0: 22
    case .q5_1: 24
    case .q2K: 84
    case .q3K: 110
    case .q4K: 144
    case .q5K: 176
    case .q6K: 210
    case .iq4XS: 136
    }
  }

  /// Whether blocks of integers stand for the numbers.
  public var isQuantized: Bool { blockElementCount > 1 }

  /// Whether the numbers are plain floating-point numbers, as torch's `is_floating_point`.
  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16, .float8E4M3, .float8E5M2, .float8E4M3FNUZ,
      .float8E5M2FNUZ, .float8E8M0:
      true
    default: false
    }
  }

  /// The bytes that `elementCount` numbers of one row take; `nil` if they do not fill whole blocks or overflow.
  public func byteCount(elementCount: Int) -> Int? {
    guard elementCount >= 0, elementCount % blockElementCount == 0 else { return nil }
    let (bytes, overflow) = (elementCount / blockElementCount)
      .multipliedReportingOverflow(by: blockByteCount)
    return overflow ? nil : bytes
  }
}
