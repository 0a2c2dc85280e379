import ArgumentParsing
import Engine
import Glibc
import JSON
import TensorSerialization
import Tensors
import Tokenization

/// What `swiftllm embed` is asked to do.
struct EmbedOptions: Sendable {
  /// How vectors are written.
  enum Format: String, CaseIterable, Sendable {
    case jsonl, npy, torch, safetensors, text

    var isBinary: Bool { self != .jsonl && self != .text }
  }

  /// Which rows of a text become its vector.
  enum PoolingMode: String, CaseIterable, Sendable {
    case cls, mean, last
  }

  var model = ModelOptions()
  var texts: [String] = []
  var input: String?
  var output: String?
  var format = Format.jsonl
  var pooling: PoolingMode?
  var normalizes: Bool?
  var componentCount: Int?
  var whitens = false
  var projection: String?
  var savedProjection: String?
  var isQuiet = false
  var isVerbose = false
}

let embedCommand = Command<EmbedOptions>(
  name: "embed",
  summary: "Turn texts into vectors that can be compared.",
  initial: EmbedOptions(),
  groups: [
    OptionGroup(
      "Input",
      [
        ModelOptions.sentenceModelOption.nested(in: \.model),
        .path(
          "input",
          short: "i",
          "FILE",
          \.input,
          "read a text from each line of FILE; - is standard input"
        )
        .details(
          """
          A line that is a JSON object gives the string
          .Ql input
          of it; where
          .Ar FILE
          ends in
          .Pa .jsonl
          every line must be one.
          An empty line is an empty text.
          """
        ),
      ]
    ),
    OptionGroup(
      "Vectors",
      [
        Option.oneOf("pooling", "MODE", \.pooling, "which positions make up the vector")
          .defaultText("what the model's files say"),
        Option.flag(
          "normalize",
          \.normalizes,
          "scale vectors to length 1 (default: as the model's files say)"
        ),
        .value(
          "pca",
          "COUNT",
          \.componentCount,
          "reduce vectors to their COUNT principal components",
          expecting: .atLeast(1)
        ),
        .flag("whiten", \.whitens, "let principal components have variance 1"),
        .path(
          "projection",
          "FILE",
          \.projection,
          "apply a projection that was saved, instead of fitting one"
        ),
        .path(
          "save-projection",
          "FILE",
          \.savedProjection,
          "write the fitted projection as safetensors"
        ),
      ]
    ),
    OptionGroup(
      "Output",
      [
        .path("output", short: "o", "FILE", \.output, "write to FILE")
          .defaultText("standard output"),
        .oneOf("format", "FORMAT", \.format, "how vectors are written"),
        .flag("quiet", short: "q", \.isQuiet, "say nothing but errors on standard error"),
        .flag("verbose", short: "v", \.isVerbose, "tell the speed on standard error"),
      ]
    ),
    OptionGroup(
      "Resources",
      [
        ModelOptions.threadsOption.nested(in: \.model),
        ModelOptions.computeTypeOption.nested(in: \.model),
        ModelOptions.quantizationOption.nested(in: \.model),
      ]
    ),
  ],
  operands: .repeated(
    "TEXT",
    \.texts,
    "text to embed; nothing reads a text from each line of standard input"
  ),
  examples: [
    Example(
      "swiftllm embed \"How are you?\" \"How old are you?\"",
      "Print two vectors as JSON lines."
    ),
    Example(
      "swiftllm embed --input texts.txt --format npy -o vectors.npy",
      "Embed each line of a file for numpy."
    ),
    Example(
      "swiftllm embed --input texts.txt --pca 2 --save-projection pca.safetensors --format npy -o vectors.npy",
      "Keep two dimensions, and how they were made."
    ),
  ],
  run: embed
)

@Sendable private func embed(_ options: EmbedOptions) throws {
  try options.validate()
  let lines = try EmbedInput.texts(options)
  guard !lines.isEmpty else { throw CommandError("no texts to embed: the input is empty") }
  var model = try EmbeddingModel(
    path: try options.model.pathOfSentenceModel(),
    options.model.loading(isQuiet: options.isQuiet)
  )
  if let mode = options.pooling?.rawValue {
    model.pooling.mode = Pooling.Mode(rawValue: mode) ?? model.pooling.mode
  }
  if let normalizes = options.normalizes { model.pooling.normalizes = normalizes }
  let projection = try options.projection.map { try VectorProjection(path: $0) }
  if let projection, let path = options.projection, projection.mean.count != model.width {
    throw CommandError(
      "projection '\(path)' is for vectors of \(projection.mean.count) numbers, "
        + "the model's have \(model.width)"
    )
  }
  let clock = ContinuousClock()
  let start = clock.now
  let texts = try lines.map { try model.tokens(of: $0) }
  for (index, tokens) in texts.enumerated() where tokens.isEmpty {
    throw CommandError("text \(index + 1) has no tokens")
  }
  let pool = WorkerPool(threadCount: options.model.threadCount ?? WorkerPool.defaultThreadCount)
  var progress = ProgressLine(isQuiet: options.isQuiet)
  var vectors = try model.vectors(of: texts, on: pool) { done in
    progress.show("embedded \(done) of \(texts.count) texts")
  }
  progress.clear()
  if options.isVerbose, !options.isQuiet {
    let time = (clock.now - start).components
    let seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
    let tokenCount = texts.reduce(0) { $0 + $1.count }
    StandardError.write(
      line: "\(texts.count) texts, \(tokenCount) tokens in \(Int(seconds * 1000)) ms, "
        + "\(Int(Double(texts.count) / max(seconds, 1e-9))) texts/s"
    )
  }
  if let projection {
    vectors = projection(vectors)
  } else if options.componentCount != nil || options.whitens {
    let fitted = try VectorProjection(
      fitting: vectors,
      count: options.componentCount,
      whitens: options.whitens
    )
    vectors = fitted(vectors)
    if let path = options.savedProjection { try OutputFile.write(try fitted.bytes(), to: path) }
  }
  guard vectors.storage.allSatisfy(\.isFinite) else {
    throw CommandError("the model gives vectors with NaN or infinity")
  }
  let bytes = try EmbeddingFile.bytes(of: vectors, format: options.format)
  if let output = options.outputFile {
    try OutputFile.write(bytes, to: output)
  } else {
    try StandardOutput.write(bytes)
  }
}

extension EmbedOptions {
  /// The file to write; `nil` for standard output.
  fileprivate var outputFile: String? { output == "-" ? nil : output }

  /// Checks what can be known without opening a file.
  ///
  /// - Throws: `UsageError`.
  fileprivate func validate() throws {
    if input != nil, !texts.isEmpty {
      throw UsageError("texts are given both as operands and by '--input'")
    }
    if input == nil, texts.isEmpty, isatty(STDIN_FILENO) == 1 {
      throw UsageError("no texts given", hint: "give texts, --input FILE, or pipe lines")
    }
    if projection != nil, componentCount != nil || whitens || savedProjection != nil {
      throw UsageError(
        "'--projection' takes a projection as it is, without '--pca', '--whiten' and '--save-projection'"
      )
    }
    if savedProjection != nil, componentCount == nil, !whitens {
      throw UsageError("'--save-projection' needs '--pca' or '--whiten'")
    }
    if outputFile == nil, format.isBinary, StandardOutput.isTerminal {
      throw UsageError(
        "binary output is not written to a terminal",
        hint: "use -o FILE, a pipe, or --format jsonl"
      )
    }
  }
}
