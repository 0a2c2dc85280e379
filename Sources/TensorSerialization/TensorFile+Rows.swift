public import Tensors

/// Rows of numbers read from a file, and the type that they had there.
public struct TensorRows: Sendable {
  /// The numbers, [n, columns].
  public let matrix: Matrix
  /// The type in the file.
  public let dtype: DType
}

extension TensorFile {
  /// Reads rows from `source`: a path, or `PATH#NAME` for one tensor of several.
  ///
  /// - Parameters:
  ///   - columnCount: Numbers per row that a model asks for; any number if `nil`.
  ///   - byteLimit: Most bytes to allocate for tensors that do not lie dense in the file.
  /// - Throws: `.file` around what ``rows(named:columnCount:)`` throws.
  public static func rows(
    from source: String,
    columnCount: Int? = nil,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> TensorRows {
    let (path, name) = split(source)
    return try reading(path) { bytes throws(TensorFileError) in
      try TensorFile(bytes, byteLimit: byteLimit).rows(named: name, columnCount: columnCount)
    }
  }

  /// A whole path if there is such a file, else what stands before and after its last `#`.
  private static func split(_ source: String) -> (path: String, name: String?) {
    guard let mark = source.unicodeScalars.lastIndex(of: "#"), !fileExists(source) else {
      return (source, nil)
    }
    return (
      String(source.unicodeScalars[..<mark]),
      String(source.unicodeScalars[source.unicodeScalars.index(after: mark)...])
    )
  }

  /// The rows of the tensor `name`, or of the one tensor that is a matrix of floating-point numbers.
  ///
  /// [1, n, columns] counts as [n, columns]. Numbers become float32.
  ///
  /// - Parameter columnCount: Numbers per row that a model asks for; any number if `nil`.
  /// - Throws: `.unsuitable` for other types and shapes, no rows, another width, and for NaN and
  ///   infinity, also numbers too large for float32.
  public func rows(
    named name: String? = nil,
    columnCount: Int? = nil
  ) throws(TensorFileError) -> TensorRows {
    let chosen = if let name { name } else { try onlyMatrix() }
    let tensor = try stored(chosen)
    guard tensor.dtype.isFloatingPoint else {
      throw .unsuitable(
        "tensor is \(tensor.dtype.torchName) where floating-point numbers are expected"
      )
    }
    let shape = tensor.matrixShape
    guard shape.count == 2 else {
      throw .unsuitable(
        "tensor has shape \(quoting: "\(tensor.shape)") where [n, \(columnCount.map(String.init) ?? "hidden")] is expected"
      )
    }
    guard shape[0] > 0, shape[1] > 0 else {
      throw .unsuitable("tensor of shape \(quoting: tensor.shape) has no rows")
    }
    if let columnCount, columnCount != shape[1] {
      throw .unsuitable(
        "tensor is \(quoting: shape) but the model's hidden size is \(columnCount)"
      )
    }
    guard Tensor.byteCount(dtype: .float32, shape: shape) != nil else {
      throw .tooLarge("size of the rows", limit: .max)
    }
    let dense = try self.tensor(chosen)
    var isFinite = true
    let matrix = unsafe Matrix(rowCount: shape[0], columnCount: shape[1]) { output in
      isFinite = unsafe dense.convertToFloat32(
        UnsafeMutableBufferPointer(start: output, count: dense.elementCount)
      )
    }
    if !isFinite, let (row, value) = matrix.firstNonFinite {
      throw .unsuitable("row \(row) holds \(value.isNaN ? "NaN" : "infinity")")
    }
    return TensorRows(matrix: matrix, dtype: tensor.dtype)
  }

  /// The name of the only tensor, or of the only matrix of floating-point numbers.
  private func onlyMatrix() throws(TensorFileError) -> String {
    guard let first = tensorNames.first else {
      throw .unsuitable("\(format.rawValue) file holds no tensor")
    }
    if tensorNames.count == 1 { return first }
    let candidates = tensorNames.filter { name in
      guard let tensor = try? stored(name) else { return false }
      return tensor.dtype.isFloatingPoint && tensor.matrixShape.count == 2
    }
    if candidates.count == 1 { return candidates[0] }
    let shown = tensorNames.prefix(8).map { name in
      guard let tensor = try? stored(name) else { return "'\(name)'" }
      return "'\(name)' \(tensor.dtype.rawValue) \(tensor.shape)"
    }
    let list = shown.joined(separator: ", ") + (tensorNames.count > shown.count ? ", …" : "")
    throw .unsuitable(
      "\(format.rawValue) file holds \(tensorNames.count) tensors, \(candidates.count) of them matrices; name one: \(quoting: list)"
    )
  }
}

extension StoredTensor {
  /// The shape without a leading 1 that stands for a batch of one.
  fileprivate var matrixShape: [Int] {
    shape.count == 3 && shape[0] == 1 ? Array(shape.dropFirst()) : shape
  }
}

extension DType {
  /// The name in torch, such as "torch.int64"; quantized types have none there.
  fileprivate var torchName: String { isQuantized ? rawValue : "torch.\(rawValue)" }
}

extension Matrix {
  /// The first number that is not finite, and its row.
  fileprivate var firstNonFinite: (row: Int, value: Float)? {
    guard let index = storage.firstIndex(where: { !$0.isFinite }) else { return nil }
    return (index / columnCount, storage[index])
  }
}
