import Tensors

/// x / √(mean(x²) + ε) · w, over each row or each head of a row.
struct RMSNorm {
  let weight: [Float]  // [size]
  let epsilon: Float

  init(_ scope: WeightScope, size: Int, epsilon: Float) throws {
    weight = try scope.vector("weight", count: size)
    self.epsilon = epsilon
  }

  /// x [n, k·size] → the same, each run of `size` numbers normalized by itself.
  func callAsFunction(_ x: Matrix, on pool: WorkerPool) -> Matrix {
    x.rootMeanSquareNormalized(weight: weight, epsilon: epsilon, on: pool)
  }

  /// Normalizes each run of `size` numbers of x [n, k·size] in place.
  func normalize(_ x: inout Matrix, on pool: WorkerPool) {
    x.normalizeByRootMeanSquare(weight: weight, epsilon: epsilon, on: pool)
  }

  /// The norm of h + delta, both [n, size], which h becomes.
  func callAsFunction(_ h: inout Matrix, adding delta: Matrix, on pool: WorkerPool) -> Matrix {
    h.add(delta, thenNormalizeWith: weight, epsilon: epsilon, on: pool)
  }
}
