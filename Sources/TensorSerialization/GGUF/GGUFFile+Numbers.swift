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
    else { throw .tooLarge("size of tensor '\(quoting: name)' as float32", limit: byteLimit) }
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
    guard let decoder = GGUFBlock.decoders[entry.type.name] else {
      throw .unsupported("type \(entry.type.name) of tensor '\(quoting: name)'")
    }
    let (size, step) = (entry.type.blockByteCount, entry.type.blockElementCount)
    for block in 0..<entry.byteCount / size {
      let start = entry.offset + block * size
      let numbers = decoder(GGUFBlock(bytes: storage.span.array(start..<start + size)))
      for (index, number) in numbers.enumerated() {
        unsafe base[block * step + index] = number
      }
    }
  }
}
