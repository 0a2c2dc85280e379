import Engine
import Glibc
import Logging
import Synchronization

/// What happens to one request, for the log and the metrics.
final class RequestRecord: Sendable {
  private struct Times {
    var first: ContinuousClock.Instant?
    var last: ContinuousClock.Instant?
    var tokenCount = 0
    var isFinished = false
  }

  /// When the request came, in seconds since 1970.
  let started: Int
  private let start = ContinuousClock.now
  private let route: String
  private let job: Job
  private let services: ServerServices
  private let times = Mutex(Times())

  init(_ route: String, _ job: Job, _ services: ServerServices) {
    started = time(nil)
    self.route = route
    self.job = job
    self.services = services
  }

  /// Takes note of an event of the engine.
  func hear(_ event: GenerationEvent) {
    guard case .piece(_, let tokens, _) = event, !tokens.isEmpty else { return }
    let now = ContinuousClock.now
    let (before, isFirst) = times.withLock { times in
      defer {
        times.first = times.first ?? now
        times.last = now
        times.tokenCount += tokens.count
      }
      return (times.last ?? start, times.last == nil)
    }
    services.metrics.wait(seconds: before.duration(to: now).seconds, isFirst: isFirst)
  }

  /// Writes the request's line into the log, once.
  func finish(status: Int, _ usage: Usage? = nil) {
    let (isNew, first, tokenCount) = times.withLock { times in
      defer { times.isFinished = true }
      return (!times.isFinished, times.first, times.tokenCount)
    }
    guard isNew else { return }
    let now = ContinuousClock.now
    let seconds = start.duration(to: now).seconds
    let decodeSeconds = (first ?? now).duration(to: now).seconds
    let usage =
      usage ?? Usage(promptTokens: job.promptTokenCount, completionTokens: tokenCount)
    if status == 200 {
      services.metrics.finish(job, usage, seconds: seconds, decodeSeconds: decodeSeconds)
    }
    let rate = Double(usage.completionTokens) / max(seconds, 1e-9)
    services.logger.info(
      "\(route) \(status): \(usage.promptTokens) in, \(usage.completionTokens) out, \(seconds.fixed) s, \(rate.fixed) tokens/s"
    )
  }

}

extension ServerServices {
  /// Counts the vectors of `job`, and writes its line into the log.
  func finish(_ job: EmbeddingJob, seconds: Double) {
    metrics.finish(job, seconds: seconds)
    logger.info(
      "POST /v1/embeddings 200: \(job.texts.count) texts, \(job.tokenCount) in, \(seconds.fixed) s"
    )
  }
}

extension Double {
  /// The number with two digits behind the point.
  fileprivate var fixed: String {
    let hundredths = Int((Swift.min(self, 1e12) * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
