import Tensors

/// down(silu(gate(x)) · up(x)).
struct GatedMLP {
  let gate: Linear  // [feedForward, hidden]
  let up: Linear  // [feedForward, hidden]
  let down: Linear  // [hidden, feedForward]

  init(_ configuration: Configuration, _ scope: WeightScope) throws {
    let hidden = configuration.hiddenSize
    let wide = configuration.feedForwardSize
    let hasBias = configuration.biases?.mlp
    gate = try Linear(scope["gate_proj"], inputSize: hidden, outputSize: wide, hasBias: hasBias)
    up = try Linear(scope["up_proj"], inputSize: hidden, outputSize: wide, hasBias: hasBias)
    down = try Linear(scope["down_proj"], inputSize: wide, outputSize: hidden, hasBias: hasBias)
  }

  /// x [n, hidden] → [n, hidden].
  func callAsFunction(_ x: Matrix, on pool: WorkerPool) -> Matrix {
    var products = Linear.products([gate, up], x, on: pool)
    let factors = products.removeLast()
    var wide = products.removeLast()  // [n, feedForward], alone, so that it changes in place
    wide.activate(.silu, thenMultiplyBy: factors, on: pool)
    return down(wide, on: pool)
  }
}
