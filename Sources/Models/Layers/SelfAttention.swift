import Tensors

/// Attention of each position to all positions of its text.
struct SelfAttention {
  let query: Linear  // [hidden, hidden]
  let key: Linear  // [hidden, hidden]
  let value: Linear  // [hidden, hidden]
  let scale: Float

  init(_ c: EncoderConfiguration, _ scope: WeightScope) throws {
    func projection(_ name: String) throws -> Linear {
      let size = c.hiddenSize
      return try Linear(scope[name], inputSize: size, outputSize: size, hasBias: true)
    }
    query = try projection("query")
    key = try projection("key")
    value = try projection("value")
    scale = 1 / Float(c.headSize).squareRoot()
  }

  /// x [n, hidden] → [n, hidden]; `cache` holds keys and values of one layer, those of `layout`.
  func callAsFunction(
    _ x: Matrix,
    _ layout: BatchLayout,
    _ cache: inout KeyValueCache,
    on pool: WorkerPool
  ) -> Matrix {
    let products = Linear.products([query, key, value], x, on: pool)  // [n, hidden] each
    let (keys, values) = (products[1], products[2])
    cache.append(keys: keys, values: values, layer: 0, slots: layout.slots, on: pool)
    return cache.attend(
      queries: products[0],
      layer: 0,
      layout: layout,
      scale: scale,
      isCausal: false,
      on: pool
    )
  }
}
