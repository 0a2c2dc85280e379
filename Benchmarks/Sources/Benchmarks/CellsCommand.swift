import ArgumentParsing
import Engine
import Glibc
import JSON
import Tensors

/// What `Benchmarks cells` is asked to measure.
struct CellOptions: Sendable {
  var models: [String] = []
  var settings = ModelSettings()
  var runCount = 5
  var prefillLengths: [Int] = []
  var contexts: [Int] = []
  var sequenceCounts: [Int] = []
  var tokenCount = 128
  var batchPromptLength = 128
  var batchTokenCount = 64
  var textPath: String?
  var textCount = 400
  /// Whether to measure the tokenizer and the chat template too.
  var measuresText = false

  /// The texts of `embed`: the lines of a file, else sentences made up.
  func sentences() throws -> [String] {
    guard let textPath else { return Sentences.make(textCount) }
    return Array(try Sentences.read(textPath).prefix(textCount))
  }
}

let cellsCommand = Command<CellOptions>(
  name: "cells",
  summary: "Measure models, tokenizers and chat templates: one JSON line for each cell.",
  initial: CellOptions(),
  options: ModelSettings.options.map { $0.nested(in: \.settings) } + [
    Option.value("runs", "COUNT", \.runCount, "runs of each cell", expecting: .atLeast(1)),
    .list("prefill", "LENGTH", \.prefillLengths, "prompt to read (default: 128, 512, 2048)"),
    .list("context", "LENGTH", \.contexts, "context to decode at (default: 0, 2048)"),
    .list("sequences", "COUNT", \.sequenceCounts, "streams at once (default: 8, 32)"),
    .value("tokens", "COUNT", \.tokenCount, "tokens to decode", expecting: .atLeast(1)),
    .value(
      "batch-tokens",
      "COUNT",
      \.batchTokenCount,
      "tokens to decode in each of several streams",
      expecting: .atLeast(1)
    ),
    .path("texts", "FILE", \.textPath, "lines to embed (default: sentences made up)"),
    .value("text-count", "COUNT", \.textCount, "how many of them", expecting: .atLeast(1)),
    .flag("text-cells", \.measuresText, "measure tokenizer and chat template beside chosen cells"),
  ],
  operands: .repeated("MODEL", \.models, "a directory or GGUF file (default: all of make model)")
) { options in
  var options = options
  if options.prefillLengths + options.contexts + options.sequenceCounts == [] {
    options.prefillLengths = [128, 512, 2048]
    options.contexts = [0, 2048]
    options.sequenceCounts = [8, 32]
    options.measuresText = true
  }
  let pool = options.settings.pool
  let meter = try CeilingMeter(pool: pool)
  for path in options.models.isEmpty ? try fetchedModels() : options.models {
    let model = try TestedModel(path: path, pool: pool, options.settings)
    for cell in try Cell.all(for: model, options) {
      Output.result(try await line(of: cell, model, meter, runCount: options.runCount))
    }
    guard options.measuresText else { continue }
    for line in try TextCells(model, runCount: options.runCount).lines() { Output.result(line) }
  }
}

let ceilingsCommand = Command<ModelSettings>(
  name: "ceilings",
  summary: "Measure what the machine can do at most.",
  initial: ModelSettings(),
  options: [ModelSettings.threadsOption]
) { settings in
  Output.result(try CeilingMeter(pool: settings.pool).measure().json)
}

/// Runs `cell` once to warm up and then `runCount` times, with the ceilings beside each run.
private func line(
  of cell: Cell,
  _ model: TestedModel,
  _ meter: CeilingMeter,
  runCount: Int
) async throws -> JSON {
  let use = MachineUse()
  _ = try await cell.run(model)
  var rates: [Double] = []
  var ceilings: [Ceilings] = []
  for _ in 0..<runCount {
    ceilings.append(meter.measure())
    rates.append(try await cell.run(model))
  }
  var line = JSONObject()
  cell.describe(in: &line)
  line["model"] = .string(baseName(of: model.path))
  line["dtype"] = .string(model.weights.dtype.rawValue)
  if model.configuration != nil {
    line["compute_dtype"] = .string(model.computeType.rawValue)
    line["kv_cache_dtype"] = .string(model.cacheType.rawValue)
  }
  line["threads"] = .integer(model.pool.threadCount)
  line[cell.unit] = .spread(rates)
  let (bytes, multiplications) = try cell.work(model)
  if let bytes {
    line["gb_per_second"] = .rounded(rates.median * bytes / 1e9)
    line["share_of_bandwidth"] = .rounded(
      zip(rates, ceilings).map { $0 * bytes / 1e9 / $1.readGigabytes }.median
    )
  }
  line["gmac_per_second"] = .rounded(rates.median * multiplications / 1e9)
  if let (instruction, _) = ceilings.last?.multiplications(for: model.weights.dtype) {
    line["share_of_\(instruction.rawValue)"] = .rounded(
      zip(rates, ceilings).map {
        $0 * multiplications / 1e9 / ($1.multiplications[instruction] ?? .nan)
      }.median
    )
  }
  line["ceilings"] = ceilings.last?.json ?? .null
  line["foreign_share"] = .rounded(use.foreignShare)
  return .object(line)
}

/// The models that `make model` fetched.
private func fetchedModels() throws -> [String] {
  func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
  let cache = variable("XDG_CACHE_HOME") ?? "\(variable("HOME") ?? "")/.cache"
  let paths = ["SmolLM2-135M-Instruct.Q4_1.gguf", "all-MiniLM-L6-v2"]
    .map { name -> String in "\(cache)/swiftllm/models/\(name)" }
    .filter { access($0, R_OK) == 0 }
  guard !paths.isEmpty else {
    throw UsageError(
      "no model in '\(cache)/swiftllm/models'",
      hint: "name a model, or fetch the default ones with 'make model'"
    )
  }
  return paths
}

func baseName(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}
