internal import Tensors

extension TensorFile {
  /// Reads rows from `source`: a path, or `PATH#NAME` for one tensor of several.
  ///
  /// A whole path goes before a name, and a longer path before a shorter one.
  ///
  /// - Parameters:
  ///   - columnCount: Numbers per row that a model asks for; any number if `nil`.
  ///   - rowLimit: The most rows that a model can read; any number if `nil`.
  ///   - byteLimit: Most bytes to allocate for tensors that do not lie dense in the file.
  /// - Throws: `.file` around what ``rows(named:columnCount:rowLimit:)`` throws.
  public static func rows(
    from source: String,
    columnCount: Int? = nil,
    rowLimit: Int? = nil,
    byteLimit: Int = TorchFile.defaultByteLimit
  ) throws(TensorFileError) -> TensorRows {
    let (path, name) = split(source)
    let file = try open(path: path, byteLimit: byteLimit)
    do {
      return try file.rows(named: name, columnCount: columnCount, rowLimit: rowLimit)
    } catch {
      throw .file(path: path, error)
    }
  }

  /// What stands before and after the last `#` whose left side is the path of a file; the last `#`
  /// if none is.
  static func split(_ source: String) -> (path: String, name: String?) {
    let scalars = source.unicodeScalars
    guard !fileExists(source) else { return (source, nil) }
    func parts(_ mark: String.Index) -> (path: String, name: String?) {
      (String(scalars[..<mark]), String(scalars[scalars.index(after: mark)...]))
    }
    let marks = scalars.indices.reversed().filter { scalars[$0] == "#" }
    for mark in marks where fileExists(String(scalars[..<mark])) { return parts(mark) }
    return marks.first.map(parts) ?? (source, nil)
  }

  /// The rows of the tensor `name`, or of the one tensor that is a matrix of floating-point numbers.
  ///
  /// [1, n, columns] counts as [n, columns]. The shape is checked before memory is taken.
  ///
  /// - Parameters:
  ///   - columnCount: Numbers per row that a model asks for; any number if `nil`.
  ///   - rowLimit: The most rows that a model can read; any number if `nil`.
  /// - Throws: `.unsuitable` for other types and shapes, no rows, another width, and for NaN and
  ///   infinity, also numbers too large for float32; `.tooManyRows`; `.tooLarge` for rows that take more memory in
  ///   float32 than the file was opened to give.
  public func rows(
    named name: String? = nil,
    columnCount: Int? = nil,
    rowLimit: Int? = nil
  ) throws(TensorFileError) -> TensorRows {
    let chosen = if let name { name } else { try onlyMatrix() }
    let stored = try stored(chosen)
    guard stored.dtype.isFloatingPoint else {
      throw .unsuitable(
        "tensor is \(stored.dtype.torchName) where floating-point numbers are expected"
      )
    }
    let shape = stored.matrixShape
    guard shape.count == 2 else {
      throw .unsuitable(
        "tensor has shape \(quoting: "\(stored.shape)") where [n, \(columnCount.map(String.init) ?? "hidden")] is expected"
      )
    }
    guard shape[0] > 0, shape[1] > 0 else {
      throw .unsuitable("tensor of shape \(quoting: stored.shape) has no rows")
    }
    if let columnCount, columnCount != shape[1] {
      throw .unsuitable(
        "tensor is \(quoting: shape) but the model's hidden size is \(columnCount)"
      )
    }
    if let rowLimit, rowLimit < shape[0] {
      throw .tooManyRows(shape[0], limit: rowLimit)
    }
    guard let byteCount = Tensor.byteCount(dtype: .float32, shape: shape), byteCount <= byteLimit
    else { throw .tooLarge("size of the rows in float32", limit: byteLimit) }
    let isFinite = try stored.checkIsFinite()
    let dense = try tensor(chosen)
    guard
      let matrix = Tensor(
        dtype: dense.dtype,
        shape: shape,
        storage: dense.storage,
        byteOffset: dense.byteOffset
      )
    else { throw .invalid("tensor shape \(quoting: shape)", offset: dense.byteOffset) }
    return try TensorRows(matrix, isFinite: isFinite)
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
    // The likeliest first.
    let isCandidate = Set(candidates)
    let others = tensorNames.lazy.filter { !isCandidate.contains($0) }
    let shown =
      candidates.prefix(Self.shownCount)
      + others.prefix(max(0, Self.shownCount - candidates.count))
    let list = shown.map { name in
      guard let tensor = try? stored(name) else { return "'\(quoting: name)'" }
      return "'\(quoting: name)' \(tensor.dtype.rawValue) \(quoting: tensor.shape)"
    }.joined(separator: ", ")
    let rest = tensorNames.count > shown.count ? ", …" : ""
    throw .unsuitable(
      "\(format.rawValue) file holds \(tensorNames.count) tensors, \(candidates.count) of them matrices; name one: \(list)\(rest)"
    )
  }

  /// How many of a file's tensors an error lists.
  private static let shownCount = 8
}

extension StoredTensor {
  /// Compares the checksum of the record that the numbers lie in, and looks for numbers that are not
  /// finite on the way, so that memory is walked over once.
  ///
  /// - Returns: Whether all are known to be finite.
  fileprivate func checkIsFinite() throws(TensorFileError) -> Bool {
    guard case .strided(let strided) = layout, !strided.isBigEndian, let pattern = dtype.nonFinite
    else { return false }
    let storage = strided.storage
    return try storage.checksum?.check(finding: pattern, from: storage.range.lowerBound) == false
  }

  /// The shape without a leading 1 that stands for a batch of one.
  fileprivate var matrixShape: [Int] {
    shape.count == 3 && shape[0] == 1 ? Array(shape.dropFirst()) : shape
  }
}

extension DType {
  /// The name in torch, such as "torch.int64"; quantized types have none there.
  fileprivate var torchName: String { isQuantized ? rawValue : "torch.\(rawValue)" }
}
