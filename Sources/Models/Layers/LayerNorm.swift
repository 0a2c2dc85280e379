import Tensors

/// (x - mean) / √(variance + ε) · weight + shift, over each row.
struct LayerNorm {
  let weight: [Float]  // [size]
  let shift: [Float]  // [size]
  let epsilon: Float

  /// Binds `weight` and `bias`, which the oldest checkpoints call `gamma` and `beta`.
  init(_ scope: WeightScope, size: Int, epsilon: Float) throws {
    let isOld = !scope.has("weight") && scope.has("gamma")
    weight = try scope.vector(isOld ? "gamma" : "weight", count: size)
    shift = try scope.vector(isOld ? "beta" : "bias", count: size)
    self.epsilon = epsilon
  }

  /// h [n, size] becomes the norm of h + delta + bias, for `delta` [n, size] and `bias` [size].
  func callAsFunction(_ h: inout Matrix, adding delta: Matrix, bias: [Float], on pool: WorkerPool) {
    h.add(delta, bias: bias, thenCenterWith: weight, shift: shift, epsilon: epsilon, on: pool)
  }
}
