internal import Tensors

/// A tensor whose elements lie at even steps in the bytes of a file.
struct StridedTensor: Sendable {
  let record: TorchTensorRecord
  let dtype: DType
  let storage: ByteRegion
  /// Whether elements have their highest byte first.
  let isBigEndian: Bool

  /// Checks that the shape is possible and that every element lies inside the storage.
  func checkBounds() throws(TensorFileError) {
    guard let count = Int(productOf: record.shape),
      Tensor.byteCount(dtype: dtype, shape: record.shape) != nil
    else { throw .invalid("tensor shape \(quoting: record.shape)", offset: record.position) }
    guard count > 0 else { return }
    guard let last = record.lastElement, last < storage.count / record.type.byteCount else {
      throw .invalid(
        "tensor of shape \(quoting: record.shape), strides \(quoting: record.strides) and offset \(record.offset) beyond its storage of \(storage.count) bytes",
        offset: record.position
      )
    }
  }
}

extension TorchTensorRecord {
  /// The index of the last element in the storage; `nil` if it overflows. The tensor is not empty.
  fileprivate var lastElement: Int? {
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      guard !overflow, let sum = Int(sumOf: last, reach) else { return nil }
      last = sum
    }
    return last
  }
}
