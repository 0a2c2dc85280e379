internal import CKernels

extension WeightMatrix {
  /// The dtypes that ``quantized(as:on:onProgress:)`` makes.
  public static let quantizedTypes: [DType] = DType.allCases.filter { dtype in
    kernelType(of: dtype).map { sl_can_quantize($0) != 0 } ?? false
  }

  /// A copy in memory whose numbers are rounded to blocks of `dtype`, one of `quantizedTypes`; nil
  /// where rows are no whole blocks.
  ///
  /// The blocks are llama.cpp's, bit for bit; for Q8_0, Q4_0 and Q5_0 gguf-py's too.
  ///
  /// - Parameter onProgress: Is told of rows that are done, now and then.
  public func quantized(
    as dtype: DType,
    on pool: WorkerPool,
    onProgress: (_ rowCount: Int) -> Void = { _ in }
  ) -> WeightMatrix? {
    precondition(Self.quantizedTypes.contains(dtype), "\(dtype.rawValue) blocks are not made here")
    guard let type = Self.kernelType(of: dtype),
      let rowByteCount = dtype.byteCount(elementCount: columnCount),
      let byteCount = Tensor.byteCount(dtype: dtype, shape: [rowCount, columnCount])
    else { return nil }
    let rowsPerTask = max(1, (1 << 15) / max(columnCount, 1))
    let rowsPerRun = rowsPerTask * 64
    let storage = SharedBytes(count: byteCount) { output in
      guard let output = output.baseAddress, let base = bytes.baseAddress else { return }
      let instructionSet = InstructionSet.current.kernelValue
      for start in stride(from: 0, to: rowCount, by: rowsPerRun) {
        let end = min(rowCount, start + rowsPerRun)
        pool.run(taskCount: (end - start + rowsPerTask - 1) / rowsPerTask) { task in
          let first = start + task * rowsPerTask
          withUnsafeTemporaryAllocation(of: Float.self, capacity: columnCount) { row in
            guard let row = row.baseAddress else { return }
            for index in first..<min(end, first + rowsPerTask) {
              sl_dequantize_row(kernelType, row, base + index * self.rowByteCount, columnCount)
              sl_quantize_row(
                instructionSet,
                type,
                output + index * rowByteCount,
                row,
                columnCount
              )
            }
          }
        }
        onProgress(end - start)
      }
    }
    guard
      let tensor = Tensor(
        dtype: dtype,
        shape: [rowCount, columnCount],
        storage: storage,
        byteOffset: 0
      )
    else { return nil }
    return try? WeightMatrix(tensor)
  }
}
