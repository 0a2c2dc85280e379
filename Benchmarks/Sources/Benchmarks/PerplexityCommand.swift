import ArgumentParsing
import Engine
import Glibc
import JSON
import Prompts
import Tensors
import Tokenization

/// What `Benchmarks perplexity` is asked to measure.
struct PerplexityOptions: Sendable {
  var model = ""
  var textPath = ""
  var contextLength = 512
  var chunkLimit: Int?
  var settings = ModelSettings()
  var isVerbose = false
}

/// As llama.cpp's llama-perplexity: the text's tokens in chunks of the context's length, each read by
/// itself, with a token that begins texts, where the model has one, in place of its first; the second half
/// is scored.
///
/// Source: llama.cpp/tools/perplexity/perplexity.cpp, `perplexity`; common/arg.cpp, "--file"
let perplexityCommand = Command<PerplexityOptions>(
  name: "perplexity",
  summary: "Measure how well a model predicts a text, as llama-perplexity does.",
  initial: PerplexityOptions(),
  options: ModelSettings.options.map { $0.nested(in: \.settings) } + [
    Option.path("model", short: "m", "MODEL", \.model, "a directory or GGUF file"),
    .value(
      "context",
      short: "c",
      "LENGTH",
      \.contextLength,
      "tokens of a chunk",
      expecting: .atLeast(4)
    ),
    .value("chunks", "COUNT", \.chunkLimit, "the first COUNT chunks", expecting: .atLeast(1)),
    .flag("verbose", short: "v", \.isVerbose, "tell of each chunk on standard error"),
  ],
  operands: .required("FILE", \.textPath, "the text")
) { options in
  let loaded = try LoadedModel(
    path: options.model,
    LoadingOptions(computeType: options.settings.computeType)
  )
  var bytes = try SharedBytes.mapping(path: options.textPath).array
  if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
  let text = String(decoding: bytes, as: UTF8.self)
  let tokenizer = loaded.tokenizer
  func encode(_ text: String) throws -> [TokenID] {
    try tokenizer.encode(text, addSpecialTokens: true, parseSpecialTokens: false)
  }
  let tokens = try encode(text)
  // What an empty text begins with begins every text.
  let first = try encode("").first.flatMap { tokens.first == $0 ? $0 : nil }
  let length = options.contextLength
  let count = min(options.chunkLimit ?? .max, tokens.count / length)
  guard tokens.count >= 2 * length else {
    throw BenchmarkError("the text has \(tokens.count) tokens, expected \(2 * length) or more")
  }
  let engine = try InferenceEngine(
    loaded,
    EngineOptions(
      maxModelLength: length + 1,
      maxSequenceCount: 1,
      kvCacheType: options.settings.cacheType,
      threadCount: options.settings.threadCount ?? WorkerPool.defaultThreadCount,
      enablesPrefixCaching: false
    )
  )
  defer { engine.shutdown() }
  var score = Score()
  for index in 0..<count {
    var chunk = Array(tokens[index * length..<(index + 1) * length])
    if let first { chunk[0] = first }
    let logprobs = try await logprobs(of: chunk, engine)
    for position in length / 2 + 1..<length {
      guard let logprob = logprobs[position]?.logprob else { continue }
      score.add(Double(logprob))
    }
    if options.isVerbose { Output.error("[\(index + 1)] \(score.perplexity)\n") }
  }
  var line = JSONObject()
  line["model"] = .string(baseName(of: options.model))
  line["tokens"] = .integer(tokens.count)
  line["chunks"] = .integer(count)
  line["context"] = .integer(length)
  line["scored"] = .integer(score.count)
  line["perplexity"] = .number(score.perplexity)
  line["standard_error"] = .number(score.standardError)
  Output.result(.object(line))
}

/// The logarithms of the probabilities of tokens.
private struct Score {
  private(set) var count = 0
  private var sum = 0.0
  private var sumOfSquares = 0.0

  mutating func add(_ logprob: Double) {
    count += 1
    sum -= logprob
    sumOfSquares += logprob * logprob
  }

  var perplexity: Double { exp(sum / Double(count)) }

  var standardError: Double {
    let mean = sum / Double(count)
    let variance = sumOfSquares / Double(count) - mean * mean
    return perplexity * (max(0, variance) / Double(max(1, count - 1))).squareRoot()
  }
}

/// How likely each token of `chunk` was after those before it.
private func logprobs(
  of chunk: [TokenID],
  _ engine: InferenceEngine
) async throws -> [TokenLogprobs?] {
  let request = GenerationRequest(
    prompt: Prompt([.tokens(chunk)]),
    maxTokens: 0,
    promptLogprobCount: 0
  )
  var result: [TokenLogprobs?] = []
  for try await event in try engine.generate(request) {
    if case .promptLogprobs(let logprobs) = event { result = logprobs }
  }
  guard result.count == chunk.count else { throw BenchmarkError("the engine scored nothing") }
  return result
}
