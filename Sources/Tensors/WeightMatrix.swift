internal import CKernels

/// Why a tensor cannot be the weights of a matrix product.
public enum WeightMatrixError: Error, Equatable, CustomStringConvertible {
  case rank(found: [Int])
  case dtype(found: DType)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .rank(let shape): "tensor is \(shape), expected two dimensions [out, in]"
    case .dtype(let dtype):
      "dtype '\(dtype.rawValue)' cannot be multiplied, expected one of "
        + WeightMatrix.supportedTypes.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }
  }
}

/// Weights where they lie in a mapped file, [out, in], rows contiguous, in the file's dtype.
public struct WeightMatrix: Sendable {
  /// Number of rows (out).
  public let rowCount: Int
  /// Numbers per row (in).
  public let columnCount: Int
  /// How the numbers are stored.
  public let dtype: DType
  /// What products may round.
  public var computeType = ComputeType.automatic

  /// The dtypes that products read.
  public static let supportedTypes: [DType] = DType.allCases.filter { kernelType(of: $0) != nil }

  let kernelType: sl_type
  let rowByteCount: Int
  private let tensor: Tensor

  /// Weights over the bytes of `tensor`, [out, in]; nothing is copied.
  ///
  /// - Throws: `WeightMatrixError` for another rank or a dtype that is not supported.
  public init(_ tensor: Tensor) throws(WeightMatrixError) {
    guard tensor.shape.count == 2 else { throw .rank(found: tensor.shape) }
    guard let kernelType = Self.kernelType(of: tensor.dtype),
      let rowByteCount = tensor.dtype.byteCount(elementCount: tensor.shape[1])
    else { throw .dtype(found: tensor.dtype) }
    rowCount = tensor.shape[0]
    columnCount = tensor.shape[1]
    dtype = tensor.dtype
    self.kernelType = kernelType
    self.rowByteCount = rowByteCount
    self.tensor = tensor
  }

  /// Into how many bfloat16s products split a number of x; 0 if they take it as it is.
  func bfloat16Terms(_ instructionSet: sl_isa) -> Int32 {
    guard dtype == .bfloat16, columnCount % 32 == 0, columnCount > 0, computeType != .float32
    else { return 0 }
    return sl_bfloat16_terms(instructionSet, computeType.rounds(for: dtype) ? 1 : 0)
  }

  /// How many bytes of a number of x products keep, if the weights are quantized.
  func integerTerms(_ instructionSet: sl_isa) -> Int32 {
    sl_integer_terms(instructionSet, computeType.rounds(for: dtype) ? 1 : 0)
  }

  /// The bytes of all rows, valid while this value lives.
  var bytes: UnsafeRawBufferPointer { tensor.bytes }

  /// Rows `indices` as float32, [indices.count, in]; bit-equal to gguf-py's dequantization.
  public func dequantizedRows(_ indices: [Int]) -> Matrix {
    let bytes = bytes
    return Matrix(rowCount: indices.count, columnCount: columnCount) { result in
      guard columnCount > 0, let base = bytes.baseAddress else { return }
      for (position, index) in indices.enumerated() {
        precondition(
          index >= 0 && index < rowCount,
          "row \(index) of a matrix [\(rowCount), \(columnCount)]"
        )
        sl_dequantize_row(
          kernelType,
          result + position * columnCount,
          base + index * rowByteCount,
          columnCount
        )
      }
    }
  }

  static func kernelType(of dtype: DType) -> sl_type? {
    switch dtype {
    case .float32: SL_F32
    case .float16: SL_F16
    case .bfloat16: SL_BF16
    case .q8_0: SL_Q8_0
    case .q4_0: SL_Q4_0
    case .q4_1: SL_Q4_1
    case .q5_0: SL_Q5_0
    case .q5_1: SL_Q5_1
    case .q2K: SL_Q2_K
    case .q3K: SL_Q3_K
    case .q4K: SL_Q4_K
    case .q5K: SL_Q5_K
    case .q6K: SL_Q6_K
    case .iq4NL: SL_IQ4_NL
    case .iq4XS: SL_IQ4_XS
    default: nil
    }
  }
}
