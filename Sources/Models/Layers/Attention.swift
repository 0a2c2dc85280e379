import Tensors

/// Causal grouped-query attention with rotary positions.
struct Attention {
  let query: Linear  // [heads · headSize, hidden]
  let key: Linear  // [keyValueHeads · headSize, hidden]
  let value: Linear  // [keyValueHeads · headSize, hidden]
  let output: Linear  // [hidden, heads · headSize]
  let queryNorm: RMSNorm?  // [headSize]
  let keyNorm: RMSNorm?  // [headSize]
  let slidingWindow: Int?  // positions
  let rotationLayout: RotationLayout
  let scale: Float
  /// Whether queries and weights may be rounded to bfloat16.
  let rounds: Bool

  init(
    _ c: Configuration,
    _ scope: WeightScope,
    layer: Int,
    hasQueryKeyNorm: Bool
  ) throws {
    let width = c.headCount * c.headSize
    let keyValueWidth = c.keyValueHeadCount * c.headSize
    let hasBias = c.biases?.queryKeyValue
    query = try Linear(
      scope["q_proj"],
      inputSize: c.hiddenSize,
      outputSize: width,
      hasBias: hasBias
    )
    key = try Linear(
      scope["k_proj"],
      inputSize: c.hiddenSize,
      outputSize: keyValueWidth,
      hasBias: hasBias
    )
    value = try Linear(
      scope["v_proj"],
      inputSize: c.hiddenSize,
      outputSize: keyValueWidth,
      hasBias: hasBias
    )
    output = try Linear(
      scope["o_proj"],
      inputSize: width,
      outputSize: c.hiddenSize,
      hasBias: c.biases?.attentionOutput
    )
    func norm(_ name: String) throws -> RMSNorm? {
      guard hasQueryKeyNorm else { return nil }
      return try RMSNorm(scope[name], size: c.headSize, epsilon: c.normEpsilon)
    }
    queryNorm = try norm("q_norm")
    keyNorm = try norm("k_norm")
    slidingWindow = c.slidingWindows[layer]
    rotationLayout = c.rotary.layout
    scale = 1 / Float(c.headSize).squareRoot()
    rounds = query.weight.computeType.roundsToBFloat16
  }

  /// x [n, hidden] → [n, hidden]; writes the keys and values of its n positions to `cache`.
  func callAsFunction(
    _ x: Matrix,
    _ layout: BatchLayout,
    _ rotation: RotationTable,
    layer: Int,
    _ cache: inout KeyValueCache,
    on pool: WorkerPool
  ) -> Matrix {
    // [n, heads · headSize], [n, keyValueHeads · headSize] twice
    var products = Linear.products([query, key, value], x, on: pool)
    // Taken out of the array, so that they change in place.
    let v = products.removeLast()
    var k = products.removeLast()
    var q = products.removeLast()
    queryNorm?.normalize(&q, on: pool)
    keyNorm?.normalize(&k, on: pool)
    q.rotate(by: rotation, headSize: cache.headSize, layout: rotationLayout, on: pool)
    k.rotate(by: rotation, headSize: cache.headSize, layout: rotationLayout, on: pool)
    let storing = layout.rowCount < 8 ? nil : pool  // fewer are stored sooner than threads woken
    cache.append(keys: k, values: v, layer: layer, slots: layout.slots, on: storing)
    let mixed = cache.attend(
      queries: q,
      layer: layer,
      layout: layout,
      scale: scale,
      slidingWindow: slidingWindow,
      rounds: rounds,
      on: pool
    )
    return output(mixed, on: pool)
  }
}
