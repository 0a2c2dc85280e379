import CKernels

extension Matrix {
  /// x / sqrt(mean(x²) + epsilon) · weight, for each run of `weight.count` columns.
  ///
  /// `weight` [hidden] normalizes whole rows [n, hidden]; `weight` [headSize] normalizes each head of
  /// rows [n, heads * headSize]. Means are taken in double precision: a number is within 2 ulp.
  /// Source: transformers/models/llama/modeling_llama.py, LlamaRMSNorm.
  public func rootMeanSquareNormalized(
    weight: [Float],
    epsilon: Float,
    on pool: WorkerPool
  ) -> Matrix {
    checkRuns(of: weight)
    return Matrix(rowCount: rowCount, columnCount: columnCount) { y in
      storage.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress else { return }
        let operations = OperationTable.best.functions
        let runs = columnCount / weight.count
        pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
          let start = rows.lowerBound * columnCount
          let count = rows.count * runs
          operations.rms_norm(y + start, x + start, weight, count, weight.count, epsilon)
        }
      }
    }
  }

  /// Replaces each run of `weight.count` columns by its norm, as `rootMeanSquareNormalized`.
  public mutating func normalizeByRootMeanSquare(
    weight: [Float],
    epsilon: Float,
    on pool: WorkerPool
  ) {
    checkRuns(of: weight)
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      let operations = OperationTable.best.functions
      let runs = columnCount / weight.count
      pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
        let start = rows.lowerBound * columnCount
        let count = rows.count * runs
        operations.rms_norm(x + start, x + start, weight, count, weight.count, epsilon)
      }
    }
  }

  /// Adds `delta` [n, hidden] and returns the norm of the sum, [n, hidden], in one pass over memory.
  public mutating func add(
    _ delta: Matrix,
    thenNormalizeWith weight: [Float],
    epsilon: Float,
    on pool: WorkerPool
  ) -> Matrix {
    checkShape(of: delta)
    precondition(weight.count == columnCount, "\(weight.count) weights for rows of \(columnCount)")
    let (rowCount, columnCount) = (rowCount, columnCount)
    return Matrix(rowCount: rowCount, columnCount: columnCount) { y in
      storage.withUnsafeMutableBufferPointer { h in
        delta.storage.withUnsafeBufferPointer { delta in
          guard let h = h.baseAddress, let delta = delta.baseAddress else { return }
          let operations = OperationTable.best.functions
          pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
            let start = rows.lowerBound * columnCount
            operations.add_rms_norm(
              y + start,
              h + start,
              delta + start,
              weight,
              rows.count,
              columnCount,
              epsilon
            )
          }
        }
      }
    }
  }

  /// Adds `delta` [n, hidden] and `bias` [hidden], then replaces each row x by
  /// (x - mean) / sqrt(variance + epsilon) · weight + shift, both [hidden].
  ///
  /// Means are taken in double precision. Source: torch.nn.LayerNorm.
  public mutating func add(
    _ delta: Matrix,
    bias: [Float],
    thenCenterWith weight: [Float],
    shift: [Float],
    epsilon: Float,
    on pool: WorkerPool
  ) {
    checkShape(of: delta)
    for vector in [bias, weight, shift] {
      precondition(
        vector.count == columnCount,
        "\(vector.count) numbers for rows of \(columnCount)"
      )
    }
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { h in
      delta.storage.withUnsafeBufferPointer { delta in
        guard let h = h.baseAddress, let delta = delta.baseAddress else { return }
        let operations = OperationTable.best.functions
        pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
          let start = rows.lowerBound * columnCount
          operations.add_layer_norm(
            h + start,
            delta + start,
            bias,
            weight,
            shift,
            rows.count,
            columnCount,
            epsilon
          )
        }
      }
    }
  }

  private func checkRuns(of weight: [Float]) {
    precondition(
      !weight.isEmpty && columnCount % weight.count == 0,
      "\(weight.count) weights for rows of \(columnCount)"
    )
  }

  func checkShape(of other: Matrix) {
    precondition(
      rowCount == other.rowCount && columnCount == other.columnCount,
      "[\(other.rowCount), \(other.columnCount)] beside [\(rowCount), \(columnCount)]"
    )
  }
}
