import ArgumentParsing
import Engine
import JSON
import Sampling
import Server
import Tensors

/// `generate --input`: an answer for each line of a file.
enum GenerateBatch {
  static let inputOptions: [Option<GenerateOptions>] = [
    Option.path(
      "input",
      short: "i",
      "FILE",
      \.batch.input,
      "answer each request in the lines of FILE; - is standard input"
    ).details(
      """
      A line is a request of OpenAI's batches or the body of one; see
      .Sx BATCHES .
      """
    ),
    .list(
      "served-model-name",
      "NAME",
      \.modelNames,
      "with --input: the model's name in requests; may be repeated"
    ),
  ]

  static let outputOptions: [Option<GenerateOptions>] = [
    .path("output", short: "o", "FILE", \.output, "with --input: write results to FILE")
      .defaultText("standard output"),
    BatchOptions.resumeOption.nested(in: \.batch),
  ]

  static let sequencesOption = Option<GenerateOptions>.value(
    "max-num-seqs",
    "COUNT",
    \.maxSequenceCount,
    "with --input: most generations in one step",
    expecting: .atLeast(1)
  ).defaultText("\(defaultSequenceCount)")

  /// More at once are hardly faster, and what runs is lost when a job is killed.
  private static let defaultSequenceCount = 32

  /// Checks what can be known without opening a file.
  ///
  /// - Throws: `UsageError`.
  static func validate(_ options: GenerateOptions) throws {
    var given = options.prompt.given
    if options.printsJSON { given.append("'--json'") }
    if options.logitsFile != nil { given.append("'--dump-logits'") }
    var dependent: [String] = []
    if options.output != nil { dependent.append("'--output'") }
    if !options.modelNames.isEmpty { dependent.append("'--served-model-name'") }
    if options.maxSequenceCount != nil { dependent.append("'--max-num-seqs'") }
    try options.batch.validate(output: options.output, excluded: given, dependent: dependent)
  }

  /// Answers all lines of the input at `path`.
  static func run(_ options: GenerateOptions, path: String) async throws {
    let modelPath = try options.model.resolvedPath()
    let sequenceCount = options.maxSequenceCount ?? defaultSequenceCount
    var engine = EngineOptions(maxSequenceCount: sequenceCount)
    engine.kvCacheType = options.model.keyValueType
    if let count = options.model.threadCount { engine.threadCount = count }
    var server = ServerOptions()
    server.enablesPromptEmbeds = true
    server.chatTemplate = options.prompt.chatTemplate
    server.chatTemplateVariables = options.prompt.templateVariables?.object ?? JSONObject()
    server.modelNames = options.modelNames
    if server.modelNames.isEmpty { server.modelNames = [options.model.servedName(of: modelPath)] }
    let served = try ServedModel(
      path: modelPath,
      .auto,
      engine,
      server,
      options.model.loading(isQuiet: options.isQuiet)
    )
    defer { served.shutdown() }
    if server.chatTemplate != nil { try served.checkChatTemplate() }
    let model = BatchModel(served, defaults: defaults(options))
    let job = BatchJob(lineLimit: 4 * min(sequenceCount, 1024)) { line, number in
      let result =
        line.droppedByteCount > 0
        ? model.tooLongAnswer(index: number) : await model.answer(line.bytes, index: number)
      return BatchJob.Result(text: result.json.text, isFailure: result.isFailure)
    } objection: { result, line, number in
      if result["response"] == nil { return "it has no 'response'" }
      if result["index"]?.integerValue != number { return "its 'index' is not \(number)" }
      return BatchOptions.objection(result, line)
    }
    try await options.batch.run(
      job,
      path: path,
      output: options.output,
      isQuiet: options.isQuiet,
      isVerbose: options.isVerbose,
      tokenCount: { model.generatedTokenCount }
    )
  }

  /// The fields that a line gets where it leaves them out: what the same options mean for a prompt.
  private static func defaults(_ options: GenerateOptions) -> JSONObject {
    let sampling = options.sampling
    var fields = JSONObject()
    fields["max_tokens"] = .integer(options.maxTokens)
    fields["temperature"] = .number(Double(sampling.temperature))
    fields["top_k"] = .integer(sampling.topK)
    fields["top_p"] = .number(Double(sampling.topP))
    fields["min_p"] = .number(Double(sampling.minP))
    if let seed = sampling.seed { fields["seed"] = .integer(Int(truncatingIfNeeded: seed)) }
    if !options.stop.isEmpty { fields["stop"] = .array(options.stop.map(JSON.string)) }
    if options.ignoresEnd { fields["ignore_eos"] = true }
    return fields
  }
}
