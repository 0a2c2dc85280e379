import Models
import Tensors

/// The thread that owns an engine, and the way to it.
final class EngineThread: Sendable {
  private let mailbox = EngineMailbox()
  private let recorder: StatisticsRecorder
  private let configuration: Configuration
  private let maxModelLength: Int
  private let capacity: Int
  private let pool: WorkerPool
  private let thread: JoinableThread

  /// Starts a thread that owns `engine` from now on.
  ///
  /// - Throws: `EngineError.noThread`.
  init(_ engine: sending Engine) throws(EngineError) {
    recorder = engine.recorder
    configuration = engine.model.configuration
    maxModelLength = engine.maxModelLength
    capacity = engine.capacity
    pool = engine.pool
    let loop = EngineLoop(engine, mailbox)
    thread = try JoinableThread { loop.run() }
  }

  /// As `InferenceEngine.generate`.
  func generate(_ request: GenerationRequest) throws -> EngineMailbox.Stream {
    _ = try Engine.limit(
      of: request,
      configuration,
      maxModelLength: maxModelLength,
      capacity: capacity
    )
    let (stream, events) = EngineMailbox.Stream.makeStream()
    let id = try mailbox.post(request, events)
    let mailbox = mailbox
    events.onTermination = { reason in
      if case .cancelled = reason { mailbox.abandon(id) }
    }
    return stream
  }

  /// The statistics as they are now.
  func statistics() -> EngineStatistics { recorder.current }

  /// As `InferenceEngine.perform`.
  func perform(_ work: @escaping @Sendable (WorkerPool) -> Void) throws(EngineError) {
    let pool = pool
    try mailbox.post { work(pool) }
  }

  /// As `InferenceEngine.drain`.
  func drain() async {
    mailbox.close(endsAll: false)
    await mailbox.waitUntilEmpty()
  }

  /// As `InferenceEngine.shutdown`.
  func shutdown() {
    mailbox.close(endsAll: true)
    thread.join()
  }
}

/// What the engine's thread does.
private final class EngineLoop {
  private let engine: Engine
  private let mailbox: EngineMailbox
  private var streams: [Int: EngineMailbox.Stream.Continuation] = [:]

  init(_ engine: Engine, _ mailbox: EngineMailbox) {
    self.engine = engine
    self.mailbox = mailbox
  }

  func run() {
    while true {
      let mail = mailbox.collect(waits: streams.isEmpty)
      for arrival in mail.arrivals { add(arrival) }
      for id in mail.abandoned { abort(id) }
      for work in mail.work { work() }
      if mail.isShutDown { break }
      for output in engine.step() ?? [] {
        streams[output.generation]?.yield(output.event)
        if case .finished = output.event { close(output.generation) }
      }
    }
    for id in streams.keys.sorted() { abort(id) }
  }

  private func add(_ arrival: EngineMailbox.Arrival) {
    do {
      try engine.add(arrival.request, id: arrival.id, arrival: arrival.time)
      streams[arrival.id] = arrival.events
    } catch {
      arrival.events.finish(throwing: error)
      mailbox.noteEnded(1)
    }
  }

  private func abort(_ id: Int) {
    guard let result = engine.abort(id) else { return }
    streams[id]?.yield(.finished(result))
    close(id)
  }

  private func close(_ id: Int) {
    streams.removeValue(forKey: id)?.finish()
    mailbox.noteEnded(1)
  }
}
