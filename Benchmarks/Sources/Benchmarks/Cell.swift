import JSON
import Models
import Tensors

/// One thing to measure of a model.
enum Cell {
  case prefill(Int)
  case decode(context: Int, count: Int)
  case batch(Int, promptLength: Int, count: Int)
  case embed([String])

  /// The cells of a model, as asked for on a command line.
  static func all(for model: TestedModel, _ options: CellOptions) throws -> [Cell] {
    guard model.configuration != nil else { return [.embed(try options.sentences())] }
    return options.prefillLengths.map { .prefill($0) }
      + options.contexts.map { .decode(context: $0, count: options.tokenCount) }
      + options.sequenceCounts.map {
        .batch($0, promptLength: options.batchPromptLength, count: options.batchTokenCount)
      }
  }

  /// Tokens (of `embed`: texts) a second, once.
  func run(_ model: TestedModel) async throws -> Double {
    switch self {
    case .prefill(let length): try model.prefill(length)
    case .decode(let context, let count): try model.decode(context: context, count: count)
    case .batch(let sequenceCount, let promptLength, let count):
      try await model.batch(sequenceCount, promptLength: promptLength, count: count)
    case .embed(let texts): try model.embed(texts)
    }
  }

  /// Says what it is in a line of results.
  func describe(in line: inout JSONObject) {
    switch self {
    case .prefill(let length):
      line["cell"] = "prefill"
      line["prompt"] = .integer(length)
    case .decode(let context, let count):
      line["cell"] = "decode"
      line["context"] = .integer(context)
      line["tokens"] = .integer(count)
    case .batch(let sequenceCount, let promptLength, let count):
      line["cell"] = "batch"
      line["sequences"] = .integer(sequenceCount)
      line["prompt"] = .integer(promptLength)
      line["tokens"] = .integer(count)
    case .embed(let texts):
      line["cell"] = "embed"
      line["texts"] = .integer(texts.count)
    }
  }

  var unit: String {
    if case .embed = self { "sentences_per_second" } else { "tokens_per_second" }
  }

  /// Bytes read, where reading them is what limits the speed, and multiplications, both for each of the
  /// things that are counted.
  func work(_ model: TestedModel) throws -> (bytes: Double?, multiplications: Double) {
    let weights = model.weights
    switch (self, model.configuration) {
    case (.prefill(let length), .some(let c)):
      let pairs = Double(length) * Double(length + 1) / 2
      let sum =
        Double(length) * weights.multiplicationsPerPosition + c.multiplications(ofPairs: pairs)
        + c.multiplicationsOfHead
      return (nil, sum / Double(length))
    case (.decode(let context, let count), .some(let c)):
      return step(c, model, sequences: 1, context: Double(max(1, context)) + Double(count) / 2)
    case (.batch(let sequences, let promptLength, let count), .some(let c)):
      return step(
        c,
        model,
        sequences: sequences,
        context: Double(promptLength) + Double(count) / 2
      )
    case (.embed(let texts), _):
      let tokens = try Double(model.tokenCount(of: texts)) / Double(texts.count)
      return (nil, tokens * weights.multiplicationsPerPosition)
    default: return (nil, .nan)
    }
  }

  private func step(
    _ c: Configuration,
    _ model: TestedModel,
    sequences: Int,
    context: Double
  ) -> (bytes: Double?, multiplications: Double) {
    let cached = Double(c.cachedBytesPerPosition(model.cacheType))
    return (
      Double(model.weights.byteCount) / Double(sequences) + context * cached,
      model.weights.multiplicationsPerPosition + c.multiplications(ofPairs: context)
        + c.multiplicationsOfHead
    )
  }
}
