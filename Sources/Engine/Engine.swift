public import Models
public import Prompts
import Sampling
import Tensors
import Tokenization

/// Runs generations on one model, one after the other.
///
/// Not `Sendable`: one thread owns it.
public final class Engine {
  /// Positions read per step of a prompt; results do not depend on it.
  public static let defaultPositionsPerStep = 256

  private let model: any CausalLM
  private let tokenizer: Tokenizer
  private let endTokens: Set<TokenID>
  private let pool: WorkerPool
  private let positionsPerStep: Int
  /// The most positions of one generation, prompt and output together.
  public let contextLength: Int

  /// An engine for `loaded` with `threadCount` threads.
  ///
  /// - Throws: `ModelError` for what is wrong with the model's files.
  public init(
    _ loaded: LoadedModel,
    threadCount: Int,
    contextLength: Int? = nil,
    positionsPerStep: Int = Engine.defaultPositionsPerStep
  ) throws {
    precondition(positionsPerStep > 0, "\(positionsPerStep) positions per step")
    model = try loaded.model()
    tokenizer = loaded.tokenizer
    endTokens = try loaded.endTokens()
    pool = WorkerPool(threadCount: threadCount)
    self.positionsPerStep = positionsPerStep
    let limit = model.configuration.contextLength
    self.contextLength = min(contextLength ?? limit, limit)
  }

  /// The logits of the prompt's last position, [1, vocabulary].
  ///
  /// - Throws: `PromptError`; `KeyValueCacheError` when memory is short.
  public func lastLogits(of prompt: Prompt) throws -> Logits {
    try prompt.validate(for: model.configuration, contextLength: contextLength)
    var cache = try makeCache(positionCount: prompt.length)
    return read(prompt, into: &cache)
  }

  /// Completes `request`; `output` hears each piece of text as soon as it is certain.
  ///
  /// - Throws: `PromptError`; `KeyValueCacheError` when memory is short; what `output` throws.
  public func generate(
    _ request: GenerationRequest,
    output: (String) throws -> Void
  ) throws -> GenerationResult {
    let prompt = request.prompt
    try prompt.validate(for: model.configuration, contextLength: contextLength)
    let room = contextLength - prompt.length
    let limit = min(request.maxTokens ?? room, room)
    var cache = try makeCache(positionCount: prompt.length + limit)
    var sampler = Sampler(request.sampling)
    var text = GeneratedText(tokenizer: tokenizer, stop: request.stop)
    var tokens: [TokenID] = []
    var finishReason = FinishReason.length

    let clock = ContinuousClock()
    let start = clock.now
    var logits = read(prompt, into: &cache)
    var firstTokenTime = clock.now
    while tokens.count < limit {
      let token = sampler.sample(logits)
      if tokens.isEmpty { firstTokenTime = clock.now }
      tokens.append(token)
      if endTokens.contains(token), !request.ignoresEnd {
        finishReason = .stop
        break
      }
      try text.append(token, output)
      if text.isStopped {
        finishReason = .stop
        break
      }
      guard tokens.count < limit else { break }
      let embeddings = model.embed(CollectionOfOne(token))
      logits = step(embeddings, at: prompt.length + tokens.count - 1, &cache)
    }
    try text.finish(output)
    return GenerationResult(
      text: text.output,
      tokens: tokens,
      finishReason: finishReason,
      promptLength: prompt.length,
      promptSeconds: (firstTokenTime - start).seconds,
      decodeSeconds: (clock.now - firstTokenTime).seconds
    )
  }

  private func makeCache(positionCount: Int) throws -> KeyValueCache {
    let c = model.configuration
    let blockCount = (positionCount + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
    return try KeyValueCache(
      layerCount: c.layerCount,
      keyValueHeadCount: c.keyValueHeadCount,
      headSize: c.headSize,
      blockCount: blockCount
    )
  }

  /// Reads all of `prompt` in steps; returns the logits of its last position, [1, vocabulary].
  private func read(_ prompt: Prompt, into cache: inout KeyValueCache) -> Logits {
    var start = 0
    while true {
      let end = min(start + positionsPerStep, prompt.length)
      let embeddings = prompt.embeddings(in: start..<end) { model.embed($0) }
      if end == prompt.length { return step(embeddings, at: start, &cache) }
      _ = forward(embeddings, at: start, &cache)
      start = end
    }
  }

  /// Runs `embeddings`, [n, hidden], at positions from `start`; logits of the last one, [1, vocabulary].
  private func step(
    _ embeddings: Embeddings,
    at start: Int,
    _ cache: inout KeyValueCache
  ) -> Logits {
    let hidden = forward(embeddings, at: start, &cache).rows
    let last = HiddenStates(rows: hidden.rows(hidden.rowCount - 1..<hidden.rowCount))
    return model.logits(last, on: pool)
  }

  private func forward(
    _ embeddings: Embeddings,
    at start: Int,
    _ cache: inout KeyValueCache
  ) -> HiddenStates {
    let end = start + embeddings.rows.rowCount
    let blockCount = (end + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
    let layout = BatchLayout(slices: [
      BatchLayout.Slice(
        rows: 0..<embeddings.rows.rowCount,
        firstPosition: start,
        blocks: Array(0..<blockCount)
      )
    ])
    return model.forward(embeddings, layout, &cache, on: pool)
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
