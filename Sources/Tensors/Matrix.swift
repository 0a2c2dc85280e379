/// Rows of float32 numbers, [rowCount, columnCount], row-major.
public struct Matrix: Sendable, Equatable {
  /// Number of rows.
  public private(set) var rowCount: Int
  /// Numbers per row.
  public let columnCount: Int
  /// All numbers, row after row.
  public var storage: [Float]

  /// A matrix over `storage`, which must hold `rowCount * columnCount` numbers.
  public init(rowCount: Int, columnCount: Int, storage: [Float]) {
    precondition(
      storage.count == rowCount * columnCount,
      "\(storage.count) numbers for a matrix [\(rowCount), \(columnCount)]"
    )
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.storage = storage
  }

  /// A matrix of zeros.
  public init(rowCount: Int, columnCount: Int) {
    self.init(
      rowCount: rowCount,
      columnCount: columnCount,
      storage: [Float](repeating: 0, count: rowCount * columnCount)
    )
  }

  /// A matrix whose numbers `fill` writes, all of them; they are not set before.
  public init(
    rowCount: Int,
    columnCount: Int,
    filledBy fill: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let count = rowCount * columnCount
    let storage = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { fill(base) }
      initialized = count
    }
    self.init(rowCount: rowCount, columnCount: columnCount, storage: storage)
  }

  /// The number at `row`, `column`.
  public subscript(row: Int, column: Int) -> Float {
    get { storage[row * columnCount + column] }
    set { storage[row * columnCount + column] = newValue }
  }

  /// The numbers of row `index`, [columnCount].
  public func row(_ index: Int) -> ArraySlice<Float> {
    storage[index * columnCount..<(index + 1) * columnCount]
  }

  /// Rows `range` as a matrix of their own, [range.count, columnCount].
  public func rows(_ range: Range<Int>) -> Matrix {
    Matrix(
      rowCount: range.count,
      columnCount: columnCount,
      storage: Array(storage[range.lowerBound * columnCount..<range.upperBound * columnCount])
    )
  }

  /// Rows `indices`, in this order, as a matrix of their own, [indices.count, columnCount].
  public func rows(at indices: [Int]) -> Matrix {
    var numbers: [Float] = []
    numbers.reserveCapacity(indices.count * columnCount)
    for index in indices { numbers += row(index) }
    return Matrix(rowCount: indices.count, columnCount: columnCount, storage: numbers)
  }

  /// Adds the rows of `other` below; both have the same number of columns.
  public mutating func append(_ other: Matrix) {
    precondition(
      columnCount == other.columnCount,
      "rows of \(other.columnCount) numbers below rows of \(columnCount)"
    )
    storage.append(contentsOf: other.storage)
    rowCount += other.rowCount
  }
}
