internal import CKernels

extension Matrix {
  /// y = x · Wᵀ for x [n, in], W [out, in], y [n, out] float32.
  ///
  /// Sums are kept in float32. Float weights are widened exactly; for quantized weights each 32
  /// numbers of x are first rounded to 16-bit integers, an error below 2^-16 of their largest.
  /// `ComputeType` says what else may be rounded.
  /// A row of y depends on that row of x alone and is the same bit for bit for any `n` and number of
  /// threads, and for any instruction set unless `ComputeType` lets x be rounded to bfloat16s or bytes.
  public func multiplied(byTransposeOf w: WeightMatrix, on pool: WorkerPool) -> Matrix {
    multiplied(byTransposesOf: [w], on: pool)[0]
  }

  /// The products of x [n, in] with several matrices [out, in] as one piece of work, [n, out] each.
  ///
  /// x is rounded once for all that are quantized.
  public func multiplied(byTransposesOf ws: [WeightMatrix], on pool: WorkerPool) -> [Matrix] {
    multiplied(byTransposesOf: ws, on: pool, using: .current)
  }

  func multiplied(
    byTransposesOf ws: [WeightMatrix],
    on pool: WorkerPool,
    using instructionSet: InstructionSet
  ) -> [Matrix] {
    for w in ws {
      precondition(
        columnCount == w.columnCount,
        "x is [\(rowCount), \(columnCount)] but W is [\(w.rowCount), \(w.columnCount)]"
      )
    }
    guard columnCount > 0, rowCount > 0 else {
      return ws.map { Matrix(rowCount: rowCount, columnCount: $0.rowCount) }
    }
    return storage.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return [] }
      return pool.withExclusiveUse { team in
        var work = ProductWork(rowCount: rowCount, instructionSet: instructionSet.kernelValue)
        work.pack(x, columnCount: columnCount, for: ws, team: team)
        return products(with: ws[...], work: work, team: team)
      }
    }
  }

  /// Makes room for one result after the other, and computes all of them when the last has its place.
  private func products(
    with ws: ArraySlice<WeightMatrix>,
    work: ProductWork,
    team: WorkerTeam
  ) -> [Matrix] {
    guard let w = ws.first else {
      work.run(team: team)
      return []
    }
    guard let weights = w.bytes.baseAddress, w.rowCount > 0 else {
      let rest = products(with: ws.dropFirst(), work: work, team: team)
      return [Matrix(rowCount: rowCount, columnCount: 0)] + rest
    }
    var rest: [Matrix] = []
    let result = Matrix(rowCount: rowCount, columnCount: w.rowCount) { y in
      var work = work
      work.append(w, weights: weights, y: y)
      rest = products(with: ws.dropFirst(), work: work, team: team)
    }
    return [result] + rest
  }
}
