import Glibc

/// What callers on any thread leave for a thread that computes.
final class EngineMailbox: @unchecked Sendable {
  // Safe because everything is read and written with `mutex` held.

  typealias Stream = AsyncThrowingStream<GenerationEvent, any Error>

  /// Something else to do on the thread.
  typealias Work = @Sendable () -> Void

  /// A request and where its events go.
  struct Arrival {
    let id: Int
    let request: GenerationRequest
    let time: ContinuousClock.Instant
    let events: Stream.Continuation
  }

  /// What has come in since the last look.
  struct Mail {
    var arrivals: [Arrival] = []
    /// Generations that nobody wants any more.
    var abandoned: [Int] = []
    var work: [Work] = []
    var isShutDown = false

    fileprivate var isEmpty: Bool {
      arrivals.isEmpty && abandoned.isEmpty && work.isEmpty && !isShutDown
    }
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var mail = Mail()
  private var isClosed = false
  /// Arrivals of which the thread has not said that they ended.
  private var openCount = 0
  private var drainers: [CheckedContinuation<Void, Never>] = []
  private var latestID = 0

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Leaves `request`; its events go to `events`.
  ///
  /// - Throws: `EngineError.shutDown`.
  func post(
    _ request: GenerationRequest,
    _ events: Stream.Continuation
  ) throws(EngineError) -> Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isClosed else { throw .shutDown }
    latestID += 1
    openCount += 1
    mail.arrivals.append(
      Arrival(id: latestID, request: request, time: ContinuousClock.now, events: events)
    )
    pthread_cond_signal(condition)
    return latestID
  }

  /// Leaves `work`, which is done even if the thread is told to end right after.
  ///
  /// - Throws: `EngineError.shutDown`.
  func post(_ work: @escaping Work) throws(EngineError) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard !isClosed else { throw .shutDown }
    mail.work.append(work)
    pthread_cond_signal(condition)
  }

  /// Says that nobody wants generation `id` any more.
  func abandon(_ id: Int) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    mail.abandoned.append(id)
    pthread_cond_signal(condition)
  }

  /// Takes no requests from now on; `endsAll` also ends those that were taken.
  func close(endsAll: Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isClosed = true
    if endsAll { mail.isShutDown = true }
    pthread_cond_signal(condition)
  }

  /// Returns when all requests that were taken have ended.
  func waitUntilEmpty() async {
    await withCheckedContinuation { continuation in
      pthread_mutex_lock(mutex)
      let isEmpty = openCount == 0
      if !isEmpty { drainers.append(continuation) }
      pthread_mutex_unlock(mutex)
      if isEmpty { continuation.resume() }
    }
  }

  /// All that has come in; with `waits`, not before something has.
  func collect(waits: Bool) -> Mail {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waits, mail.isEmpty { pthread_cond_wait(condition, mutex) }
    defer { mail = Mail() }
    return mail
  }

  /// Says that `count` requests have ended.
  func noteEnded(_ count: Int) {
    pthread_mutex_lock(mutex)
    openCount -= count
    var resumed: [CheckedContinuation<Void, Never>] = []
    if openCount == 0 { swap(&resumed, &drainers) }
    pthread_mutex_unlock(mutex)
    for continuation in resumed { continuation.resume() }
  }
}
