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

  /// Writes numbers from `start` on to `output` as float32; the type must be a floating-point one.
  func convertToFloat32(_ output: UnsafeMutableBufferPointer<Float>, from start: Int = 0) {
    unsafe output.useLargePages()
    switch dtype {
    case .float32: unsafe convert(UInt32.self, output, start) { Float(bitPattern: $0) }
    case .float64: unsafe convert(UInt64.self, output, start) { Float(Double(bitPattern: $0)) }
    case .float16: unsafe convert(UInt16.self, output, start, FloatBits.float(float16:))
    case .bfloat16: unsafe convert(UInt16.self, output, start, FloatBits.float(bfloat16:))
    case .float8E4M3: unsafe convertBytes(output, start, FloatBits.float(float8E4M3:))
    case .float8E5M2: unsafe convertBytes(output, start, FloatBits.float(float8E5M2:))
    case .float8E4M3FNUZ: unsafe convertBytes(output, start, FloatBits.float(float8E4M3FNUZ:))
    case .float8E5M2FNUZ: unsafe convertBytes(output, start, FloatBits.float(float8E5M2FNUZ:))
    case .float8E8M0: unsafe convertBytes(output, start, FloatBits.float(float8E8M0:))
    default: preconditionFailure("\(dtype.rawValue) is no floating-point type")
    }
  }

  @inline(__always)
  private func convert<Bits: BitwiseCopyable>(
    _ type: Bits.Type,
    _ output: UnsafeMutableBufferPointer<Float>,
    _ start: Int,
    _ value: (Bits) -> Float
  ) {
    defer { extendLifetime(storage) }
    precondition(start >= 0 && start + output.count <= elementCount, "numbers from \(start)")
    guard let from = unsafe bytes.baseAddress, let to = output.baseAddress else { return }
    for index in 0..<output.count {
      let offset = (start + index) * MemoryLayout<Bits>.size
      unsafe to[index] = value(from.loadUnaligned(fromByteOffset: offset, as: Bits.self))
    }
  }

  private func convertBytes(
    _ output: UnsafeMutableBufferPointer<Float>,
    _ start: Int,
    _ value: (UInt8) -> Float
  ) {
    // A table pays only where there are more numbers than it has.
    guard output.count > 1 << 10 else { return unsafe convert(UInt8.self, output, start, value) }
    let table = (0...UInt8.max).map(value)
    unsafe convert(UInt8.self, output, start) { table[Int($0)] }
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
