public import Tensors

/// Rows of floating-point numbers as a file stores them, all finite in float32.
///
/// They stay where they lie, such as in a mapped file, in the type that they have there; whoever
/// reads some of them gets float32.
public struct TensorRows: Sendable {
  /// The numbers, [n, columns].
  private let tensor: Tensor

  /// The number of rows.
  public var rowCount: Int { tensor.shape[0] }
  /// Numbers per row.
  public var columnCount: Int { tensor.shape[1] }
  /// The type in the file.
  public var dtype: DType { tensor.dtype }
  /// All rows as float32, [n, columns].
  public var matrix: Matrix { rows(0..<rowCount) }

  /// The rows of `tensor`, [n, columns] of a floating-point type.
  ///
  /// - Parameter isFinite: Whether somebody has seen that all numbers are finite.
  /// - Throws: `.unsuitable` for NaN and infinity, also numbers too large for float32.
  init(_ tensor: Tensor, isFinite: Bool) throws(TensorFileError) {
    precondition(tensor.shape.count == 2 && tensor.dtype.isFloatingPoint, "\(tensor.shape)")
    self.tensor = tensor
    guard !isFinite, !tensor.isFinite else { return }
    for index in 0..<rowCount {
      guard let value = row(index).first(where: { !$0.isFinite }) else { continue }
      throw .unsuitable("row \(index) holds \(value.isNaN ? "NaN" : "infinity")")
    }
  }

  /// Rows `range` as float32, [range.count, columns].
  public func rows(_ range: Range<Int>) -> Matrix {
    let offset = range.lowerBound * columnCount
    return unsafe Matrix(rowCount: range.count, columnCount: columnCount) { output in
      let output = unsafe UnsafeMutableBufferPointer(
        start: output,
        count: range.count * columnCount
      )
      unsafe tensor.convertToFloat32(output, from: offset)
    }
  }

  /// Row `index` as float32, [columns].
  public func row(_ index: Int) -> ArraySlice<Float> { rows(index..<index + 1).storage[...] }
}
