internal import Glibc
public import Tensors

extension Tensor {
  /// The rows of `matrix` as a tensor [n, columns] of `dtype`, rounded to nearest, ties to even.
  ///
  /// - Throws: `.unsupported` for types other than float32, float16 and bfloat16.
  public init(_ matrix: Matrix, as dtype: DType) throws(TensorFileError) {
    let shape = [matrix.rowCount, matrix.columnCount]
    guard [.float32, .float16, .bfloat16].contains(dtype),
      let byteCount = Tensor.byteCount(dtype: dtype, shape: shape)
    else { throw .unsupported("a matrix of \(dtype.rawValue)") }
    let storage = unsafe SharedBytes(count: byteCount) { output in
      for (index, value) in matrix.storage.enumerated() {
        switch dtype {
        case .float32:
          unsafe output.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
        case .float16:
          let bits = FloatBits.float16(value)
          unsafe output.storeBytes(of: bits, toByteOffset: 2 * index, as: UInt16.self)
        default:
          let bits = FloatBits.bfloat16(value)
          unsafe output.storeBytes(of: bits, toByteOffset: 2 * index, as: UInt16.self)
        }
      }
    }
    guard let tensor = Tensor(dtype: dtype, shape: shape, storage: storage, byteOffset: 0) else {
      throw .unsupported("a matrix of \(dtype.rawValue)")
    }
    self = tensor
  }

  /// Writes all numbers to `output` as float32; the type must be a floating-point one.
  ///
  /// - Returns: Whether all of them are finite.
  @discardableResult
  func convertToFloat32(_ output: UnsafeMutableBufferPointer<Float>) -> Bool {
    unsafe output.useLargePages()
    switch dtype {
    case .float32: return unsafe convert(UInt32.self, output) { Float(bitPattern: $0) }
    case .float64: return unsafe convert(UInt64.self, output) { Float(Double(bitPattern: $0)) }
    case .float16: return unsafe convert(UInt16.self, output, FloatBits.float(float16:))
    case .bfloat16: return unsafe convert(UInt16.self, output, FloatBits.float(bfloat16:))
    case .float8E4M3: return unsafe convertBytes(output, FloatBits.float(float8E4M3:))
    case .float8E5M2: return unsafe convertBytes(output, FloatBits.float(float8E5M2:))
    case .float8E4M3FNUZ: return unsafe convertBytes(output, FloatBits.float(float8E4M3FNUZ:))
    case .float8E5M2FNUZ: return unsafe convertBytes(output, FloatBits.float(float8E5M2FNUZ:))
    case .float8E8M0: return unsafe convertBytes(output, FloatBits.float(float8E8M0:))
    default: preconditionFailure("\(dtype.rawValue) is no floating-point type")
    }
  }

  @inline(__always)
  private func convert<Bits: BitwiseCopyable>(
    _ type: Bits.Type,
    _ output: UnsafeMutableBufferPointer<Float>,
    _ value: (Bits) -> Float
  ) -> Bool {
    defer { extendLifetime(storage) }
    guard let from = unsafe bytes.baseAddress, let to = output.baseAddress else { return true }
    // All ones in the exponent: infinity or NaN. Without a branch, so that the loop becomes vectors.
    let exponent: UInt32 = 0x7F80_0000
    var notFinite: UInt32 = 0
    for index in 0..<output.count {
      let offset = index * MemoryLayout<Bits>.size
      let number = unsafe value(from.loadUnaligned(fromByteOffset: offset, as: Bits.self))
      notFinite |= number.bitPattern & exponent == exponent ? 1 : 0
      unsafe to[index] = number
    }
    return notFinite == 0
  }

  private func convertBytes(
    _ output: UnsafeMutableBufferPointer<Float>,
    _ value: (UInt8) -> Float
  ) -> Bool {
    let table = (0...UInt8.max).map(value)
    return unsafe convert(UInt8.self, output) { table[Int($0)] }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Asks for large pages under memory that is written for the first time: a fault for each small page
  /// costs more than the conversion.
  fileprivate func useLargePages() {
    let size = 2 << 20
    let byteCount = count * MemoryLayout<Float>.stride
    guard byteCount >= 2 * size, let base = baseAddress else { return }
    let start = unsafe UnsafeMutableRawPointer(base).alignedUp(toMultipleOf: size)
    _ = unsafe madvise(start, byteCount - size, MADV_HUGEPAGE)
  }
}
