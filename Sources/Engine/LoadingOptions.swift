public import Models
public import Tensors

/// What is done with a model's weights as they are bound.
public struct LoadingOptions: Sendable {
  /// What the matrices of a float checkpoint are rounded to; `nil` to use them where they lie.
  public var quantization: WeightQuantization?
  /// What products with the weights may round.
  public var computeType: ComputeType
  /// Threads that round.
  public var threadCount: Int
  /// Is told the share of the work that is done, from 0 to 1, on the thread that loads.
  public var onProgress: @Sendable (Double) -> Void

  /// Options to use weights where they lie.
  public init(
    quantization: WeightQuantization? = nil,
    computeType: ComputeType = .automatic,
    threadCount: Int = WorkerPool.defaultThreadCount,
    onProgress: @escaping @Sendable (Double) -> Void = { _ in }
  ) {
    self.quantization = quantization
    self.computeType = computeType
    self.threadCount = threadCount
    self.onProgress = onProgress
  }

  /// Has `source` bind weights so, of a model of `layerCount` layers whose matrices have `elementCount` numbers.
  func apply(to source: WeightSource, layerCount: Int, elementCount: Double) {
    source.computeType = computeType
    guard let quantization else { return }
    var doneCount = 0.0
    source.quantizer = WeightQuantizer(
      quantization,
      layerCount: layerCount,
      on: WorkerPool(threadCount: threadCount)
    ) { [onProgress] count in
      doneCount += Double(count)
      onProgress(min(1, doneCount / max(1, elementCount)))
    }
  }
}
