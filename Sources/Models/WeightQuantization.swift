public import Tensors

/// What the matrices of a float checkpoint are rounded to at load.
///
/// Tables that are only looked up stay as they are, so that rows of prompt embeddings do not depend on
/// it; a table that is the head as well is rounded for that use alone.
///
/// Source: llama.cpp/src/llama-quant.cpp, llama_tensor_get_type; Q4_K is its mixture Q4_K_M.
public enum WeightQuantization: String, Sendable, CaseIterable {
  case q8_0, q4_0
  case q4K = "q4_k"

  /// What a matrix becomes whose weight is called `name`; nil where rows are no whole blocks.
  func dtype(of name: String, columnCount: Int, layerCount: Int) -> DType? {
    guard columnCount % DType.q8_0.blockElementCount == 0 else { return nil }
    guard columnCount % DType.q4K.blockElementCount != 0 else {
      return usualType(of: name, layerCount: layerCount)
    }
    switch usualType(of: name, layerCount: layerCount) {
    case .q6K: return .q8_0
    case .q4K: return .q5_0
    case let other: return other
    }
  }

  private func usualType(of name: String, layerCount: Int) -> DType {
    if self == .q8_0 { return .q8_0 }
    let parts = name.split(separator: ".")
    guard parts.first != "lm_head", !parts.contains("embed_tokens") else { return .q6K }
    guard self == .q4K else { return .q4_0 }
    let needsMore = parts.contains("v_proj") || parts.contains("down_proj")
    guard needsMore, let layer = parts.lazy.compactMap({ Int($0) }).first else { return .q4K }
    let eighth = layerCount / 8
    let getsMore =
      layer < eighth || layer >= 7 * layerCount / 8 || (layer - eighth) % 3 == 2
    return getsMore ? .q6K : .q4K
  }
}

/// Rounds weights as they are bound.
///
/// A class because all scopes of one model share its threads and count what is done.
public final class WeightQuantizer {
  private let kind: WeightQuantization
  private let layerCount: Int
  private let pool: WorkerPool
  private let onProgress: (_ elementCount: Int) -> Void

  /// Rounds to `kind` on the threads of `pool`, in a model of `layerCount` layers.
  ///
  /// `onProgress` is told how many numbers have been rounded since it was told before.
  public init(
    _ kind: WeightQuantization,
    layerCount: Int,
    on pool: WorkerPool,
    onProgress: @escaping (_ elementCount: Int) -> Void
  ) {
    self.kind = kind
    self.layerCount = layerCount
    self.pool = pool
    self.onProgress = onProgress
  }

  /// `matrix`, which is bound as `name`, rounded; itself where its rows are no whole blocks.
  ///
  /// - Throws: `ConfigurationError.alreadyQuantized`.
  func quantized(_ matrix: WeightMatrix, _ name: String) throws(ConfigurationError) -> WeightMatrix
  {
    guard !matrix.dtype.isQuantized else {
      throw .alreadyQuantized(weight: name, dtype: matrix.dtype.rawValue)
    }
    let columnCount = matrix.columnCount
    guard let dtype = kind.dtype(of: name, columnCount: columnCount, layerCount: layerCount) else {
      return matrix
    }
    return matrix.quantized(as: dtype, on: pool) { onProgress($0 * columnCount) } ?? matrix
  }
}
