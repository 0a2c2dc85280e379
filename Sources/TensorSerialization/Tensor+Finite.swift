internal import Tensors

extension Tensor {
  /// Whether every number is finite in float32; the type must be a floating-point one.
  var isFinite: Bool {
    if let pattern = dtype.nonFinite {
      return !ByteScan(span, computesChecksum: false, finding: pattern).holdsPattern
    }
    defer { extendLifetime(storage) }
    let bytes = unsafe self.bytes
    var isLarge: UInt64 = 0
    for start in stride(from: 0, to: bytes.count, by: 8) {
      let bits = unsafe bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
      // From this number on float32 rounds to infinity.
      isLarge |= bits & 0x7FFF_FFFF_FFFF_FFFF >= 0x47EF_FFFF_F000_0000 ? 1 : 0
    }
    return isLarge == 0
  }
}

extension DType {
  /// What tells infinity and NaN of a floating-point type; `nil` for float64, of which finite numbers
  /// are too large as well.
  var nonFinite: ByteScan.Pattern? {
    switch self {
    case .float32: .init(width: 4, mask: 0x7F80_0000, value: 0x7F80_0000)
    case .float16: .init(width: 2, mask: 0x7C00, value: 0x7C00)
    case .bfloat16: .init(width: 2, mask: 0x7F80, value: 0x7F80)
    case .float8E4M3: .init(width: 1, mask: 0x7F, value: 0x7F)
    case .float8E5M2: .init(width: 1, mask: 0x7C, value: 0x7C)
    case .float8E4M3FNUZ, .float8E5M2FNUZ: .init(width: 1, mask: 0xFF, value: 0x80)
    case .float8E8M0: .init(width: 1, mask: 0xFF, value: 0xFF)
    default: nil
    }
  }
}
