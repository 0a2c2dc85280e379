import Tensors

/// y = x · Wᵀ + b, with W where its file has it.
struct Linear {
  let weight: WeightMatrix  // [out, in]
  let bias: [Float]?  // [out]

  /// Binds `weight` and, as `hasBias` says (`nil`: if it is there), `bias`.
  init(_ scope: WeightScope, inputSize: Int, outputSize: Int, hasBias: Bool?) throws {
    weight = try scope.matrix("weight", rowCount: outputSize, columnCount: inputSize)
    let bindsBias = hasBias ?? scope.has("bias")
    bias = bindsBias ? try scope.vector("bias", count: outputSize) : nil
  }

  /// x [n, in] → [n, out].
  func callAsFunction(_ x: Matrix, on pool: WorkerPool) -> Matrix {
    var y = x.multiplied(byTransposeOf: weight, on: pool)
    if let bias { y.add(bias: bias) }
    return y
  }

  /// The products of several layers with the same x [n, in], made in one pass over x.
  static func products(_ layers: [Linear], _ x: Matrix, on pool: WorkerPool) -> [Matrix] {
    var results = x.multiplied(byTransposesOf: layers.map(\.weight), on: pool)
    for (index, layer) in layers.enumerated() {
      if let bias = layer.bias { results[index].add(bias: bias) }
    }
    return results
  }
}
