internal import CKernels
import Glibc
import Synchronization

/// What the threads of a pool share: the work that is open, and where they sleep.
///
/// A class because each thread keeps it alive. One caller at a time runs work.
final class WorkerCrew: @unchecked Sendable {
  // Safe because `body` and `taskCount` are written only while no thread has joined, which `state`
  // orders before each join.

  /// The most threads that `state` can count.
  static let maximumCount = 1024

  private static let joinedMask: UInt64 = 0xFFFF
  private static let isOpen: UInt64 = 1 << 16
  private static let generationShift: UInt64 = 17
  private static let spinCount = 2000

  /// Bits 0–15: threads that have joined the work; 16: whether more may join; above: its number.
  private let state = Atomic<UInt64>(0)
  private let nextTask = Atomic<Int>(0)
  private let sleeperCount = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private var taskCount = 0
  private var body: ((Int, Int) -> Void)?

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wakeUp = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wakeUp, nil)
  }

  deinit {
    pthread_cond_destroy(wakeUp)
    pthread_mutex_destroy(mutex)
    wakeUp.deallocate()
    mutex.deallocate()
  }

  /// Starts a thread that takes part as worker `index`; `nil` if the system has none left.
  func startThread(index: Int) -> pthread_t? {
    let start = Unmanaged.passRetained(WorkerStart(crew: self, index: index))
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, runWorker, start.toOpaque())
    guard status == 0 else {
      start.release()
      return nil
    }
    return thread
  }

  /// Makes all threads return.
  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  /// Runs all tasks, the caller as worker 0.
  ///
  /// A thread that the system does not schedule in time never joins, and is not waited for.
  func run(taskCount: Int, _ body: (Int, Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      self.body = body
      self.taskCount = taskCount
      nextTask.store(0, ordering: .relaxed)
      let generation = (state.load(ordering: .relaxed) >> Self.generationShift) &+ 1
      state.store(
        generation << Self.generationShift | Self.isOpen,
        ordering: .sequentiallyConsistent
      )
      if sleeperCount.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
      takeTasks(worker: 0)
      state.bitwiseAnd(~Self.isOpen, ordering: .acquiringAndReleasing)
      waitForJoined()
      self.body = nil
    }
  }

  private func waitForJoined() {
    var spins = 0
    while state.load(ordering: .acquiring) & Self.joinedMask != 0 {
      spins += 1
      if spins < Self.spinCount { sl_spin_hint() } else { sched_yield() }
    }
  }

  private func takeTasks(worker: Int) {
    guard let body else { return }
    while true {
      let task = nextTask.wrappingAdd(1, ordering: .relaxed).oldValue
      if task >= taskCount { return }
      body(task, worker)
    }
  }

  fileprivate func work(as worker: Int) {
    var lastGeneration: UInt64 = 0
    while let generation = waitForWork(after: lastGeneration) {
      lastGeneration = generation
      if join(generation) {
        takeTasks(worker: worker)
        state.wrappingSubtract(1, ordering: .releasing)
      }
    }
  }

  /// Enters the work `generation` unless it has been closed.
  private func join(_ generation: UInt64) -> Bool {
    var current = state.load(ordering: .relaxed)
    while current & Self.isOpen != 0, current >> Self.generationShift == generation {
      let (exchanged, original) = state.compareExchange(
        expected: current,
        desired: current + 1,
        ordering: .acquiring
      )
      if exchanged { return true }
      current = original
    }
    return false
  }

  /// The number of work that is open and not `generation`; `nil` when the threads shall end.
  private func waitForWork(after generation: UInt64) -> UInt64? {
    for _ in 0..<Self.spinCount {
      if isStopping.load(ordering: .relaxed) { return nil }
      if let found = openGeneration(after: generation) { return found }
      sl_spin_hint()
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    sleeperCount.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { sleeperCount.wrappingSubtract(1, ordering: .relaxed) }
    while !isStopping.load(ordering: .sequentiallyConsistent) {
      if let found = openGeneration(after: generation) { return found }
      pthread_cond_wait(wakeUp, mutex)
    }
    return nil
  }

  private func openGeneration(after generation: UInt64) -> UInt64? {
    let current = state.load(ordering: .sequentiallyConsistent)
    let found = current >> Self.generationShift
    return current & Self.isOpen != 0 && found != generation ? found : nil
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wakeUp)
    pthread_mutex_unlock(mutex)
  }
}

private final class WorkerStart {
  let crew: WorkerCrew
  let index: Int

  init(crew: WorkerCrew, index: Int) {
    self.crew = crew
    self.index = index
  }
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
  start.crew.work(as: start.index)
  return nil
}
