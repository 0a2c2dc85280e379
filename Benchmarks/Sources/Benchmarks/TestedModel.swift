import Engine
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import Tokenization

/// A model being measured, opened once; only one engine for it at a time, so that memory is taken once.
final class TestedModel {
  /// Positions that the key/value cache of one stream holds: the longest cell, no more, so that its
  /// memory has been touched when a cell counts.
  private static let positionCount = 2048 + 256

  private enum Runner {
    case none
    case one(Engine)
    case many(InferenceEngine, sequenceCount: Int)
    case sentences(EmbeddingModel)
  }

  let path: String
  let weights: Weights
  let pool: WorkerPool
  let configuration: Configuration?
  let computeType: ComputeType
  let cacheType: KeyValueCache.ElementType
  private let loaded: LoadedModel?
  private var runner = Runner.none
  private var random = SystemRandomNumberGenerator()
  /// The prompt of each decode cell stays the same, so that only its first run computes it.
  private var contexts: [Int: Prompt] = [:]

  /// Opens the model at `path`, a decoder or an encoder of sentences.
  init(path: String, pool: WorkerPool, _ settings: ModelSettings) throws {
    self.path = path
    self.pool = pool
    weights = try Weights(path: path)
    computeType = settings.computeType
    loaded =
      try EmbeddingModel.isEncoder(path: path)
      ? nil : LoadedModel(path: path, LoadingOptions(computeType: computeType))
    cacheType = try settings.cacheType ?? loaded?.model().cacheType ?? .float32
    configuration = loaded?.configuration
  }

  /// Tokens read a second: a prompt of `count` random tokens, until the first token is chosen.
  func prefill(_ count: Int) throws -> Double {
    let prompt = try randomPrompt(count)
    let engine = try engine()
    let time = try seconds { _ = try engine.generate(request(prompt, 1)) { _ in } }
    return Double(count) / time
  }

  /// Tokens generated a second after a prompt of `context` tokens (0: of one), the first not counted.
  func decode(context: Int, count: Int) throws -> Double {
    let prompt = try contexts[context] ?? randomPrompt(max(1, context))
    contexts[context] = prompt
    let result = try engine().generate(request(prompt, count + 1)) { _ in }
    return Double(result.tokens.count - 1) / result.decodeSeconds
  }

  /// Tokens generated a second by all of `sequenceCount` streams with prompts of `promptLength`: the
  /// time for `count` more tokens each.
  func batch(_ sequenceCount: Int, promptLength: Int, count: Int) async throws -> Double {
    let long = try await batchSeconds(sequenceCount, promptLength, count + 1, room: count + 1)
    let short = try await batchSeconds(sequenceCount, promptLength, 1, room: count + 1)
    return Double(sequenceCount * count) / max(long - short, 1e-9)
  }

  /// Texts a second that become vectors, tokenizer included.
  func embed(_ texts: [String]) throws -> Double {
    let model = try embeddingModel()
    let time = try seconds {
      _ = try model.vectors(of: texts.map { try model.tokens(of: $0) }, on: pool)
    }
    return Double(texts.count) / time
  }

  /// Tokens that the model reads of `texts` in all.
  func tokenCount(of texts: [String]) throws -> Int {
    let model = try embeddingModel()
    return try texts.reduce(0) { try $0 + model.tokens(of: $1).count }
  }

  private func request(_ prompt: Prompt, _ count: Int) -> GenerationRequest {
    GenerationRequest(prompt: prompt, maxTokens: count, ignoresEnd: true)
  }

  private func randomPrompt(_ count: Int) throws -> Prompt {
    guard let configuration else { throw BenchmarkError("'\(path)' generates nothing") }
    // Special tokens stand at either end of the vocabularies.
    let size = UInt32(configuration.vocabularySize)
    let range = size > 1000 ? 100..<size - 300 : 0..<size
    return Prompt([
      .tokens((0..<count).map { _ in TokenID(.random(in: range, using: &random)) })
    ])
  }

  private func decoder() throws -> LoadedModel {
    guard let loaded else { throw BenchmarkError("'\(path)' generates nothing") }
    return loaded
  }

  private func cacheByteCount(_ positionCount: Int) throws -> Int {
    let c = try decoder().configuration
    let blockCount = (positionCount + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize
    return blockCount * KeyValueCache.blockSize * c.cachedBytesPerPosition(cacheType)
  }

  private func engine() throws -> Engine {
    if case .one(let engine) = runner { return engine }
    runner = .none
    let engine = try Engine(
      decoder(),
      EngineOptions(
        maxSequenceCount: 1,
        kvCacheByteCount: cacheByteCount(Self.positionCount),
        kvCacheType: cacheType,
        threadCount: pool.threadCount
      )
    )
    runner = .one(engine)
    return engine
  }

  private func batchSeconds(
    _ sequenceCount: Int,
    _ promptLength: Int,
    _ count: Int,
    room: Int
  ) async throws -> Double {
    let engine = try inferenceEngine(sequenceCount, positionCount: promptLength + room)
    let prompts = try (0..<sequenceCount).map { _ in try randomPrompt(promptLength) }
    let start = monotonicSeconds()
    let streams = try prompts.map { try engine.generate(request($0, count)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for stream in streams { group.addTask { for try await _ in stream {} } }
      try await group.waitForAll()
    }
    return monotonicSeconds() - start
  }

  private func inferenceEngine(
    _ sequenceCount: Int,
    positionCount: Int
  ) throws -> InferenceEngine {
    if case .many(let engine, sequenceCount) = runner { return engine }
    runner = .none
    let blocksPerSequence = positionCount / KeyValueCache.blockSize + 1
    let engine = try InferenceEngine(
      decoder(),
      EngineOptions(
        maxSequenceCount: sequenceCount,
        kvCacheByteCount: cacheByteCount(
          blocksPerSequence * KeyValueCache.blockSize * sequenceCount
        ),
        kvCacheType: cacheType,
        threadCount: pool.threadCount,
        enablesPrefixCaching: false
      )
    )
    runner = .many(engine, sequenceCount: sequenceCount)
    return engine
  }

  private func embeddingModel() throws -> EmbeddingModel {
    if case .sentences(let model) = runner { return model }
    runner = .none
    let model = try EmbeddingModel(path: path, LoadingOptions(computeType: computeType))
    runner = .sentences(model)
    return model
  }
}

extension Configuration {
  /// Bytes that a key/value cache of `type` holds for one position.
  func cachedBytesPerPosition(_ type: KeyValueCache.ElementType) -> Int {
    let blockByteCount = KeyValueCache.blockByteCount(
      layerCount: layerCount,
      keyValueHeadCount: keyValueHeadCount,
      headSize: headSize,
      type: type
    )
    return (blockByteCount ?? 0) / KeyValueCache.blockSize
  }

  /// Multiplications of scores and sums of values for `pairCount` pairs of positions.
  func multiplications(ofPairs pairCount: Double) -> Double {
    pairCount * Double(2 * layerCount * headCount * headSize)
  }

  /// Multiplications of the head for one position.
  var multiplicationsOfHead: Double { Double(hiddenSize * vocabularySize) }
}
