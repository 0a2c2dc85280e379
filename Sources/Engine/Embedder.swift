import Models
import Synchronization
public import Tensors
public import Tokenization

/// Turns texts into vectors for callers on any thread; one thread computes, a batch at a time.
///
/// Texts of requests that come at the same time share batches.
public final class Embedder: Sendable {
  private struct State {
    var queue = EmbeddingQueue()
    var lastID = 0
    /// Whether the thread knows that there is something to do.
    var isScheduled = false
  }

  /// The model that makes the vectors.
  public let model: EmbeddingModel
  /// The most tokens of one text.
  public let maxTextLength: Int
  private let perform:
    @Sendable (@escaping @Sendable (WorkerPool) -> Void) throws(EngineError) -> Void
  private let state = Mutex(State())

  /// Runs `model` on a thread of its own, which computes with `threadCount` in all.
  ///
  /// `maxTextLength` may lower the model's own limit.
  /// - Throws: `EngineError.noThread`.
  public init(
    _ model: EmbeddingModel,
    maxTextLength: Int? = nil,
    threadCount: Int = WorkerPool.defaultThreadCount
  ) throws(EngineError) {
    let thread = try WorkThread()
    let pool = WorkerPool(threadCount: threadCount)
    self.model = model
    self.maxTextLength = min(maxTextLength ?? .max, model.lengthLimit)
    perform = { work throws(EngineError) in try thread.perform { work(pool) } }
  }

  /// Uses the decoder that `engine` runs, the one of `loaded`, on the engine's thread: a batch runs
  /// between two of its steps.
  ///
  /// - Throws: `ModelError` for files that say how to make vectors and are wrong.
  public init(_ loaded: LoadedModel, on engine: InferenceEngine) throws {
    model = try EmbeddingModel(loaded, engine.model)
    maxTextLength = min(engine.maxModelLength, model.lengthLimit)
    perform = { work throws(EngineError) in try engine.perform(work) }
  }

  /// Requests that are not done.
  public var requestCount: Int { state.withLock { $0.queue.count } }

  /// The vectors of `texts`, given as tokens, none of them empty: [texts, kept], in their order.
  ///
  /// They do not depend on what else is asked for. Cancelling the task ends the request.
  /// - Throws: `KeyValueCacheError` when memory is short; `EngineError.shutDown`;
  ///   `CancellationError`.
  public func vectors(of texts: [[TokenID]], pooling: Pooling? = nil) async throws -> Matrix {
    let pooling = pooling ?? model.pooling
    let width = min(pooling.componentCount ?? model.width, model.width)
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isNews = state.withLock { state in
          state.queue.add(id, texts, pooling, width: width, continuation)
          defer { state.isScheduled = true }
          return !state.isScheduled
        }
        if Task.isCancelled { cancel(id) }
        if isNews { schedule() }
      }
    } onCancel: {
      cancel(id)
    }
  }

  private func cancel(_ id: Int) {
    state.withLock { $0.queue.remove(id) }?.resume(throwing: CancellationError())
  }

  private func schedule() {
    do throws(EngineError) {
      try perform { [self] pool in computeBatch(on: pool) }
    } catch {
      let orphans = state.withLock { state in
        state.isScheduled = false
        return state.queue.removeAll()
      }
      for continuation in orphans { continuation.resume(throwing: error) }
    }
  }

  private func computeBatch(on pool: WorkerPool) {
    let next = state.withLock { $0.queue.next(tokenCount: EmbeddingModel.tokensPerBatch) }
    if let batch = next {
      do {
        let vectors = try model.vectors(of: batch.texts, pooling: batch.pooling, on: pool)
        let done = state.withLock { $0.queue.complete(batch, vectors) }
        for (continuation, vectors) in done { continuation.resume(returning: vectors) }
      } catch {
        let failed = state.withLock { $0.queue.abandon(batch) }
        for continuation in failed { continuation.resume(throwing: error) }
      }
    }
    let isDone = state.withLock { state in
      state.isScheduled = state.queue.count > 0
      return !state.isScheduled
    }
    if !isDone { schedule() }
  }
}
