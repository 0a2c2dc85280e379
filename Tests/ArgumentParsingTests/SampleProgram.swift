import ArgumentParsing

/// What a prompt is made of, in the order of the command line.
enum Segment: Sendable, Equatable {
  case text(String)
  case file(String)
}

enum NumberType: String, CaseIterable, Sendable {
  case auto, bfloat16, float32
}

struct SharedOptions: Sendable, Equatable {
  var model = ""
  var threads: Int?

  static let table: [Option<SharedOptions>] = [
    .path("model", short: "m", "PATH", \.model, "model directory or GGUF file")
      .required().environment("SAMPLE_MODEL")
      .details("A directory as published, with\n.Pa config.json ."),
    .value("threads", "COUNT", \.threads, "use COUNT threads", expecting: .within(1...1024))
      .defaultText("one per core"),
  ]
}

struct GenerateOptions: Sendable, Equatable {
  var shared = SharedOptions()
  var segments: [Segment] = []
  var maxTokens = 128
  var maxLength: Int?
  var temperature = 1.0
  var topP: Float = 0.95
  var seed: UInt64?
  var stop: [String] = []
  var numberType = NumberType.auto
  var cacheType: NumberType?
  var template: String?
  var cacheDirectory: String?
  var json = false
  var quiet = false
  var verbose = false
  var stream = true
  var addSpecialTokens: Bool?
  var name = ""
}

struct EncodeOptions: Sendable, Equatable {
  var shared = SharedOptions()
  var output: String?
  var text: String?
}

struct InspectOptions: Sendable, Equatable {
  var file = ""
}

enum Sample {
  static let generate = Command<GenerateOptions>(
    name: "generate",
    summary: "Complete a prompt given as text or embeddings.",
    initial: GenerateOptions(),
    groups: [
      OptionGroup(
        "Input",
        [
          SharedOptions.table[0].nested(in: \.shared),
          .append(
            "prompt-embeds",
            short: "e",
            "FILE",
            \.segments,
            "add the rows of FILE, [n, hidden], to the prompt",
            kind: .file
          ) { Segment.file($0) },
          .path("template", "FILE", \.template, "read the chat template from FILE"),
          .path(
            "cache-directory",
            "DIR",
            \.cacheDirectory,
            "keep downloads in DIR",
            kind: .directory
          ),
          .flag("add-special-tokens", \.addSpecialTokens, "begin and end as the tokenizer says"),
        ]
      ),
      OptionGroup(
        "Sampling",
        [
          .value(
            "max-tokens",
            short: "n",
            "COUNT",
            \.maxTokens,
            "Stop after COUNT tokens.",
            expecting: .atLeast(1)
          ),
          .value("max-length", "COUNT", \.maxLength, "room for COUNT positions")
            .alias("max-model-len"),
          .value(
            "temperature",
            short: "t",
            "NUMBER",
            \.temperature,
            "0 always picks the likeliest token",
            expecting: .atLeast(0)
          ),
          .value(
            "top-p",
            "NUMBER",
            \.topP,
            "draw from the likeliest tokens whose probabilities add up to NUMBER",
            expecting: Expectation("a number above 0, at most 1") { $0 > 0 && $0 <= 1 }
          ),
          .value("seed", "NUMBER", \.seed, "draw the same tokens each time"),
          .list("stop", "TEXT", \.stop, "stop before TEXT"),
        ]
      ),
      OptionGroup(
        "Output",
        [
          .flag("json", \.json, "print one JSON object per line"),
          .flag("quiet", short: "q", \.quiet, "print nothing but errors"),
          .flag("verbose", short: "v", \.verbose, "print speeds at the end"),
          .flag("stream", \.stream, "print each token at once", negatable: true),
        ]
      ),
      OptionGroup(
        "Computing",
        [
          SharedOptions.table[1].nested(in: \.shared),
          .oneOf("dtype", "TYPE", \.numberType, "compute with TYPE"),
          .oneOf("cache-dtype", "TYPE", \.cacheType, "keep attention's state as TYPE"),
          .value("internal-name", "NAME", \.name, "for tests").hidden(),
        ]
      ),
    ],
    operands: .repeated(
      "PROMPT",
      \.segments,
      "text to complete; - reads standard input"
    ) { Segment.text($0) },
    examples: [
      Example(#"sample generate -m tiny 'It'"'"'s'"#, "Complete a text."),
      "sample encode -m tiny \"a\\b\" | sample generate -m tiny -e -",
    ],
    run: { _ in }
  )

  static let encode = Command<EncodeOptions>(
    name: "encode",
    summary: "Turn text into the rows of [n, hidden] that a model reads: 'embeds'.",
    initial: EncodeOptions(),
    options: SharedOptions.table.map { $0.nested(in: \.shared) } + [
      .path("output", short: "o", "FILE", \.output, "write to FILE")
    ],
    operands: .optional("TEXT", \.text),
    run: { options in
      if options.text == nil { throw UsageError("no text given", hint: "pipe it in") }
    }
  )

  static let inspect = Command<InspectOptions>(
    name: "inspect",
    summary: "Show what a file holds.",
    initial: InspectOptions(),
    operands: .required("FILE", \.file, kind: .file),
    run: { _ in }
  )

  static let secret = Command<InspectOptions>(
    name: "internal",
    summary: "Not for users.",
    initial: InspectOptions(),
    isHidden: true,
    run: { _ in }
  )

  static let program = Program(
    name: "sample",
    version: "0.1.0",
    summary: "Run language models on text and embeddings.",
    commands: [generate, encode, inspect, secret]
  )

  static func values(
    _ words: String...,
    environment: [String: String] = [:]
  ) throws -> GenerateOptions? {
    let arguments = ["-m", "tiny"] + words
    switch try generate.parse(arguments, environment: { environment[$0] }) {
    case .values(let values): return values
    case .help, .version: return nil
    }
  }

  /// The fault that `words` have, after a model.
  static func fault(_ words: String...) -> UsageError? {
    do throws(UsageError) {
      _ = try generate.parse(["-m", "tiny"] + words)
      return nil
    } catch {
      return error
    }
  }
}
