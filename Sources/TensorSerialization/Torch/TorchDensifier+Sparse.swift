internal import Tensors

extension TorchDensifier {
  /// The dense tensor of `record`, whose parts are `parts`; every invariant that torch knows is checked.
  ///
  /// Source: torch/sparse `check_sparse_tensor_invariants`
  mutating func sparseTensor(
    _ record: TorchSparseRecord,
    _ parts: [Tensor]
  ) throws(TensorFileError) -> Tensor {
    guard let values = parts.last,
      let byteCount = Tensor.byteCount(dtype: values.dtype, shape: record.shape)
    else { throw fault("shape \(quoting: record.shape)") }
    guard SparseSum.canAdd(values.dtype) else {
      throw .unsupported("a sparse tensor of \(values.dtype.rawValue)")
    }
    var indices: [[Int]] = []
    for part in parts.dropLast() {
      try charge(part.elementCount * MemoryLayout<Int>.stride)
      indices.append(try integers(part))
    }
    try charge(byteCount)
    let places =
      record.layout == .coordinates
      ? try coordinatePlaces(record, indices[0], indexShape: parts[0].shape, values.shape)
      : try compressedPlaces(record, indices[0], indices[1], values.shape)
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
    else { throw fault("shape \(quoting: record.shape)") }
    return tensor
  }

  private func fault(_ what: String) -> TensorFileError {
    .invalid("sparse tensor with bad \(what)", offset: 0)
  }

  private func integers(_ tensor: Tensor) throws(TensorFileError) -> [Int] {
    defer { extendLifetime(tensor.storage) }
    let bytes = unsafe tensor.bytes
    switch tensor.dtype {
    case .int64:
      return (0..<tensor.elementCount).map {
        unsafe Int(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    case .int32:
      return (0..<tensor.elementCount).map {
        unsafe Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self))
      }
    default: throw fault("type of indices: \(tensor.dtype.rawValue)")
    }
  }

  /// Where each run of values goes, counted in elements of the dense tensor.
  private func coordinatePlaces(
    _ record: TorchSparseRecord,
    _ indices: [Int],
    indexShape: [Int],
    _ valueShape: [Int]
  ) throws(TensorFileError) -> SparseSum.Places {
    guard indexShape.count == 2, indexShape[0] > 0, indexShape[0] <= record.shape.count,
      let valueCount = valueShape.first, valueCount == indexShape[1],
      valueShape.dropFirst().elementsEqual(record.shape[indexShape[0]...])
    else { throw fault("indices \(quoting: indexShape) or values \(quoting: valueShape)") }
    let sizes = record.shape[..<indexShape[0]]
    let runCount = record.shape[indexShape[0]...].reduce(1, *)
    var starts = [Int](repeating: 0, count: valueCount)
    for (dimension, size) in sizes.enumerated() {
      for item in 0..<valueCount {
        let index = indices[dimension * valueCount + item]
        guard index >= 0, index < size else { throw fault("index \(index) of \(size)") }
        starts[item] = starts[item] * size + index
      }
    }
    if record.isCoalesced, zip(starts, starts.dropFirst()).contains(where: { $0 >= $1 }) {
      throw fault("claim to be coalesced")
    }
    return SparseSum.Places(
      starts: starts.map { $0 * runCount },
      rowCount: 1,
      rowStride: 0,
      rowLength: runCount
    )
  }

  private func compressedPlaces(
    _ record: TorchSparseRecord,
    _ compressed: [Int],
    _ plain: [Int],
    _ valueShape: [Int]
  ) throws(TensorFileError) -> SparseSum.Places {
    guard record.shape.count == 2 else {
      throw .unsupported("a sparse tensor of \(record.shape.count) dimensions in compressed layout")
    }
    let isBlocked = record.layout == .blockRows || record.layout == .blockColumns
    let isByRow = record.layout == .rows || record.layout == .blockRows
    guard valueShape.count == (isBlocked ? 3 : 1), valueShape[0] == plain.count else {
      throw fault("values \(quoting: valueShape)")
    }
    let block = isBlocked ? Array(valueShape[1...]) : [1, 1]
    guard block[0] > 0, block[1] > 0, record.shape[0] % block[0] == 0,
      record.shape[1] % block[1] == 0
    else { throw fault("blocks \(quoting: block)") }
    let counts = [record.shape[0] / block[0], record.shape[1] / block[1]]
    let (majorCount, minorCount) = isByRow ? (counts[0], counts[1]) : (counts[1], counts[0])
    guard compressed.count == majorCount + 1, compressed.first == 0,
      compressed.last == plain.count
    else { throw fault("compressed indices") }
    var starts: [Int] = []
    for major in 0..<majorCount {
      let (first, end) = (compressed[major], compressed[major + 1])
      guard first >= 0, first <= end, end <= plain.count else { throw fault("compressed indices") }
      var previous = -1
      for minor in plain[first..<end] {
        guard minor > previous, minor < minorCount else { throw fault("index \(minor)") }
        previous = minor
        let (row, column) = isByRow ? (major, minor) : (minor, major)
        starts.append(row * block[0] * record.shape[1] + column * block[1])
      }
    }
    return SparseSum.Places(
      starts: starts,
      rowCount: block[0],
      rowStride: record.shape[1],
      rowLength: block[1]
    )
  }
}
