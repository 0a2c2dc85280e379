import ArgumentParsing
import Engine
import Models
import Prompts
import TensorSerialization
import Tensors

/// What `swiftllm encode-embeds` is asked to do.
struct EncodeEmbedsOptions: Sendable {
  /// How rows are written.
  enum Format: String, CaseIterable, Sendable {
    case torch, base64, safetensors, npy
  }

  /// How the numbers of rows are stored.
  enum ElementType: String, CaseIterable, Sendable {
    case float32, bfloat16, float16

    var dtype: DType {
      switch self {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .float16: .float16
      }
    }
  }

  var model = ModelOptions()
  var prompt = PromptOptions()
  var output: String?
  var format = Format.torch
  var elementType: ElementType?
  var showsPrompt = false
  var batch = BatchOptions()
  var isQuiet = false

  /// The type that the rows of `table` are stored in.
  func dtype(of table: EmbeddingTable) -> DType {
    elementType?.dtype ?? (table.dtype.isQuantized ? .float32 : table.dtype)
  }
}

let encodeEmbedsCommand = Command<EncodeEmbedsOptions>(
  name: "encode-embeds",
  summary: "Turn text or a chat into prompt embeddings.",
  initial: EncodeEmbedsOptions(),
  groups: [
    OptionGroup(
      "Input",
      [ModelOptions.modelOption.nested(in: \.model)]
        + PromptOptions.options.map { $0.nested(in: \.prompt) } + [EncodeEmbedsBatch.inputOption]
    ),
    OptionGroup(
      "Output",
      [
        .path("output", short: "o", "FILE", \.output, "write to FILE")
          .defaultText("standard output"),
        .oneOf("format", "FORMAT", \.format, "how rows are written"),
        Option.oneOf("dtype", "TYPE", \.elementType, "how numbers are stored")
          .defaultText("the table's own float type, float32 for quantized tables"),
        .flag(
          "show-prompt",
          \.showsPrompt,
          "print the prompt's text and token ids to standard error"
        )
        .details(
          """
          A chat is shown as its template rendered it.
          The ids stand in a line of their own, as
          .Fl Fl token-ids
          reads them; rows are shown by their number.
          """
        ),
      ] + EncodeEmbedsBatch.outputOptions
    ),
  ],
  operands: .repeated(
    "TEXT",
    \.prompt.parts,
    "text to encode; - or nothing reads standard input"
  ) { (text) throws(InvalidValue) in .text(text) },
  examples: [
    Example(
      "swiftllm encode-embeds \"The capital of France is\" -o prompt.pt",
      "Write rows that torch.load reads."
    ),
    Example(
      "swiftllm encode-embeds --chat \"What is the capital of France?\" | swiftllm generate -e -",
      "Ask a question by its embeddings."
    ),
    Example(
      "swiftllm encode-embeds --format base64 \"Once upon a time\"",
      "Print what an HTTP client sends as prompt_embeds."
    ),
    Example(
      "swiftllm encode-embeds --input requests.jsonl | swiftllm generate --input -",
      "Answer each line of a file by its embeddings."
    ),
  ],
  run: encodeEmbeds
)

@Sendable private func encodeEmbeds(_ options: EncodeEmbedsOptions) async throws {
  var excluded = options.prompt.given
  if options.showsPrompt { excluded.append("'--show-prompt'") }
  try options.batch.validate(output: options.output, excluded: excluded)
  if let path = options.batch.input { return try await EncodeEmbedsBatch.run(options, path: path) }
  try options.prompt.validate()
  let output = options.output == "-" ? nil : options.output
  if output == nil, options.format != .base64, StandardOutput.isTerminal {
    throw UsageError(
      "binary output is not written to a terminal",
      hint: "use -o FILE, a pipe, or --format base64"
    )
  }
  let model = try options.model.load()
  let prompt = try options.prompt.read(for: model, isFollowed: false) { parts, prompt in
    if options.showsPrompt { ShownPrompt(parts, prompt).print() }
  }
  guard prompt.length > 0 else { throw PromptError.empty }
  let table = try model.embeddingTable()
  let rows = prompt.embeddings(in: 0..<prompt.length) { table.embed($0) }.rows
  let dtype = options.dtype(of: table)
  func write(to sink: (RawSpan) throws -> Void) throws {
    try PromptEmbedsFile.write(rows, format: options.format, dtype: dtype, to: sink)
  }
  if let output {
    try OutputFile.write(to: output, write)
  } else {
    try write(to: StandardOutput.write)
  }
}
