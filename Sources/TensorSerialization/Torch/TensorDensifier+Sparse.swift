internal import Tensors

extension TensorDensifier {
  /// The dense tensor of `record`, whose parts are `parts`; every invariant that torch knows is checked.
  ///
  /// Source: aten/src/ATen/native/sparse `_validate_sparse_coo_tensor_args`,
  /// `_validate_sparse_compressed_tensor_args`
  mutating func sparseTensor(
    _ record: TorchSparseRecord,
    _ parts: [Tensor]
  ) throws(TensorFileError) -> Tensor {
    guard let values = parts.last,
      let byteCount = Tensor.byteCount(dtype: values.dtype, shape: record.shape)
    else { throw record.fault("shape \(quoting: record.shape)") }
    guard SparseSum.canAdd(values.dtype) else {
      throw .unsupported("a sparse tensor of \(values.dtype.rawValue)", offset: record.position)
    }
    // Before the indices are touched: what they may not even say fits into memory.
    try charge(byteCount, at: record.position)
    let places: SparseSum.Places
    if record.layout == .coordinates {
      places = try coordinatePlaces(record, indices: parts[0], values: values.shape)
    } else {
      places = try compressedPlaces(record, parts[0], parts[1], values: values.shape)
    }
    let dense = unsafe SharedBytes(count: byteCount) { output in
      unsafe SparseSum(values: values, places: places).add(to: output)
      extendLifetime(values.storage)
    }
    guard
      let tensor = Tensor(
        dtype: values.dtype,
        shape: record.shape,
        storage: dense,
        byteOffset: 0
      )
    else { throw record.fault("shape \(quoting: record.shape)") }
    return tensor
  }

  /// The whole numbers of `tensor`, which must be of 64 or, where `allowsShort`, of 32 bits.
  mutating func integers(
    _ tensor: Tensor,
    allowsShort: Bool,
    _ record: TorchSparseRecord
  ) throws(TensorFileError) -> [Int] {
    guard tensor.dtype == .int64 || (allowsShort && tensor.dtype == .int32) else {
      throw record.fault("type of indices: \(tensor.dtype.rawValue)")
    }
    try charge(tensor.elementCount, of: MemoryLayout<Int>.stride, at: record.position)
    defer { extendLifetime(tensor.storage) }
    let bytes = unsafe tensor.bytes
    if tensor.dtype == .int32 {
      return (0..<tensor.elementCount).map {
        unsafe Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
      }
    }
    return (0..<tensor.elementCount).map {
      unsafe Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
    }
  }

  /// Indices [sparse dimensions, count] and values [count, dense dimensions].
  private mutating func coordinatePlaces(
    _ record: TorchSparseRecord,
    indices: Tensor,
    values valueShape: [Int]
  ) throws(TensorFileError) -> SparseSum.Places {
    let indexShape = indices.shape
    guard indexShape.count == 2, indexShape[0] <= record.shape.count,
      let valueCount = valueShape.first, valueCount == indexShape[1],
      valueShape.dropFirst().elementsEqual(record.shape[indexShape[0]...])
    else {
      throw record.fault("indices \(quoting: indexShape) or values \(quoting: valueShape)")
    }
    let numbers = try integers(indices, allowsShort: false, record)
    try charge(valueCount, of: MemoryLayout<Int>.stride, at: record.position)
    var starts = [Int](repeating: 0, count: valueCount)
    for (dimension, size) in record.shape[..<indexShape[0]].enumerated() {
      for item in 0..<valueCount {
        let index = numbers[dimension * valueCount + item]
        guard index >= 0, index < size else { throw record.fault("index \(index) of \(size)") }
        starts[item] = starts[item] * size + index
      }
    }
    if record.isCoalesced, zip(starts, starts.dropFirst()).contains(where: { $0 >= $1 }) {
      throw record.fault("claim to be coalesced")
    }
    let runCount = record.shape[indexShape[0]...].reduce(1, *)
    for item in starts.indices { starts[item] *= runCount }
    return SparseSum.Places(starts: starts, rowCount: 1, rowStride: 0, rowLength: runCount)
  }
}

extension TorchSparseRecord {
  /// An error about what this tensor says of itself.
  func fault(_ what: String) -> TensorFileError {
    .invalid("sparse tensor with bad \(what)", offset: position)
  }
}
