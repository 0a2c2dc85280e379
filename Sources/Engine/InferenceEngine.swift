public import Models
public import Prompts
import Tensors

/// Runs many generations at once on one model, for callers on any thread.
///
/// One thread of its own owns model, scheduler and cache; nothing computes on the callers' threads.
public final class InferenceEngine: Sendable {
  /// The most positions of one generation, prompt and output together.
  public let maxModelLength: Int
  /// What the model is made of.
  public let configuration: Configuration
  /// The model that runs.
  let model: any CausalLM
  private let table: EmbeddingTable
  private let worker: EngineThread

  /// Starts an engine on the model `loaded`.
  ///
  /// - Throws: `ModelError` for what is wrong with the model's files; `KeyValueCacheError` when
  ///   memory is short; `EngineError.noThread`.
  public init(_ loaded: LoadedModel, _ options: EngineOptions = EngineOptions()) throws {
    let engine = try Engine(loaded, options)
    maxModelLength = engine.maxModelLength
    configuration = loaded.configuration
    model = engine.model
    table = try loaded.embeddingTable()
    worker = try EngineThread(engine)
  }

  deinit { worker.shutdown() }

  /// Takes up `request`; the stream tells what comes of it, and `finished` is its last event.
  ///
  /// Dropping the stream, or cancelling the task that reads it, ends the generation within a step.
  ///
  /// - Throws: `PromptError` or `EngineError`, at once, for a request that cannot run.
  public func generate(
    _ request: GenerationRequest
  ) throws -> AsyncThrowingStream<GenerationEvent, any Error> {
    try worker.generate(request)
  }

  /// Has `work` done on the engine's thread, with its threads that compute, between two steps.
  ///
  /// - Throws: `EngineError.shutDown`.
  func perform(_ work: @escaping @Sendable (WorkerPool) -> Void) throws(EngineError) {
    try worker.perform(work)
  }

  /// What the engine has done, and does now.
  public func statistics() -> EngineStatistics { worker.statistics() }

  /// The rows that the model reads for `prompt`, [length, hidden]: looked up, or given.
  ///
  /// - Throws: `PromptError` for a token outside the vocabulary, or rows of another width.
  public func embeddings(of prompt: Prompt) throws(PromptError) -> Embeddings {
    try prompt.validateContent(for: configuration)
    return prompt.embeddings(in: 0..<prompt.length) { table.embed($0) }
  }

  /// Refuses new requests from now on, and returns when all that were taken up have ended.
  public func drain() async { await worker.drain() }

  /// Ends all generations as aborted, and the thread; new requests are refused.
  public func shutdown() { worker.shutdown() }
}
