import CKernels

/// The function between the halves of a gated feed-forward layer.
public enum GatedActivation: Sendable {
  /// x / (1 + e⁻ˣ).
  case silu
  /// GELU by its tanh approximation, torch's `approximate="tanh"`.
  case geluTanh

  fileprivate var kernel: sl_gate {
    switch self {
    case .silu: SL_GATE_SILU
    case .geluTanh: SL_GATE_GELU_TANH
    }
  }
}

extension Matrix {
  /// Replaces the gate [n, ffn] by activation(gate) · up, for `up` [n, ffn].
  ///
  /// SiLU is within 4 ulp of the exact value; NaN and infinities give what torch gives.
  public mutating func activate(
    _ activation: GatedActivation,
    thenMultiplyBy up: Matrix,
    on pool: WorkerPool
  ) {
    checkShape(of: up)
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { gate in
      up.storage.withUnsafeBufferPointer { up in
        guard let gate = gate.baseAddress, let up = up.baseAddress else { return }
        let operations = OperationTable.best.functions
        pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
          let start = rows.lowerBound * columnCount
          let x = gate + start
          operations.gate(
            activation.kernel,
            x,
            x,
            up + start,
            rows.count,
            columnCount,
            columnCount
          )
        }
      }
    }
  }

  /// activation(gate) · up [n, ffn], where these rows [n, 2 * ffn] hold the gate first and then up.
  public func gated(by activation: GatedActivation, on pool: WorkerPool) -> Matrix {
    precondition(columnCount % 2 == 0, "rows of \(columnCount) numbers have no halves")
    let half = columnCount / 2
    return Matrix(rowCount: rowCount, columnCount: half) { y in
      storage.withUnsafeBufferPointer { x in
        guard let x = x.baseAddress else { return }
        let operations = OperationTable.best.functions
        pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
          let gate = x + rows.lowerBound * columnCount
          operations.gate(
            activation.kernel,
            y + rows.lowerBound * half,
            gate,
            gate + half,
            rows.count,
            half,
            columnCount
          )
        }
      }
    }
  }

  /// Adds `other`, of the same shape.
  public static func += (sum: inout Matrix, other: Matrix) {
    sum.checkShape(of: other)
    let count = sum.storage.count
    sum.storage.withUnsafeMutableBufferPointer { x in
      other.storage.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        OperationTable.best.functions.add(x, y, count)
      }
    }
  }

  /// Adds `bias` [columnCount] to each row.
  public mutating func add(bias: [Float]) {
    precondition(bias.count == columnCount, "a bias of \(bias.count) for rows of \(columnCount)")
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      let operations = OperationTable.best.functions
      for row in 0..<rowCount { operations.add(x + row * columnCount, bias, columnCount) }
    }
  }
}

/// The function inside a plain feed-forward layer.
public enum Activation: Sendable {
  /// x times the share of the normal distribution below x, torch's GELU.
  case gelu
  /// GELU by its tanh approximation, torch's `approximate="tanh"`.
  case geluTanh

  fileprivate var kernel: sl_activation {
    switch self {
    case .gelu: SL_ACTIVATION_GELU
    case .geluTanh: SL_ACTIVATION_GELU_TANH
    }
  }
}

extension Matrix {
  /// Replaces each x by activation(x + bias), for `bias` [columnCount].
  ///
  /// GELU is within 5e-7 · |x| of the exact value. Infinity stays infinity, which torch makes NaN.
  public mutating func activate(_ activation: Activation, bias: [Float], on pool: WorkerPool) {
    precondition(bias.count == columnCount, "a bias of \(bias.count) for rows of \(columnCount)")
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      let operations = OperationTable.best.functions
      pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
        let start = x + rows.lowerBound * columnCount
        operations.activate(activation.kernel, start, bias, rows.count, columnCount)
      }
    }
  }
}
