import ArgumentParsing
import Glibc
import JSON
import Tensors

/// Speaks the protocol that `bench_peers.py` speaks with the peers too: a JSON object a line.
///
///     {"do": "open", "model": PATH, "dtype": TYPE, "kv-cache-dtype": TYPE}   one model at a time
///     {"do": "prefill", "prompt": N}
///     {"do": "decode", "context": N, "tokens": N}
///     {"do": "batch", "sequences": N, "prompt": N, "tokens": N}
///     {"do": "embed", "texts": FILE}                                 a text a line
///     {"do": "ceilings"}
///     {"do": "close"}
///
/// Answers: `{"rate": R}`, tokens or texts a second; the ceilings; `{}`; or `{"error": TEXT}`.
let answerCommand = Command<ModelSettings>(
  name: "answer",
  summary: "Measure what lines on standard input ask for, one JSON object each.",
  initial: ModelSettings(),
  options: ModelSettings.options
) { settings in
  var worker = Worker(settings)
  while let line = readLine() {
    do {
      Output.result(try await worker.answer(try JSON(parsing: line)))
    } catch {
      Output.result(["error": .string("\(error)")])
    }
  }
}

private struct Worker {
  let settings: ModelSettings
  let pool: WorkerPool
  var model: TestedModel?
  var meter: CeilingMeter?

  init(_ settings: ModelSettings) {
    self.settings = settings
    pool = settings.pool
  }

  mutating func answer(_ request: JSON) async throws -> JSON {
    func number(_ key: String) throws -> Int {
      guard let value = request[key]?.integerValue, value >= 0 else {
        throw BenchmarkError("'\(key)' is missing")
      }
      return value
    }
    let cell: Cell
    switch request["do"]?.stringValue {
    case "open":
      model = nil
      model = try TestedModel(
        path: request["model"]?.stringValue ?? "",
        pool: pool,
        settings.changed(by: request)
      )
      return [:]
    case "close":
      model = nil
      return [:]
    case "ceilings":
      let meter = try self.meter ?? CeilingMeter(pool: pool)
      self.meter = meter
      return meter.measure().json
    case "prefill": cell = .prefill(try number("prompt"))
    case "decode": cell = .decode(context: try number("context"), count: try number("tokens"))
    case "batch":
      cell = .batch(
        try number("sequences"),
        promptLength: try number("prompt"),
        count: try number("tokens")
      )
    case "embed": cell = .embed(try Sentences.read(request["texts"]?.stringValue ?? ""))
    default: throw BenchmarkError("unknown request \(request.text)")
    }
    guard let model else { throw BenchmarkError("no model is open") }
    return ["rate": .rounded(try await cell.run(model))]
  }
}
