public import Models
public import Tensors

/// How the hidden states of a text become one vector.
public struct Pooling: Sendable, Equatable {
  /// Which rows count.
  public enum Mode: String, Sendable, CaseIterable {
    /// The first position's.
    case cls
    /// The mean of all positions.
    case mean
    /// The last position's.
    case last
  }

  /// Which rows count.
  public var mode: Mode
  /// Whether vectors are scaled to length 1.
  public var normalizes: Bool
  /// The numbers of a vector that are kept, of the first ones; `nil` for all.
  public var componentCount: Int?

  /// Pooling by `mode`.
  public init(_ mode: Mode, normalizes: Bool) {
    self.mode = mode
    self.normalizes = normalizes
  }

  /// hidden states [n, hidden] of texts of `lengths` positions, n together → vectors [texts, kept].
  ///
  /// Every length must be above 0. Sums are made in double precision; a vector of zeros stays one.
  public func callAsFunction(_ hidden: HiddenStates, lengths: [Int]) -> Matrix {
    let width = hidden.rows.columnCount
    let keptCount = min(componentCount ?? width, width)
    var storage: [Float] = []
    storage.reserveCapacity(lengths.count * keptCount)
    var row = 0
    for length in lengths {
      precondition(length > 0, "a text without positions")
      switch mode {
      case .cls: append(hidden.rows.row(row).prefix(keptCount).lazy.map(Double.init), to: &storage)
      case .last:
        let last = hidden.rows.row(row + length - 1)
        append(last.prefix(keptCount).lazy.map(Double.init), to: &storage)
      case .mean:
        var sums = [Double](repeating: 0, count: keptCount)
        for row in row..<row + length {
          let start = row * width
          for column in 0..<keptCount {
            sums[column] += Double(hidden.rows.storage[start + column])
          }
        }
        append(sums.lazy.map { $0 / Double(length) }, to: &storage)
      }
      row += length
    }
    precondition(row == hidden.rows.rowCount, "\(hidden.rows.rowCount) rows for \(row) positions")
    return Matrix(rowCount: lengths.count, columnCount: keptCount, storage: storage)
  }

  private func append(_ vector: some Sequence<Double>, to storage: inout [Float]) {
    guard normalizes else {
      storage.append(contentsOf: vector.lazy.map { Float($0) })
      return
    }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    storage.append(contentsOf: vector.lazy.map { Float($0 / max(length, 1e-12)) })
  }
}
