internal import CKernels
import Glibc
import Synchronization

/// Threads that share the tasks of one piece of work at a time.
///
/// A class because it owns threads, which end when the last reference goes. Between pieces of work
/// the threads spin for some ten microseconds, then sleep.
public final class WorkerPool: @unchecked Sendable {
  // Safe because `crew` is made of atomics, and the rest is used only by who holds `mutex`.

  /// Threads that work, the caller of `run` among them.
  public let threadCount: Int

  private let crew: WorkerCrew
  private var threads: [pthread_t] = []
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let workerScratch: UnsafeMutableRawBufferPointer
  private var sharedScratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// Bytes of scratch memory that each worker has to itself.
  static let scratchByteCount = 1 << 17

  /// Work on a pool makes matrices of the same sizes again and again.
  private static let keepsFreedMemory: Void = sl_keep_freed_memory()

  /// Starts `threadCount - 1` threads; a count below 1 is taken as 1.
  public init(threadCount: Int) {
    Self.keepsFreedMemory
    let wanted = Swift.max(1, Swift.min(threadCount, WorkerCrew.maximumCount))
    crew = WorkerCrew()
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    pthread_mutex_init(mutex, &attributes)
    for index in 1..<wanted {
      guard let thread = crew.startThread(index: index) else { break }
      threads.append(thread)
    }
    self.threadCount = threads.count + 1
    workerScratch = .allocate(
      byteCount: (threads.count + 1) * Self.scratchByteCount,
      alignment: 64
    )
  }

  deinit {
    crew.stop()
    for thread in threads { pthread_join(thread, nil) }
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    workerScratch.deallocate()
    sharedScratch.deallocate()
  }

  /// Calls `body` once for each number below `taskCount`, on any thread and in any order, and
  /// returns when all calls have returned.
  ///
  /// Threads that call this at the same time take turns. `body` must not use the same pool.
  public func run(taskCount: Int, _ body: (Int) -> Void) {
    withExclusiveUse { $0.run(taskCount: taskCount) { task, _ in body(task) } }
  }

  /// Gives `body` the threads and the scratch memory; other callers wait.
  func withExclusiveUse<Result>(_ body: (WorkerTeam) -> Result) -> Result {
    let status = pthread_mutex_lock(mutex)
    precondition(status == 0, "a task uses the worker pool that runs it")
    defer { pthread_mutex_unlock(mutex) }
    return body(WorkerTeam(pool: self))
  }

  fileprivate func runHeld(taskCount: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    if threads.isEmpty || taskCount < 2 {
      for task in 0..<Swift.max(0, taskCount) { body(task, 0) }
      return
    }
    crew.run(taskCount: taskCount, body)
  }

  fileprivate func scratch(ofWorker worker: Int) -> UnsafeMutableRawPointer? {
    workerScratch.baseAddress.map { $0 + worker * Self.scratchByteCount }
  }

  fileprivate func scratchHeld(byteCount: Int) -> UnsafeMutableRawPointer? {
    if sharedScratch.count < byteCount {
      sharedScratch.deallocate()
      sharedScratch = .allocate(byteCount: byteCount, alignment: 64)
    }
    return sharedScratch.baseAddress
  }
}

/// A pool that one caller holds, valid until `withExclusiveUse` returns.
struct WorkerTeam {
  fileprivate let pool: WorkerPool

  /// Threads that work.
  var threadCount: Int { pool.threadCount }

  /// As `WorkerPool.run`; `body` also gets the number of the thread that calls it.
  func run(taskCount: Int, _ body: (_ task: Int, _ worker: Int) -> Void) {
    pool.runHeld(taskCount: taskCount, body)
  }

  /// `WorkerPool.scratchByteCount` bytes, aligned to 64, that only `worker` uses during a task.
  func scratch(ofWorker worker: Int) -> UnsafeMutableRawPointer? { pool.scratch(ofWorker: worker) }

  /// Gives `body` room for `count` numbers that only `worker` uses during a task.
  func withScratch(
    ofWorker worker: Int,
    count: Int,
    _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    if count * MemoryLayout<Float>.stride <= WorkerPool.scratchByteCount,
      let scratch = scratch(ofWorker: worker)
    {
      body(scratch.assumingMemoryBound(to: Float.self))
    } else {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { scratch in
        if let start = scratch.baseAddress { body(start) }
      }
    }
  }

  /// Memory of at least `byteCount` bytes, aligned to 64, until the next call or the pool is given back.
  func scratch(byteCount: Int) -> UnsafeMutableRawPointer? {
    pool.scratchHeld(byteCount: byteCount)
  }
}
