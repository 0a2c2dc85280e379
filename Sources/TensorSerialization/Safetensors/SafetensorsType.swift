internal import Tensors

/// The element types of a .safetensors file, in the library's own order, which decides how it sorts.
///
/// Source: https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs
enum SafetensorsType: String, CaseIterable, Sendable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6E2M3 = "F6_E2M3"
  case float6E3M2 = "F6_E3M2"
  case uint8 = "U8"
  case int8 = "I8"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// The type that tensors get; `nil` for types of less than a byte, which are only passed over.
  var dtype: DType? {
    switch self {
    case .bool: .bool
    case .float4, .float6E2M3, .float6E3M2: nil
    case .uint8: .uint8
    case .int8: .int8
    case .float8E5M2: .float8E5M2
    case .float8E4M3: .float8E4M3
    case .float8E8M0: .float8E8M0
    case .float8E4M3FNUZ: .float8E4M3FNUZ
    case .float8E5M2FNUZ: .float8E5M2FNUZ
    case .int16: .int16
    case .uint16: .uint16
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int32: .int32
    case .uint32: .uint32
    case .float32: .float32
    case .complex64: .complex64
    case .float64: .float64
    case .int64: .int64
    case .uint64: .uint64
    }
  }

  /// Bits per number.
  var bitCount: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    default: 8 * (dtype?.blockByteCount ?? 0)
    }
  }

  /// The type for tensors of `dtype`; `nil` where the format has none.
  init?(_ dtype: DType) {
    guard let type = Self.allCases.first(where: { $0.dtype == dtype }) else { return nil }
    self = type
  }
}
