public import Models
public import Prompts
import Sampling
import Tensors
import Tokenization

/// Runs generations on one model, as many at once as its options allow.
///
/// Not `Sendable`: one thread owns it.
public final class Engine {
  /// What is to be heard of one generation.
  struct Output {
    let generation: Int
    let event: GenerationEvent
  }

  let model: any CausalLM
  let pool: WorkerPool
  let clock = ContinuousClock()
  /// What has been done, and is done now.
  let recorder = StatisticsRecorder()
  private(set) var generations: [Int: Generation] = [:]
  private let tokenizer: Tokenizer
  private let endTokens: Set<TokenID>
  private let cachesPrefixes: Bool
  private var scheduler: Scheduler
  private var cache: KeyValueCache
  private var tokenRows: TokenRows?
  /// The most positions of one generation, prompt and output together.
  public let maxModelLength: Int

  /// An engine for `loaded`.
  ///
  /// - Throws: `ModelError` for what is wrong with the model's files; `KeyValueCacheError` when
  ///   memory is short.
  public convenience init(_ loaded: LoadedModel, _ options: EngineOptions) throws {
    try self.init(
      try loaded.model(),
      tokenizer: loaded.tokenizer,
      endTokens: try loaded.endTokens(),
      options
    )
  }

  /// An engine for `model`, whose tokens `tokenizer` spells and `endTokens` end.
  ///
  /// - Throws: `KeyValueCacheError`.
  init(
    _ model: any CausalLM,
    tokenizer: Tokenizer,
    endTokens: Set<TokenID>,
    _ options: EngineOptions
  ) throws {
    self.model = model
    self.tokenizer = tokenizer
    self.endTokens = endTokens
    cachesPrefixes = options.enablesPrefixCaching
    pool = WorkerPool(threadCount: options.threadCount)
    let c = model.configuration
    maxModelLength = max(1, min(options.maxModelLength ?? c.contextLength, c.contextLength))
    let type = options.kvCacheType ?? model.cacheType
    cache = try KeyValueCache(
      layerCount: c.layerCount,
      keyValueHeadCount: c.keyValueHeadCount,
      headSize: c.headSize,
      blockCount: options.blockCount(for: c, type, maxModelLength: maxModelLength),
      type: type
    )
    scheduler = Scheduler(
      blockCount: cache.blockCount,
      maxRunningCount: options.maxSequenceCount,
      positionsPerStep: options.maxBatchedPositions
    )
  }

  /// What contradicts itself in the scheduler, or `nil`.
  var invariantFault: String? { scheduler.invariantFault() }

  /// Checks `request` for a model of `configuration`, and returns the most tokens it may generate.
  ///
  /// - Throws: `PromptError`; `EngineError.neverFits`.
  static func limit(
    of request: GenerationRequest,
    _ configuration: Configuration,
    maxModelLength: Int,
    capacity: Int
  ) throws -> Int {
    try request.prompt.validate(for: configuration, contextLength: maxModelLength)
    let length = request.prompt.length
    guard length <= capacity else {
      throw EngineError.neverFits(positionCount: length, capacity: capacity)
    }
    // The last token is never read, so it needs no place in the cache.
    let room = maxModelLength - length
    guard let wanted = request.maxTokens else { return min(room, capacity + 1 - length) }
    let limit = max(0, min(wanted, room))
    guard length + limit - 1 <= capacity else {
      throw EngineError.neverFits(positionCount: length + limit - 1, capacity: capacity)
    }
    return limit
  }

  /// Positions that the key/value cache holds.
  var capacity: Int { scheduler.capacity }

  /// Takes up `request` as generation `id`, a number not in use; its events come from `step()`.
  ///
  /// - Throws: `PromptError`; `EngineError.neverFits`.
  func add(_ request: GenerationRequest, id: Int, arrival: ContinuousClock.Instant) throws {
    let limit = try Self.limit(
      of: request,
      model.configuration,
      maxModelLength: maxModelLength,
      capacity: capacity
    )
    let generation = Generation(
      id: id,
      request,
      limit: limit,
      promptTokens: tokens(of: request),
      tokenizer: tokenizer,
      endTokens: endTokens,
      arrival: arrival
    )
    try scheduler.add(
      id,
      length: generation.promptLength,
      maximumLength: generation.promptLength + limit - 1,
      keys: cachesPrefixes ? generation.makePromptKeys() : [],
      readsCache: request.promptLogprobCount == nil
    )
    generations[id] = generation
  }

  /// Ends generation `id`, if it runs or waits; returns what it came to.
  func abort(_ id: Int) -> GenerationResult? {
    guard let generation = generations[id] else { return nil }
    let result = end(generation, .abort, nil, at: clock.now)
    recorder.note(scheduler)
    return result
  }

  /// Advances every scheduled generation; returns what is to be heard, or `nil` when nothing is left to do.
  func step() -> [Output]? {
    guard let batch = scheduler.next() else { return nil }
    let start = clock.now
    for (id, cachedCount) in batch.admitted {
      guard let generation = generations[id], generation.scheduled == nil else { continue }
      generation.scheduled = start
      generation.cachedPromptLength = cachedCount
    }
    let hidden = forward(batch)
    scheduler.complete(batch)
    var outputs: [Output] = []
    readLogits(of: batch, hidden, &outputs)
    recorder.note(scheduler, positionCount: batch.positionCount)
    return outputs
  }

  /// The logits of the prompt's last position, [1, vocabulary]; nothing else may be running.
  ///
  /// - Throws: `PromptError`; `EngineError.neverFits`.
  public func lastLogits(of prompt: Prompt) throws -> Logits {
    precondition(scheduler.isIdle, "\(generations.count) generations are running")
    try add(GenerationRequest(prompt: prompt, maxTokens: 1), id: 0, arrival: clock.now)
    defer { _ = abort(0) }
    var last = Matrix(rowCount: 0, columnCount: model.configuration.hiddenSize)
    while let batch = scheduler.next() {
      let hidden = forward(batch).rows
      scheduler.complete(batch)
      last = hidden.rows(hidden.rowCount - 1..<hidden.rowCount)
      if batch.slices.contains(where: \.isLast) { break }
    }
    return model.logits(HiddenStates(rows: last), on: pool)
  }

  /// Completes `request`; `output` hears each piece of text as soon as it is certain.
  ///
  /// Nothing else may be running.
  /// - Throws: `PromptError`; `EngineError.neverFits`; what `output` throws.
  public func generate(
    _ request: GenerationRequest,
    output: (String) throws -> Void
  ) throws -> GenerationResult {
    precondition(scheduler.isIdle, "\(generations.count) generations are running")
    try add(request, id: 0, arrival: clock.now)
    // Only where `output` throws is something left to end.
    defer { _ = abort(0) }
    while let outputs = step() {
      for out in outputs {
        switch out.event {
        case .promptLogprobs: break
        case .piece(let text, _, _): if !text.isEmpty { try output(text) }
        case .finished(let result): return result
        }
      }
    }
    throw EngineError.shutDown
  }

  /// The tokens of `request` by position, rows that equal a token's counting as that token.
  private func tokens(of request: GenerationRequest) -> [TokenID?] {
    let wantsTokens =
      cachesPrefixes || request.sampling.repetitionPenalty != 1
      || request.promptLogprobCount != nil
    guard wantsTokens else {
      return [TokenID?](repeating: nil, count: request.prompt.length)
    }
    var all: [TokenID?] = []
    for segment in request.prompt.segments {
      switch segment {
      case .tokens(let tokens): all += tokens.map(Optional.some)
      case .embeddings(let embeddings):
        let table = tokenRows ?? TokenRows(model)
        tokenRows = table
        all += (0..<segment.length).map { table.token(for: embeddings.row($0)) }
      }
    }
    return all
  }

  /// Runs the positions of `batch` through the model: their hidden states, [positions, hidden].
  private func forward(_ batch: Batch) -> HiddenStates {
    var input = StepInput(model)
    for slice in batch.slices {
      generations[slice.generation]?.append(slice.positions, to: &input)
    }
    return model.forward(input.embeddings(), batch.layout, &cache, on: pool)
  }

  /// Takes a chosen token, and lets the generation go on or end.
  func take(
    _ token: TokenID,
    _ logprobs: TokenLogprobs?,
    _ generation: Generation,
    at now: ContinuousClock.Instant,
    _ outputs: inout [Output]
  ) {
    recorder.noteToken(of: generation, at: now)
    let (piece, end) = generation.take(token, at: now)
    outputs.append(
      Output(
        generation: generation.id,
        event: .piece(text: piece, tokens: [token], logprobs: logprobs.map { [$0] } ?? [])
      )
    )
    if let (finishReason, stopReason) = end {
      let result = self.end(generation, finishReason, stopReason, at: now)
      outputs.append(Output(generation: generation.id, event: .finished(result)))
    } else {
      scheduler.grow(generation.id, key: generation.makeKey(of: token))
    }
  }

  /// Forgets `generation`, which ended; returns what it came to.
  func end(
    _ generation: Generation,
    _ finishReason: FinishReason,
    _ stopReason: StopReason?,
    at now: ContinuousClock.Instant
  ) -> GenerationResult {
    scheduler.remove(generation.id)
    generations[generation.id] = nil
    let result = generation.result(finishReason, stopReason, at: now)
    recorder.noteEnd(result)
    return result
  }
}
