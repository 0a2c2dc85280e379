import Engine
import Prompts
import Synchronization

/// What the server counts, told under vLLM's names at /metrics.
///
/// Source: vllm/v1/metrics/loggers.py
final class ServerMetrics: Sendable {
  private struct State {
    var firstToken = Histogram(Histogram.firstTokenBounds)
    var interToken = Histogram(Histogram.interTokenBounds)
    var perOutputToken = Histogram(Histogram.interTokenBounds)
    var wholeRequest = Histogram(Histogram.requestBounds)
    var promptTokens = Histogram(Histogram.countBounds)
    var generationTokens = Histogram(Histogram.countBounds)
    var sequences = Histogram([1, 2, 5, 10, 20])
    var maxTokens = Histogram(Histogram.countBounds)
    var responses: [Response: Int] = [:]
    var embeddingRequests = 0
    var embeddingPositions = 0
    var vectorCount = 0
    var vectorTokens = 0
  }
  private struct Response: Hashable, Comparable {
    let method: String
    let handler: String
    let status: Int

    static func < (left: Self, right: Self) -> Bool {
      (left.handler, left.method, left.status) < (right.handler, right.method, right.status)
    }
  }

  private let state = Mutex(State())

  /// Counts a response.
  func respond(method: String, handler: String, status: Int) {
    let response = Response(method: method, handler: handler, status: status)
    state.withLock { $0.responses[response, default: 0] += 1 }
  }

  /// Counts a token's wait: for the first one since the request came, else since the one before.
  func wait(seconds: Double, isFirst: Bool) {
    state.withLock {
      if isFirst { $0.firstToken.observe(seconds) } else { $0.interToken.observe(seconds) }
    }
  }

  /// Counts a request that came to its end.
  func finish(_ job: Job, _ usage: Usage, seconds: Double, decodeSeconds: Double) {
    let rows = job.prompts.filter { $0.tokenIDs == nil }
    state.withLock {
      $0.wholeRequest.observe(seconds)
      for prompt in job.prompts { $0.promptTokens.observe(Double(prompt.length)) }
      $0.generationTokens.observe(Double(usage.completionTokens))
      $0.sequences.observe(Double(job.sampling.n))
      if let maxTokens = job.maxTokens { $0.maxTokens.observe(Double(maxTokens)) }
      if usage.completionTokens > 1 {
        $0.perOutputToken.observe(decodeSeconds / Double(usage.completionTokens - 1))
      }
      if !rows.isEmpty {
        $0.embeddingRequests += 1
        $0.embeddingPositions += rows.reduce(0) { $0 + $1.length }
      }
    }
  }

  /// Counts a request for vectors that came to its end; each text counts as a request, as in vLLM.
  func finish(_ job: EmbeddingJob, seconds: Double) {
    state.withLock {
      $0.wholeRequest.observe(seconds)
      for text in job.texts { $0.promptTokens.observe(Double(text.count)) }
      $0.vectorCount += job.texts.count
      $0.vectorTokens += job.tokenCount
    }
  }

  /// All metrics in Prometheus' text format.
  ///
  /// - Parameter runningCount: generations and requests for vectors that are worked on.
  func text(_ engine: EngineStatistics, runningCount: Int, modelName: String) -> String {
    let state = state.withLock { $0 }
    let labels = "engine=\"0\",model_name=\"\(Self.escaped(modelName))\""
    var output = ""
    func gauge(_ name: String, _ help: String, _ value: Double) {
      output += "# HELP vllm:\(name) \(help)\n# TYPE vllm:\(name) gauge\n"
      output += "vllm:\(name){\(labels)} \(value)\n"
    }
    func counter(_ name: String, _ help: String, _ values: [(label: String, value: Int)]) {
      output += "# HELP vllm:\(name)_total \(help)\n# TYPE vllm:\(name)_total counter\n"
      for (label, value) in values {
        output += "vllm:\(name)_total{\(labels)\(label)} \(Double(value))\n"
      }
    }
    gauge("num_requests_running", "Requests being worked on.", Double(runningCount))
    gauge("num_requests_waiting", "Generations waiting to start.", Double(engine.waitingCount))
    gauge("kv_cache_usage_perc", "Share of the cache in use; 1 is all.", engine.kvUsage)
    counter("num_preemptions", "Generations thrown back.", [("", engine.preemptionCount)])
    counter(
      "prompt_tokens",
      "Positions read.",
      [("", engine.promptTokenCount + state.vectorTokens)]
    )
    counter("generation_tokens", "Tokens generated.", [("", engine.generatedTokenCount)])
    counter(
      "prefix_cache_queries",
      "Positions looked up in the prefix cache.",
      [("", engine.prefixCacheQueryCount)]
    )
    counter(
      "prefix_cache_hits",
      "Positions found in the prefix cache.",
      [("", engine.prefixCacheHitCount)]
    )
    var ends = engine.finishedCounts
    ends[.stop, default: 0] += state.vectorCount
    let reasons: [FinishReason] = [.stop, .length, .abort]
    counter(
      "request_success",
      "Requests ended.",
      reasons.map { (",finished_reason=\"\($0.rawValue)\"", ends[$0] ?? 0) }
    )
    counter(
      "prompt_embeds_requests",
      "Requests with prompt embeddings.",
      [("", state.embeddingRequests)]
    )
    counter(
      "prompt_embeds_tokens",
      "Positions of prompts with embeddings.",
      [("", state.embeddingPositions)]
    )
    let histograms: [(String, String, Histogram)] = [
      ("time_to_first_token_seconds", "Seconds until the first token.", state.firstToken),
      ("inter_token_latency_seconds", "Seconds between tokens.", state.interToken),
      (
        "request_time_per_output_token_seconds", "Mean seconds per token of a request.",
        state.perOutputToken
      ),
      ("e2e_request_latency_seconds", "Seconds of a whole request.", state.wholeRequest),
      ("request_prompt_tokens", "Positions of a prompt.", state.promptTokens),
      ("request_generation_tokens", "Tokens of an answer.", state.generationTokens),
      ("request_params_n", "The parameter n.", state.sequences),
      ("request_params_max_tokens", "The parameter max_tokens.", state.maxTokens),
    ]
    for (name, help, histogram) in histograms {
      histogram.write("vllm:" + name, help, labels: labels, to: &output)
    }
    output += "# HELP http_requests_total Responses sent.\n# TYPE http_requests_total counter\n"
    for (key, count) in state.responses.sorted(by: { $0.key < $1.key }) {
      output +=
        "http_requests_total{handler=\"\(key.handler)\",method=\"\(key.method)\","
        + "status=\"\(key.status / 100)xx\"} \(Double(count))\n"
    }
    return output
  }

  /// A label's value as it stands between quotes.
  private static func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": output += "\\\\"
      case "\"": output += "\\\""
      case "\n": output += "\\n"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }
}
