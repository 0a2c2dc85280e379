import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct `Worker pool` {
  @Test(arguments: [1, 2, 3, 8])
  func `runs each task once`(threadCount: Int) {
    let pool = WorkerPool(threadCount: threadCount)
    #expect(pool.threadCount == threadCount)
    for taskCount in [0, 1, 2, 7, 1000] {
      let counts = Mutex([Int](repeating: 0, count: taskCount))
      pool.run(taskCount: taskCount) { task in counts.withLock { $0[task] += 1 } }
      #expect(counts.withLock { $0 }.allSatisfy { $0 == 1 })
    }
  }

  @Test func `runs many short pieces of work, some after its threads sleep`() {
    let pool = WorkerPool(threadCount: 4)
    let total = Atomic<Int>(0)
    for round in 0..<20_000 {
      if round % 4000 == 0 { Thread.sleep(forTimeInterval: 0.002) }
      pool.run(taskCount: 3) { total.wrappingAdd($0 + 1, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 20_000 * 6)
  }

  @Test func `has seen all writes of its tasks when it returns`() {
    let pool = WorkerPool(threadCount: 3)
    for round in 1...2000 {
      var results = [Int](repeating: 0, count: 64)
      results.withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let buffer = buffer
        pool.run(taskCount: 64) { buffer[$0] = round }
      }
      if !results.allSatisfy({ $0 == round }) {
        Issue.record("a write of round \(round) is missing")
        return
      }
    }
  }

  @Test func `serves callers on several threads in turn`() async {
    let pool = WorkerPool(threadCount: 2)
    let total = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<200 {
        pool.run(taskCount: 5) { _ in total.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(total.load(ordering: .relaxed) == 8 * 200 * 5)
  }

  @Test func `comes and goes thousands of times`() {
    let total = Atomic<Int>(0)
    for _ in 0..<3000 {
      WorkerPool(threadCount: 3).run(taskCount: 4) { _ in total.wrappingAdd(1, ordering: .relaxed) }
      _ = WorkerPool(threadCount: 2)
    }
    #expect(total.load(ordering: .relaxed) == 12_000)
  }

  @Test func `takes a senseless thread count as one`() {
    #expect(WorkerPool(threadCount: 0).threadCount == 1)
    #expect(WorkerPool(threadCount: -3).threadCount == 1)
  }

  @Test func `ends its threads with the last reference`() {
    for _ in 0..<500 { WorkerPool(threadCount: 4).run(taskCount: 2) { _ in } }
    let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")
    // Other tests of this process have threads too, but not fifteen hundred.
    #expect((threads?.count ?? 0) < 750)
  }

  @Test func `stops when a task uses the pool that runs it`() async {
    await #expect(processExitsWith: .failure) {
      let pool = WorkerPool(threadCount: 1)
      pool.run(taskCount: 1) { _ in pool.run(taskCount: 1) { _ in } }
    }
  }

  @Test func `counts the cores that the process may use`() {
    let online = ProcessInfo.processInfo.activeProcessorCount
    #expect((1...max(1, online)).contains(WorkerPool.defaultThreadCount))
  }

  @Test func `counts threads of one core once`() {
    let siblings = [0: "0,4", 1: "1,5", 4: "0,4", 5: "1,5"]
    #expect(WorkerPool.physicalCoreCount(processors: [0, 1, 4, 5]) { siblings[$0] } == 2)
    #expect(WorkerPool.physicalCoreCount(processors: [0, 4]) { siblings[$0] } == 1)
    #expect(WorkerPool.physicalCoreCount(processors: [2, 3]) { _ in nil } == 2)
  }

  @Test func `reads quotas of control groups`() {
    #expect(WorkerPool.quota(ofVersion2: "max 100000\n") == nil)
    #expect(WorkerPool.quota(ofVersion2: "150000 100000\n") == 1.5)
    #expect(WorkerPool.quota(ofVersion2: "") == nil)
    #expect(WorkerPool.quota(ofVersion1: "-1\n", period: "100000\n") == nil)
    #expect(WorkerPool.quota(ofVersion1: "200000\n", period: "100000\n") == 2)
    #expect(WorkerPool.quota(ofVersion1: nil, period: "100000\n") == nil)
    #expect(WorkerPool.foldersUpward(from: "/a/b") == ["/a/b", "/a", ""])
    #expect(WorkerPool.foldersUpward(from: "/") == [""])
  }
}
