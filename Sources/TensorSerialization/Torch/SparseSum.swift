internal import Tensors

/// Adds values to places of a dense tensor of zeros, in the type of the values.
struct SparseSum {
  /// Where values go: at each start a block of rows, counted in elements.
  struct Places {
    let starts: [Int]
    let rowCount: Int
    let rowStride: Int
    let rowLength: Int
  }

  let values: Tensor
  let places: Places

  /// Whether numbers of this type can be added here.
  static func canAdd(_ dtype: DType) -> Bool {
    switch dtype {
    case .float64, .float32, .float16, .bfloat16, .int8, .int16, .int32, .int64, .uint8, .bool,
      .complex64, .complex128:
      true
    default: false
    }
  }

  /// Adds all values; the places must lie inside `output`.
  func add(to output: UnsafeMutableRawBufferPointer) {
    switch values.dtype {
    case .float64: unsafe add(to: output, Double.self, 1, +)
    case .complex128: unsafe add(to: output, Double.self, 2, +)
    case .float32: unsafe add(to: output, Float.self, 1, +)
    case .complex64: unsafe add(to: output, Float.self, 2, +)
    case .float16:
      unsafe add(to: output, UInt16.self, 1) {
        FloatBits.float16(FloatBits.float(float16: $0) + FloatBits.float(float16: $1))
      }
    case .bfloat16:
      unsafe add(to: output, UInt16.self, 1) {
        FloatBits.bfloat16(FloatBits.float(bfloat16: $0) + FloatBits.float(bfloat16: $1))
      }
    case .int8, .uint8: unsafe add(to: output, UInt8.self, 1, &+)
    case .int16: unsafe add(to: output, UInt16.self, 1, &+)
    case .int32: unsafe add(to: output, UInt32.self, 1, &+)
    case .int64: unsafe add(to: output, UInt64.self, 1, &+)
    case .bool: unsafe add(to: output, UInt8.self, 1, |)
    default: return
    }
  }

  private func add<T: BitwiseCopyable>(
    to output: UnsafeMutableRawBufferPointer,
    _ type: T.Type,
    _ componentCount: Int,
    _ sum: (T, T) -> T
  ) {
    let source = unsafe values.bytes
    let size = MemoryLayout<T>.size
    let rowLength = places.rowLength * componentCount
    guard rowLength > 0 else { return }
    var read = 0
    for start in places.starts {
      for row in 0..<places.rowCount {
        let place = (start + row * places.rowStride) * componentCount
        for column in 0..<rowLength {
          let position = (place + column) * size
          let old = unsafe output.loadUnaligned(fromByteOffset: position, as: T.self)
          let value = unsafe source.loadUnaligned(fromByteOffset: read, as: T.self)
          unsafe output.storeBytes(of: sum(old, value), toByteOffset: position, as: T.self)
          read += size
        }
      }
    }
  }
}
