import CKernels

extension Matrix {
  /// Replaces each row x by e^(x - max) / sum; a row's order of magnitude does not matter.
  ///
  /// -infinity becomes 0. A row with NaN, +infinity, or nothing above -infinity becomes NaN, as in torch.
  public mutating func applySoftmax(on pool: WorkerPool) {
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      let operations = OperationTable.best.functions
      pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
        for row in rows { operations.softmax(x + row * columnCount, columnCount) }
      }
    }
  }
}

extension [Float] {
  /// Replaces these scores x by e^(x - max) / sum, as `Matrix.applySoftmax`.
  public mutating func applySoftmax() {
    withUnsafeMutableBufferPointer { x in
      guard let start = x.baseAddress else { return }
      OperationTable.best.functions.softmax(start, x.count)
    }
  }
}
