import Synchronization

/// The engine's own hand on its statistics: written once a step, read from any thread.
final class StatisticsRecorder: Sendable {
  // A class because the engine's thread writes what others read.
  private let statistics = Mutex(EngineStatistics())

  /// The statistics as they are now.
  var current: EngineStatistics { statistics.withLock { $0 } }

  /// Notes the state of `scheduler`, after a step of `positionCount` positions if there was one.
  func note(_ scheduler: Scheduler, positionCount: Int? = nil) {
    statistics.withLock { statistics in
      statistics.runningCount = scheduler.running.count
      statistics.waitingCount = scheduler.waiting.count
      statistics.kvUsage =
        Double(scheduler.blocks.heldCount) / Double(max(1, scheduler.blocks.blockCount))
      statistics.preemptionCount = scheduler.preemptionCount
      statistics.prefixCacheQueryCount = scheduler.queryCount
      statistics.prefixCacheHitCount = scheduler.hitCount
      if let positionCount { statistics.stepLengths.record(Double(positionCount)) }
    }
  }

  /// Notes that `generation` has its next token at `now`, before it is added.
  func noteToken(of generation: Generation, at now: ContinuousClock.Instant) {
    statistics.withLock { statistics in
      statistics.generatedTokenCount += 1
      if let latest = generation.latestToken {
        statistics.interTokenLatencies.record((now - latest).seconds)
      } else {
        statistics.timesToFirstToken.record((now - generation.arrival).seconds)
        statistics.promptTokenCount += generation.promptLength
        statistics.promptRowCount += generation.rowCount
      }
    }
  }

  /// Notes what a generation came to.
  func noteEnd(_ result: GenerationResult) {
    statistics.withLock { statistics in
      statistics.finishedCounts[result.finishReason, default: 0] += 1
      guard result.finishReason != .abort else { return }
      let timings = result.timings
      statistics.promptLengths.record(Double(result.promptLength))
      statistics.outputLengths.record(Double(result.tokens.count))
      statistics.requestLatencies.record(timings.finished.seconds)
      statistics.queueTimes.record(timings.scheduled.seconds)
      statistics.prefillTimes.record(result.promptSeconds)
      statistics.decodeTimes.record(result.decodeSeconds)
      statistics.inferenceTimes.record((timings.finished - timings.scheduled).seconds)
      if result.tokens.count > 1 {
        statistics.timesPerOutputToken.record(
          result.decodeSeconds / Double(result.tokens.count - 1)
        )
      }
    }
  }
}
