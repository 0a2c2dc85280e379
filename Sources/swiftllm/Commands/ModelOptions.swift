import ArgumentParsing
import Engine
import Glibc
import Models
import Tensors

/// Which model a command runs, with how many threads and what kind of cache.
struct ModelOptions: Sendable, Equatable {
  var path = ""
  var threadCount: Int?
  var computeType = ComputeType.automatic
  var quantization: WeightQuantization?
  var cacheType = CacheType.auto

  /// What the engine is told of its cache; `nil` leaves it to the weights.
  var keyValueType: KeyValueCache.ElementType? {
    cacheType.elementType ?? (computeType == .float32 ? .float32 : nil)
  }

  static let modelOption = Option<ModelOptions>.path(
    "model",
    short: "m",
    "MODEL",
    \.path,
    "model directory, GGUF file or cached ORG/NAME",
    kind: .file
  )
  .environment("SWIFTLLM_MODEL")
  .defaultText("the one 'make model' fetched")
  .details(
    """
    A Hugging Face directory
    .Pq Pa config.json , Pa *.safetensors No or Pa pytorch_model.bin , Pa tokenizer.json
    or a GGUF file, or
    .Ar ORG Ns / Ns Ar NAME
    for a model in the Hugging Face cache, which
    .Ev HF_HOME
    or
    .Ev HF_HUB_CACHE
    names.
    Without the option
    .Ev SWIFTLLM_MODEL
    names it, else the model that
    .Ql make model
    fetched is used.
    """
  )

  /// Reads no environment variable: a model that answers is seldom the one to compare texts with.
  static let sentenceModelOption = Option<ModelOptions>.path(
    "model",
    short: "m",
    "MODEL",
    \.path,
    "model directory or GGUF file",
    kind: .file
  )
  .defaultText("all-MiniLM-L6-v2, if 'make model' fetched it")
  .details(
    """
    A directory of sentence-transformers, another Hugging Face directory, or a GGUF file.
    """
  )

  static let threadsOption = Option<ModelOptions>.value(
    "threads",
    "COUNT",
    \.threadCount,
    "threads that compute",
    expecting: .within(1...1024)
  )
  .defaultText("the physical cores available")

  static let quantizationOption = Option<ModelOptions>.oneOf(
    "quantization",
    "TYPE",
    \.quantization,
    "round float weights to blocks at load"
  )
  .defaultText("as they are stored")
  .details(
    """
    The blocks are those of
    .Xr llama-quantize 1
    in the mixtures that it calls Q8_0, Q4_0 and Q4_K_M, made in memory; no file is written.
    Norms, and tables of which only rows are read, stay as they are, so that prompt embeddings do not change.
    """
  )

  static let computeTypeOption = Option<ModelOptions>.oneOf(
    "dtype",
    "TYPE",
    \.computeType,
    "what products compute in"
  )
  .details(
    """
    .Cm auto
    gives float32's results in the fastest way that the processor has.
    .Cm bfloat16
    rounds what bfloat16 weights, keys and values are multiplied with to bfloat16, as PyTorch does with such a model:
    up to twice as fast where the processor multiplies pairs of these, and less exact.
    .Cm int8
    also rounds what quantized weights are multiplied with to 8 bits, as llama.cpp does:
    prompts and batches up to 1.7 times as fast, and still less exact.
    .Cm float32
    rounds nothing.
    Where the processor would not be faster, nothing is rounded.
    The names
    .Cm float16 , half
    (as
    .Cm auto )
    and
    .Cm float
    are known too.
    """
  )

  static let cacheTypeOption = Option<ModelOptions>.oneOf(
    "kv-cache-dtype",
    "TYPE",
    \.cacheType,
    "how keys and values are stored"
  )
  .details(
    """
    .Cm auto
    is
    .Cm f32
    for weights in float32 or with
    .Fl Fl dtype Cm float32 ,
    .Cm bf16
    where
    .Fl Fl dtype Cm bfloat16
    or
    .Cm int8
    makes attention faster so,
    else
    .Cm f16 .
    .Cm bf16
    takes as much memory as
    .Cm f16
    and changes results more;
    .Cm q8_0
    takes half of it and changes them most.
    The names
    .Cm bfloat16 , float16 , half
    and
    .Cm float
    are known too.
    """
  )

  /// How a command computes.
  static let computingOptions = [
    threadsOption, computeTypeOption, quantizationOption, cacheTypeOption,
  ]

  /// Opens the model.
  func load(isQuiet: Bool = true) throws -> LoadedModel {
    try LoadedModel(path: try resolvedPath(), loading(isQuiet: isQuiet))
  }

  /// How weights are bound; what takes long is told on standard error, unless `isQuiet`.
  func loading(isQuiet: Bool) -> LoadingOptions {
    var options = LoadingOptions(quantization: quantization, computeType: computeType)
    if let threadCount { options.threadCount = threadCount }
    let bar = ProgressBar("quantizing", isQuiet: isQuiet)
    options.onProgress = { bar.show($0) }
    return options
  }

  /// Where the model lies that the options name.
  func resolvedPath() throws -> String {
    path.isEmpty
      ? try Self.fetchedPath("SmolLM2-135M-Instruct.Q4_1.gguf") : try ModelCache.resolve(path)
  }

  /// The model's name in requests: as the user named it, or `resolvedPath`.
  func servedName(of resolvedPath: String) -> String { path.isEmpty ? resolvedPath : path }

  /// The path of the model that turns texts into vectors.
  func pathOfSentenceModel() throws -> String {
    path.isEmpty ? try Self.fetchedPath("all-MiniLM-L6-v2") : try ModelCache.resolve(path)
  }

  /// Where `make model` puts the model `name`.
  private static func fetchedPath(_ name: String) throws -> String {
    let cache =
      environment("XDG_CACHE_HOME") ?? environment("HOME").map { "\($0)/.cache" } ?? ".cache"
    let path = "\(cache)/swiftllm/models/\(name)"
    guard access(path, R_OK) == 0 else {
      throw CommandError(
        "no model given and no default model at '\(path)'",
        hint: "name one with -m MODEL, or fetch the default with 'make model'"
      )
    }
    return path
  }
}

/// The value of the environment variable `name`, unless it is not set or empty.
func environment(_ name: String) -> String? {
  guard let value = getenv(name) else { return nil }
  let text = String(cString: value)
  return text.isEmpty ? nil : text
}

/// Work that failed for a reason that the user can mend.
struct CommandError: Error, CustomStringConvertible {
  /// One line: what was wrong, what was expected and found.
  let description: String
  /// A way out, in one line.
  let hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }
}
