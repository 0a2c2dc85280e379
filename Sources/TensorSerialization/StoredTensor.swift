public import Tensors

/// A tensor as a file describes it: dense, with any strides, or sparse. Its numbers are not touched until
/// ``dense(byteLimit:)``.
public struct StoredTensor: Sendable {
  indirect enum Layout: Sendable {
    case dense(Tensor)
    case strided(StridedTensor)
    case sparse(TorchSparseRecord, parts: [StridedTensor])
  }

  /// How its numbers are stored.
  public let dtype: DType
  /// Sizes, slowest dimension first.
  public let shape: [Int]
  let layout: Layout

  init(_ tensor: Tensor) {
    dtype = tensor.dtype
    shape = tensor.shape
    layout = .dense(tensor)
  }

  init(_ strided: StridedTensor) {
    dtype = strided.dtype
    shape = strided.record.shape
    layout = .strided(strided)
  }

  init(_ record: TorchSparseRecord, _ parts: [StridedTensor], _ dtype: DType) {
    self.dtype = dtype
    shape = record.shape
    layout = .sparse(record, parts: parts)
  }

  /// Bytes of the dense tensor; `nil` where there cannot be one.
  public var byteCount: Int? { Tensor.byteCount(dtype: dtype, shape: shape) }

  /// The tensor row by row: in place where it lies so in the file, else a copy.
  ///
  /// - Parameter byteLimit: Most bytes to allocate.
  /// - Throws: `.tooLarge` before memory is taken; `.invalid` for data whose checksum differs, and for
  ///   indices of sparse tensors that torch's own checks would refuse.
  public func dense(
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> Tensor {
    var densifier = TensorDensifier(limit: byteLimit)
    switch layout {
    case .dense(let tensor): return tensor
    case .strided(let strided): return try densifier.tensor(strided)
    case .sparse(let record, let parts):
      var tensors: [Tensor] = []
      for part in parts { tensors.append(try densifier.tensor(part)) }
      return try densifier.sparseTensor(record, tensors)
    }
  }
}
