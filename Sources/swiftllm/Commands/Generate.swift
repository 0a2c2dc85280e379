import ArgumentParsing
import Engine
import JSON
import Models
import Prompts
import Sampling
import TensorSerialization
import Tensors
import Tokenization

/// What `swiftllm generate` is asked to do.
struct GenerateOptions: Sendable {
  var model = ModelOptions()
  var prompt = PromptOptions()
  var maxTokens = 128
  var sampling = SamplingParameters()
  var stop: [String] = []
  var ignoresEnd = false
  var printsJSON = false
  var isQuiet = false
  var isVerbose = false
  var logitsFile: String?
  var batch = BatchOptions()
  var output: String?
  var modelNames: [String] = []
  var maxSequenceCount: Int?
}

let generateCommand = Command<GenerateOptions>(
  name: "generate",
  summary: "Complete a prompt given as text, chat, token ids or embeddings.",
  initial: GenerateOptions(),
  groups: [
    OptionGroup(
      "Input",
      [ModelOptions.modelOption.nested(in: \.model)]
        + PromptOptions.options.map { $0.nested(in: \.prompt) } + GenerateBatch.inputOptions
    ),
    OptionGroup(
      "Sampling",
      [
        .value(
          "max-tokens",
          short: "n",
          "COUNT",
          \.maxTokens,
          "stop after COUNT tokens",
          expecting: .atLeast(1)
        ),
        .value(
          "temperature",
          short: "t",
          "NUMBER",
          \.sampling.temperature,
          "0 always picks the likeliest token",
          expecting: .atLeast(0)
        ),
        .value(
          "top-k",
          "COUNT",
          \.sampling.topK,
          "draw from the COUNT likeliest tokens; 0 is all",
          expecting: .atLeast(0)
        ),
        .value(
          "top-p",
          "SHARE",
          \.sampling.topP,
          "draw from the likeliest tokens that reach SHARE",
          expecting: Expectation("a number above 0 and up to 1") { $0 > 0 && $0 <= 1 }
        ),
        .value(
          "min-p",
          "SHARE",
          \.sampling.minP,
          "draw from tokens at least SHARE as likely as the likeliest",
          expecting: .within(0...1)
        ),
        .value("seed", "NUMBER", \.sampling.seed, "make the same draws every time"),
        .list("stop", "TEXT", \.stop, "end the output before TEXT; may be repeated"),
        .flag("ignore-eos", \.ignoresEnd, "go on at the model's end tokens"),
      ]
    ),
    OptionGroup(
      "Output",
      [
        .flag("json", \.printsJSON, "print one JSON object: text, tokens, usage, timings"),
        .flag("quiet", short: "q", \.isQuiet, "say nothing but errors on standard error"),
        .flag("verbose", short: "v", \.isVerbose, "tell the speed on standard error"),
        Option.path(
          "dump-logits",
          "FILE",
          \.logitsFile,
          "write the last position's logits as npy and stop"
        ).hidden(),
      ] + GenerateBatch.outputOptions
    ),
    OptionGroup(
      "Resources",
      ModelOptions.computingOptions.map { $0.nested(in: \.model) }
        + [GenerateBatch.sequencesOption]
    ),
  ],
  operands: .repeated(
    "PROMPT",
    \.prompt.parts,
    "text to complete; - or nothing reads standard input"
  ) { (text) throws(InvalidValue) in .text(text) },
  examples: [
    Example("swiftllm generate \"The capital of France is\"", "Complete a text."),
    Example("swiftllm generate --chat \"What is the capital of France?\"", "Ask a question."),
    Example(
      "swiftllm encode-embeds \"Once upon a time\" | swiftllm generate -e -",
      "Read the prompt as embeddings."
    ),
    Example(
      "swiftllm generate -t 0.8 --seed 7 -n 40 \"Once upon a time\"",
      "Draw tokens, the same ones every time."
    ),
    Example(
      "swiftllm generate --input requests.jsonl -o results.jsonl",
      "Answer each line of a file, many at once."
    ),
  ],
  run: generate
)

@Sendable private func generate(_ options: GenerateOptions) async throws {
  try GenerateBatch.validate(options)
  if let path = options.batch.input { return try await GenerateBatch.run(options, path: path) }
  try options.prompt.validate()
  let clock = ContinuousClock()
  let start = clock.now
  let model = try options.model.load(isQuiet: options.isQuiet)
  let prompt = try options.prompt.read(for: model, isFollowed: true)
  let engine = try Engine(
    model,
    EngineOptions(
      maxSequenceCount: 1,
      kvCacheType: options.model.keyValueType,
      threadCount: options.model.threadCount ?? WorkerPool.defaultThreadCount,
      enablesPrefixCaching: false
    )
  )
  if let file = options.logitsFile {
    let logits = try engine.lastLogits(of: prompt).rows
    try OutputFile.write(try NpyFile.write(try Tensor(logits, as: .float32)), to: file)
    return
  }
  let loaded = clock.now - start

  let request = GenerationRequest(
    prompt: prompt,
    sampling: options.sampling,
    maxTokens: options.maxTokens,
    stop: options.stop,
    ignoresEnd: options.ignoresEnd
  )
  let result = try engine.generate(request) { piece in
    if !options.printsJSON { try StandardOutput.write(piece) }
  }
  try StandardOutput.write(options.printsJSON ? result.json.text + "\n" : "\n")
  if options.isVerbose, !options.isQuiet {
    StandardError.write(line: result.speedLine(loading: loaded))
  }
}

extension GenerationResult {
  /// The object that `--json` prints; its fields are documented in the manual.
  fileprivate var json: JSON {
    [
      "text": .string(text),
      "token_ids": .array(tokens.map { .integer(Int($0.rawValue)) }),
      "finish_reason": .string(finishReason.rawValue),
      "usage": [
        "prompt_tokens": .integer(promptLength),
        "completion_tokens": .integer(tokens.count),
        "total_tokens": .integer(promptLength + tokens.count),
      ],
      "timings": [
        "prompt_seconds": .number(promptSeconds),
        "prompt_tokens_per_second": .number(promptTokensPerSecond),
        "decode_seconds": .number(decodeSeconds),
        "decode_tokens_per_second": .number(decodeTokensPerSecond),
      ],
    ]
  }

  /// One line for people: how long loading, prompt and decoding took.
  fileprivate func speedLine(loading: Duration) -> String {
    func fixed(_ value: Double) -> String {
      let tenths = Int((value * 10).rounded())
      return "\(tenths / 10).\(tenths % 10)"
    }
    let loadingSeconds =
      Double(loading.components.seconds) + Double(loading.components.attoseconds) * 1e-18
    return "load \(fixed(loadingSeconds * 1000)) ms; prompt \(promptLength) tokens in "
      + "\(fixed(promptSeconds * 1000)) ms, \(fixed(promptTokensPerSecond)) tokens/s; "
      + "decode \(max(tokens.count - 1, 0)) tokens in \(fixed(decodeSeconds * 1000)) ms, "
      + "\(fixed(decodeTokensPerSecond)) tokens/s"
  }
}
