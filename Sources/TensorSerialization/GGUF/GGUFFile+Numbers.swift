internal import Synchronization
public import Tensors

extension GGUFFile {
  /// The numbers of the tensor `name` as float32, bit for bit as gguf-py gives them: of each block
  /// type that gguf-py reads, and of float types, which are widened.
  ///
  /// - Parameter byteLimit: Most bytes to allocate.
  /// - Throws: `.missingTensor`; `.unsupported` for integers and for types that gguf-py cannot read.
  public func numbers(
    of name: String,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> Tensor {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard let byteCount = Tensor.byteCount(dtype: .float32, shape: entry.shape),
      byteCount <= byteLimit
    else {
      throw .tooLarge(
        "size of tensor '\(quoting: name)' as float32",
        limit: byteLimit,
        offset: entry.offset
      )
    }
    let numbers = unsafe try SharedBytes(count: byteCount) { output throws(TensorFileError) in
      let floats = unsafe output.bindMemory(to: Float.self)
      if let dtype = entry.type.dtype, dtype.isFloatingPoint {
        unsafe try tensor(name).convertToFloat32(floats)
      } else {
        unsafe try decode(name, entry, floats)
      }
    }
    guard
      let tensor = Tensor(dtype: .float32, shape: entry.shape, storage: numbers, byteOffset: 0)
    else { throw .invalid("size of tensor '\(quoting: name)'", offset: entry.offset) }
    return tensor
  }

  private func decode(
    _ name: String,
    _ entry: GGUFTensorEntry,
    _ output: UnsafeMutableBufferPointer<Float>
  ) throws(TensorFileError) {
    guard let base = output.baseAddress, entry.byteCount > 0 else { return }
    if let dtype = entry.type.dtype, WeightMatrix.supportedTypes.contains(dtype) {
      let columnCount = entry.shape.last ?? 1
      let rows = [output.count / columnCount, columnCount]
      if let tensor = Tensor(
        dtype: dtype,
        shape: rows,
        storage: storage,
        byteOffset: entry.offset
      ), let weights = try? WeightMatrix(tensor) {
        let matrix = weights.dequantizedRows(Array(0..<rows[0]))
        _ = unsafe output.update(fromContentsOf: matrix.storage)
        return
      }
    }
    let decode = try decoder(name, entry)
    let step = entry.type.blockElementCount
    for block in 0..<entry.byteCount / entry.type.blockByteCount {
      for (index, number) in decode(block).enumerated() {
        unsafe base[block * step + index] = number
      }
    }
  }

  /// What gives the numbers of a block of the tensor `name`.
  private func decoder(
    _ name: String,
    _ entry: GGUFTensorEntry
  ) throws(TensorFileError) -> (Int) -> [Float] {
    guard let decoder = GGUFBlock.decoders[entry.type.name] else {
      throw .unsupported(
        "type \(entry.type.name) of tensor '\(quoting: name)'",
        offset: entry.offset
      )
    }
    let size = entry.type.blockByteCount
    return { [storage] block in
      let start = entry.offset + block * size
      return decoder(GGUFBlock(bytes: storage.span.array(start..<start + size)))
    }
  }

  /// The tensor `name` for products: in place, or, where its blocks are of a type that products do not
  /// read, its numbers in float16, in float32 where one is too large for that.
  ///
  /// - Throws: `.missingTensor`; `.unsupported` for types that gguf-py cannot read.
  public func weights(of name: String) throws(TensorFileError) -> Tensor {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard entry.type.dtype == nil else { return try tensor(name) }
    guard let byteCount = Tensor.byteCount(dtype: .float16, shape: entry.shape) else {
      throw .invalid("size of tensor '\(quoting: name)'", offset: entry.offset)
    }
    let decode = try decoder(name, entry)
    let step = entry.type.blockElementCount
    let blockCount = entry.byteCount / entry.type.blockByteCount
    let blocksPerTask = 4096
    let isTooLarge = Atomic(false)
    let halves = unsafe SharedBytes(count: byteCount) { output in
      let pool = WorkerPool(threadCount: WorkerPool.defaultThreadCount)
      pool.run(taskCount: (blockCount + blocksPerTask - 1) / blocksPerTask) { task in
        for block in task * blocksPerTask..<min(blockCount, (task + 1) * blocksPerTask) {
          for (index, number) in decode(block).enumerated() {
            let bits = FloatBits.float16(number)
            if bits & 0x7C00 == 0x7C00, number.isFinite {
              isTooLarge.store(true, ordering: .relaxed)
            }
            let offset = 2 * (block * step + index)
            unsafe output.storeBytes(of: bits, toByteOffset: offset, as: UInt16.self)
          }
        }
      }
    }
    if isTooLarge.load(ordering: .relaxed) { return try numbers(of: name, byteLimit: .max) }
    guard
      let tensor = Tensor(dtype: .float16, shape: entry.shape, storage: halves, byteOffset: 0)
    else { throw .invalid("size of tensor '\(quoting: name)'", offset: entry.offset) }
    return tensor
  }
}
