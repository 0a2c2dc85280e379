internal import Glibc
internal import Tensors

/// Turns strided and sparse descriptions into dense tensors, within a budget of bytes.
struct TensorDensifier {
  /// Bytes that may still be allocated.
  private(set) var budget: Int
  private let limit: Int

  /// A densifier that allocates at most `limit` bytes, and no more than the machine has.
  init(limit: Int) {
    let (machine, overflow) = sysconf(Int32(_SC_PHYS_PAGES))
      .multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    self.limit = overflow || machine <= 0 ? limit : min(limit, machine)
    budget = self.limit
  }

  /// Takes `count` bytes from the budget; the file asks for them at `position`.
  mutating func charge(_ count: Int, at position: Int) throws(TensorFileError) {
    guard count <= budget else {
      throw .tooLarge("size of the tensors", limit: limit, offset: position)
    }
    budget -= count
  }

  /// Takes `count` numbers of `size` bytes from the budget.
  mutating func charge(_ count: Int, of size: Int, at position: Int) throws(TensorFileError) {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    try charge(overflow ? .max : bytes, at: position)
  }

  /// The dense tensor of `strided`, whose bounds have been checked: in place where it lies dense.
  mutating func tensor(_ strided: StridedTensor) throws(TensorFileError) -> Tensor {
    let (record, dtype, storage) = (strided.record, strided.dtype, strided.storage)
    guard !record.shape.contains(0) else {
      return try dense(dtype, record.shape, SharedBytes([]), 0)
    }
    try storage.check()
    let isAsStored = !strided.isBigEndian || record.type.componentByteCount == 1
    let start = storage.range.lowerBound + record.offset * record.type.byteCount
    if isAsStored, !record.isConjugate, !record.isNegative, record.isContiguous {
      return try dense(dtype, record.shape, storage.storage, start)
    }
    guard let byteCount = Tensor.byteCount(dtype: dtype, shape: record.shape) else {
      throw .tooLarge("size of the tensors", limit: limit, offset: record.position)
    }
    try charge(byteCount, at: record.position)
    let gathered = unsafe SharedBytes(count: byteCount) { output in
      let source = storage.storage.span.extracting(start..<storage.range.upperBound)
      unsafe source.withUnsafeBytes { unsafe record.gather($0, into: output) }
      if !isAsStored { unsafe output.swapBytes(of: record.type.componentByteCount) }
      if record.isNegative { unsafe output.flipSigns(of: record.type.componentByteCount, every: 1) }
      if record.isConjugate {
        unsafe output.flipSigns(of: record.type.componentByteCount, every: 2)
      }
    }
    return try dense(dtype, record.shape, gathered, 0)
  }

  private func dense(
    _ dtype: DType,
    _ shape: [Int],
    _ storage: SharedBytes,
    _ offset: Int
  ) throws(TensorFileError) -> Tensor {
    guard let tensor = Tensor(dtype: dtype, shape: shape, storage: storage, byteOffset: offset)
    else { throw .invalid("tensor shape \(quoting: shape)", offset: offset) }
    return tensor
  }
}

extension TorchTensorRecord {
  /// How many dimensions are left when the dense ones at the end are taken as one run, and its elements.
  private var run: (outerRank: Int, elementCount: Int) {
    var count = 1
    var rank = shape.count
    while rank > 0, shape[rank - 1] == 1 || strides[rank - 1] == count {
      count *= shape[rank - 1]
      rank -= 1
    }
    return (rank, count)
  }

  /// Whether the elements lie in row-major order without gaps.
  fileprivate var isContiguous: Bool { run.outerRank == 0 }

  /// Copies the elements in order; `source` begins at the first and reaches to the last.
  fileprivate func gather(
    _ source: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) {
    guard let from = source.baseAddress, let to = output.baseAddress else { return }
    let (rank, runCount) = run
    let runByteCount = runCount * type.byteCount
    // A stride along a single element may be any number; what it adds is taken away again.
    let steps = strides.prefix(rank).map { $0 &* type.byteCount }
    var index = [Int](repeating: 0, count: rank)
    var position = 0
    var written = 0
    while true {
      unsafe memcpy(to + written, from + position, runByteCount)
      written += runByteCount
      var dimension = rank - 1
      while dimension >= 0 {
        index[dimension] += 1
        position &+= steps[dimension]
        if index[dimension] < shape[dimension] { break }
        position &-= shape[dimension] &* steps[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { return }
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Reverses the bytes of each element of `size` bytes.
  fileprivate func swapBytes(of size: Int) {
    for start in stride(from: 0, to: count, by: size) {
      for index in 0..<size / 2 { unsafe swapAt(start + index, start + size - 1 - index) }
    }
  }

  /// Flips the sign bit of the last of each `every` floats of `size` bytes.
  fileprivate func flipSigns(of size: Int, every: Int) {
    for last in stride(from: size * every - 1, to: count, by: size * every) {
      unsafe self[last] ^= 0x80
    }
  }
}
