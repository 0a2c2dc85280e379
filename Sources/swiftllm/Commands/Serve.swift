import ArgumentParsing
import Engine
import Glibc
import JSON
import Server
import Tensors

/// What `swiftllm serve` is asked to do.
struct ServeOptions: Sendable {
  /// vLLM's kinds of work.
  enum Runner: String, CaseIterable, Sendable {
    case auto, generate, pooling
  }

  /// The same under vLLM's older names.
  enum Task: String, CaseIterable, Sendable {
    case auto, generate, embed, embedding

    var runner: Runner {
      switch self {
      case .auto: .auto
      case .generate: .generate
      case .embed, .embedding: .pooling
      }
    }
  }

  var model = ModelOptions()
  var operand: String?
  var server = ServerOptions()
  var templateVariables: TemplateVariables?
  var keyFile: String?
  var maxModelLength: HumanCount?
  var maxSequenceCount = EngineOptions().maxSequenceCount
  var maxBatchedPositions = HumanCount(EngineOptions().maxBatchedPositions)
  var cacheByteCount: HumanCount?
  var runner = Runner.auto
  var task = Task.auto
  var isQuiet = false
}

let serveCommand = Command<ServeOptions>(
  name: "serve",
  summary: "Answer OpenAI's API over HTTP, with prompt embeddings.",
  initial: ServeOptions(),
  groups: [
    OptionGroup("Model", modelOptions),
    OptionGroup("Network", networkOptions),
    OptionGroup("Prompt embeddings", embedsOptions),
    OptionGroup(
      "Resources",
      ModelOptions.computingOptions.map { $0.nested(in: \.model) } + resourceOptions
    ),
    OptionGroup("Output", outputOptions),
  ],
  operands: .optional("MODEL", \.operand, "the model, as with -m", kind: .file),
  examples: [
    Example("swiftllm serve --enable-prompt-embeds", "Serve the default model on this machine."),
    Example(
      "swiftllm serve meta-llama/Llama-3.2-1B-Instruct --max-model-len 4096 --enable-prompt-embeds",
      "Serve a model that lies in the Hugging Face cache."
    ),
  ],
  run: serve
)

private let modelOptions: [Option<ServeOptions>] = [
  ModelOptions.modelOption.nested(in: \.model),
  .list(
    "served-model-name",
    "NAME",
    \.server.modelNames,
    "the model's name in the API; may be repeated"
  ),
  .path(
    "chat-template",
    "FILE",
    \.server.chatTemplate,
    "render chats with FILE, or the model's template of that name"
  ),
  .value(
    "default-chat-template-kwargs",
    "JSON",
    \.templateVariables,
    "variables of the chat template that requests leave out",
    expecting: TemplateVariables.expectation
  ),
  .value(
    "max-model-len",
    "COUNT",
    \.maxModelLength,
    "most positions of a prompt and its output, as 4096, 4k or 4K",
    expecting: Expectation("a whole number of 2 or more, as 4096 or 4k, or -1") {
      $0.value >= 2 || $0.value == -1
    }
  ).defaultText("the model's own limit"),
  Option.oneOf("runner", "KIND", \.runner, "whether to generate text or pool vectors")
    .defaultText("auto, whatever the model can do"),
  Option.oneOf("task", "KIND", \.task, "vLLM's older name of --runner").hidden(),
]

private let networkOptions: [Option<ServeOptions>] = [
  .value("host", "ADDRESS", \.server.host, "address to listen on; 0.0.0.0 lets others in"),
  .value(
    "port",
    "NUMBER",
    \.server.port,
    "port to listen on; 0 is a free one",
    expecting: .within(0...65535)
  ),
  .list("api-key", "KEY", \.server.apiKeys, "let in only who shows KEY; may be repeated")
    .environment("VLLM_API_KEY"),
  .path("api-key-file", "FILE", \.keyFile, "the same with a key on each line of FILE"),
  .list(
    "allowed-origins",
    "ORIGIN",
    \.server.allowedOrigins,
    "let pages of ORIGIN in; * is all; may be repeated, or a JSON list"
  ),
  .value(
    "max-request-bytes",
    "COUNT",
    \.server.maxRequestByteCount,
    "longest body of a request",
    expecting: .atLeast(1)
  ),
]

private let embedsOptions: [Option<ServeOptions>] = [
  .flag("enable-prompt-embeds", \.server.enablesPromptEmbeds, "read prompt_embeds in requests"),
  Option.value(
    "max-embed-bytes",
    "COUNT",
    \.server.maxEmbedByteCount,
    "most bytes of one tensor; 0 is any number",
    expecting: .atLeast(0)
  ).environment("VLLM_MAX_EMBED_DECODE_BYTES"),
]

private let outputOptions: [Option<ServeOptions>] = [
  .flag(
    "enable-prompt-tokens-details",
    \.server.tellsCachedTokens,
    "tell in usage how much of a prompt the prefix cache had"
  ),
  .flag("quiet", short: "q", \.isQuiet, "log nothing but errors"),
]

private let resourceOptions: [Option<ServeOptions>] = [
  .value(
    "max-num-seqs",
    "COUNT",
    \.maxSequenceCount,
    "most generations in one step",
    expecting: .atLeast(1)
  ),
  .value(
    "max-num-batched-tokens",
    "COUNT",
    \.maxBatchedPositions,
    "most positions in one step",
    expecting: Expectation("a whole number of 1 or more, as 512 or 2k") { $0.value >= 1 }
  ),
  .value(
    "kv-cache-memory-bytes",
    "COUNT",
    \.cacheByteCount,
    "memory for keys and values, as 2G",
    expecting: Expectation("a whole number of 1 or more, as 500m or 2G") { $0.value >= 1 }
  ).defaultText("enough for eight of the longest generations, as memory allows"),
]

@Sendable private func serve(_ options: ServeOptions) async throws {
  var server = options.server
  var modelOptions = options.model
  if let operand = options.operand { modelOptions.path = operand }
  server.chatTemplateVariables = options.templateVariables?.object ?? JSONObject()
  if let file = options.keyFile { server.apiKeys += try keys(in: file) }
  server.allowedOrigins = try server.allowedOrigins.flatMap(origins)
  if let limit = environment("VLLM_MAX_COMPLETION_PROMPTS").flatMap({ Int($0) }) {
    server.maxPromptCount = limit
  }
  let path = try modelOptions.resolvedPath()
  server.modelRoot = path
  if server.modelNames.isEmpty { server.modelNames = [modelOptions.servedName(of: path)] }

  // As in vLLM -1 stands for what the model takes.
  let maxModelLength = options.maxModelLength.map(\.value).flatMap { $0 == -1 ? nil : $0 }
  var engine = EngineOptions(maxModelLength: maxModelLength)
  engine.maxSequenceCount = options.maxSequenceCount
  engine.maxBatchedPositions = options.maxBatchedPositions.value
  engine.kvCacheByteCount = options.cacheByteCount?.value
  engine.kvCacheType = options.model.keyValueType
  if let count = options.model.threadCount { engine.threadCount = count }
  let runner = options.runner == .auto ? options.task.runner : options.runner
  let model = try ServedModel(
    path: path,
    runner,
    engine,
    server,
    options.model.loading(isQuiet: options.isQuiet)
  )
  defer { model.shutdown() }
  if server.chatTemplate != nil { try model.checkChatTemplate() }

  let host = server.host
  let shownHost = host.contains(":") ? "[\(host)]" : host
  do {
    try await ServerApplication.run(model, isQuiet: options.isQuiet) {
      StandardError.write(line: "listening on http://\(shownHost):\($0)")
    }
  } catch {
    throw CommandError("cannot serve on \(shownHost):\(server.port): \(error)")
  }
}

/// The origins that `text` names: one, or a JSON list as for vLLM.
private func origins(_ text: String) throws -> [String] {
  guard text.hasPrefix("[") else { return [text] }
  let list = (try? JSON(parsing: text))?.arrayValue ?? [.null]
  let origins = list.compactMap(\.stringValue)
  guard origins.count == list.count else {
    throw UsageError(
      "invalid value for '--allowed-origins': expected an origin or a JSON list of them, "
        + "found '\(text)'"
    )
  }
  return origins
}

/// The lines of `file` that are not empty.
private func keys(in file: String) throws -> [String] {
  let bytes = try SharedBytes.mapping(path: file)
  let keys = String(decoding: bytes.array, as: UTF8.self).split(whereSeparator: \.isNewline)
    .map(String.init)
  guard !keys.isEmpty else { throw CommandError("'\(file)' holds no key") }
  return keys
}
