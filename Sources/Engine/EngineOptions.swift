public import Tensors

/// How much an engine takes on at once, and what it may use for it.
public struct EngineOptions: Sendable {
  /// The most positions of one generation, prompt and output together; `nil` for the model's own limit.
  public var maxModelLength: Int?
  /// The most generations that run at once; others wait.
  public var maxSequenceCount: Int
  /// The most positions that go through the model in one step; results do not depend on it.
  public var maxBatchedPositions: Int
  /// Bytes for keys and values; `nil` for enough for several full generations, as memory allows.
  public var kvCacheByteCount: Int?
  /// How keys and values are stored; `nil` for what suits the model's weights.
  public var kvCacheType: KeyValueCache.ElementType?
  /// Threads that compute.
  public var threadCount: Int
  /// Whether generations that begin alike share what was computed of their beginnings.
  public var enablesPrefixCaching: Bool

  /// Options of a server, unless told otherwise.
  public init(
    maxModelLength: Int? = nil,
    maxSequenceCount: Int = 256,
    maxBatchedPositions: Int = 512,
    kvCacheByteCount: Int? = nil,
    kvCacheType: KeyValueCache.ElementType? = nil,
    threadCount: Int = WorkerPool.defaultThreadCount,
    enablesPrefixCaching: Bool = true
  ) {
    self.maxModelLength = maxModelLength
    self.maxSequenceCount = maxSequenceCount
    self.maxBatchedPositions = maxBatchedPositions
    self.kvCacheByteCount = kvCacheByteCount
    self.kvCacheType = kvCacheType
    self.threadCount = threadCount
    self.enablesPrefixCaching = enablesPrefixCaching
  }
}
