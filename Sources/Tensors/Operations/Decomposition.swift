internal import CLAPACKE

/// Why a projection cannot be fitted.
public enum DecompositionError: Error, Equatable, CustomStringConvertible {
  case tooFewRows(Int)
  case tooManyComponents(asked: Int, possible: Int)
  case notFinite
  case noConvergence(status: Int)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .tooFewRows(let count): "\(count) vectors have no principal components, expected 2 or more"
    case .tooManyComponents(let asked, let possible):
      "\(asked) principal components asked for, but the vectors have \(possible)"
    case .notFinite: "vectors with NaN or infinity have no principal components"
    case .noConvergence(let status): "the eigenvalue solver failed with status \(status)"
    }
  }
}

/// The directions in which vectors differ most, the widest first.
public struct PrincipalComponents: Sendable {
  /// The mean of the vectors, [width].
  public let mean: [Double]
  /// Unit vectors, [components, width]; the largest number of each is positive.
  public let directions: [[Double]]
  /// The variance along each direction, [components].
  public let variances: [Double]

  /// The first `count` components of the rows of `vectors` [n, width]; all that there are if `nil`.
  ///
  /// Sums and eigenvectors are made in double precision.
  /// - Throws: `DecompositionError`.
  ///
  /// Source: LAPACK dsyevd; sklearn.decomposition.PCA for signs and variances (n - 1).
  public init(of vectors: Matrix, count: Int?) throws(DecompositionError) {
    let (n, width) = (vectors.rowCount, vectors.columnCount)
    guard n > 1, width > 0 else { throw .tooFewRows(n) }
    guard vectors.storage.allSatisfy(\.isFinite) else { throw .notFinite }
    var mean = [Double](repeating: 0, count: width)
    for row in 0..<n {
      for (column, x) in vectors.row(row).enumerated() { mean[column] += Double(x) }
    }
    for column in 0..<width { mean[column] /= Double(n) }
    var matrix = Self.covariance(of: vectors, mean: mean)
    var values = [Double](repeating: 0, count: width)
    // Row-major and symmetric: the eigenvectors come out as columns, ascending.
    let size = Int32(width)
    let status = LAPACKE_dsyevd(
      LAPACK_ROW_MAJOR,
      CChar(UInt8(ascii: "V")),
      CChar(UInt8(ascii: "U")),
      size,
      &matrix,
      size,
      &values
    )
    guard status == 0 else { throw .noConvergence(status: Int(status)) }
    // Directions in which nothing varies are rounding errors.
    let least = (values.last ?? 0) * 1e-10
    let possible = values.count { $0 > least && $0 > 0 }
    guard count ?? 1 <= possible else {
      throw .tooManyComponents(asked: count ?? 1, possible: possible)
    }
    let chosen = (0..<(count ?? possible)).map { width - 1 - $0 }
    self.mean = mean
    variances = chosen.map { values[$0] }
    directions = chosen.map { column in
      let direction = (0..<width).map { matrix[$0 * width + column] }
      let largest = direction.max { $0.magnitude < $1.magnitude } ?? 0
      return largest < 0 ? direction.map { -$0 } : direction
    }
  }

  /// The upper half of Σ (x - mean)(x - mean)ᵀ / (n - 1), [width, width].
  private static func covariance(of vectors: Matrix, mean: [Double]) -> [Double] {
    let width = mean.count
    var matrix = [Double](repeating: 0, count: width * width)
    var x = mean
    let scale = 1 / Double(vectors.rowCount - 1)
    for row in 0..<vectors.rowCount {
      for column in 0..<width { x[column] = Double(vectors[row, column]) - mean[column] }
      matrix.withUnsafeMutableBufferPointer { matrix in
        for i in 0..<width {
          let factor = x[i] * scale
          for j in i..<width { matrix[i * width + j] += factor * x[j] }
        }
      }
    }
    return matrix
  }
}
