import TestSupport
import Testing
import Tokenization

@testable import Engine

@Suite struct `Scheduling` {
  private func keys(_ tokens: [UInt32]) -> [SHA256.Digest] {
    var keys = BlockKeys(salt: nil)
    return tokens.compactMap { keys.append(TokenID($0)) }
  }

  private func next(_ scheduler: inout Scheduler) throws -> Batch {
    let batch = scheduler.next()
    return try #require(batch)
  }

  @Test func `running generations come first, and a long prompt gets what is left`() throws {
    var scheduler = Scheduler(blockCount: 100, maxRunningCount: 4, positionsPerStep: 64)
    try scheduler.add(1, length: 10, maximumLength: 100)
    let first = try next(&scheduler)
    #expect(first.slices.map(\.positions) == [0..<10])
    #expect(first.slices[0].isLast)
    scheduler.complete(first)
    scheduler.grow(1, key: nil)
    try scheduler.add(2, length: 100, maximumLength: 120)
    let second = try next(&scheduler)
    #expect(second.slices.map(\.positions) == [10..<11, 0..<63])
    #expect(second.slices.map(\.isLast) == [true, false])
    scheduler.complete(second)
    scheduler.grow(1, key: nil)
    let third = try next(&scheduler)
    #expect(third.slices.map(\.positions) == [11..<12, 63..<100])
    #expect(scheduler.invariantFault() == nil)
  }

  @Test func `refuses at once what can never fit`() {
    var scheduler = Scheduler(blockCount: 2, maxRunningCount: 4, positionsPerStep: 64)
    #expect(throws: EngineError.neverFits(positionCount: 65, capacity: 64)) {
      try scheduler.add(1, length: 10, maximumLength: 65)
    }
    #expect(scheduler.isIdle)
  }

  @Test func `the latest generation makes room, and starts again with what it had`() throws {
    var scheduler = Scheduler(blockCount: 3, maxRunningCount: 4, positionsPerStep: 512)
    try scheduler.add(1, length: 32, maximumLength: 96)
    try scheduler.add(2, length: 40, maximumLength: 96)
    let first = try next(&scheduler)
    #expect(first.slices.count == 2)
    scheduler.complete(first)
    scheduler.grow(1, key: nil)
    scheduler.grow(2, key: nil)
    let second = try next(&scheduler)
    #expect(second.slices.map(\.generation) == [1])
    #expect(scheduler.preemptionCount == 1)
    #expect(scheduler.waiting.map(\.length) == [41])
    #expect(scheduler.invariantFault() == nil)
    scheduler.complete(second)
    scheduler.remove(1)
    let last = try next(&scheduler)
    #expect(last.slices.map(\.positions) == [0..<41])
  }

  @Test func `shares the beginning that another generation computed`() throws {
    let tokens = (0..<100).map { UInt32($0) }
    var scheduler = Scheduler(blockCount: 20, maxRunningCount: 4, positionsPerStep: 512)
    try scheduler.add(1, length: 100, maximumLength: 110, keys: keys(tokens))
    let only = try next(&scheduler)
    scheduler.complete(only)
    scheduler.grow(1, key: nil)
    try scheduler.add(2, length: 96, maximumLength: 110, keys: keys(Array(tokens[..<96])))
    let batch = try next(&scheduler)
    // The last position is computed anew, and with it its block.
    #expect(batch.slices.map(\.positions) == [100..<101, 64..<96])
    #expect(batch.slices[0].blocks.prefix(2) == batch.slices[1].blocks.prefix(2))
    #expect(batch.slices[0].blocks[2] != batch.slices[1].blocks[2])
    #expect(scheduler.invariantFault() == nil)
    scheduler.complete(batch)
    scheduler.remove(1)
    scheduler.remove(2)
    #expect(scheduler.invariantFault() == nil)
    #expect(scheduler.blocks.heldCount == 0)
    try scheduler.add(3, length: 100, maximumLength: 110, keys: keys(tokens))
    let last = try next(&scheduler)
    #expect(last.slices.map(\.positions) == [96..<100])
  }

  @Test func `keys tell tokens, rows, beginnings and salts apart`() {
    func key(_ salt: String?, _ fill: (inout BlockKeys) -> SHA256.Digest?) -> SHA256.Digest? {
      var keys = BlockKeys(salt: salt)
      var last: SHA256.Digest?
      for _ in 0..<32 { last = fill(&keys) ?? last }
      return last
    }
    let all = [
      key(nil) { $0.append(TokenID(0)) }, key(nil) { $0.append(TokenID(1)) },
      key(nil) { $0.append([0]) }, key(nil) { $0.append([0, 0]) }, key(nil) { $0.append([-0.0]) },
      key("a") { $0.append(TokenID(0)) }, key("b") { $0.append(TokenID(0)) },
    ]
    #expect(!all.contains(nil))
    #expect(Set(all).count == all.count)
  }

  @Test func `SHA-256 gives the digests that Python's hashlib does`() {
    func digest(_ text: String, by size: Int) -> String {
      var sha = SHA256()
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { sha.append($0) }
      }
      let words = sha.finished().words
      return words.indices.map { index in
        let digits = String(words[index], radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
      }.joined()
    }
    let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    for size in [1, 7, 64, 100] {
      #expect(
        digest("abc", by: size)
          == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      )
      #expect(
        digest(long, by: size)
          == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      )
      #expect(
        digest(String(repeating: "a", count: 1000), by: size)
          == "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
      )
    }
  }

  /// Random arrivals, ends and aborts: nothing is lost, held twice or forgotten.
  @Test(arguments: UInt64(0)..<40)
  func `keeps its books under any load`(seed: UInt64) throws {
    var random = SeededGenerator(seed)
    let blockCount = Int.random(in: 4...40, using: &random)
    var scheduler = Scheduler(
      blockCount: blockCount,
      maxRunningCount: Int.random(in: 1...8, using: &random),
      positionsPerStep: Int.random(in: 1...100, using: &random)
    )
    struct Reader {
      var tokens: [UInt32]
      let end: Int
      var keys: BlockKeys
      var computed = 0
    }
    var readers: [Int: Reader] = [:]
    var finishedCount = 0
    var nextID = 0
    var stepCount = 0
    while nextID < 60 || !readers.isEmpty {
      stepCount += 1
      try #require(stepCount < 100_000, "generations starve")
      if nextID < 60, Int.random(in: 0..<3, using: &random) == 0 {
        // Few tokens, so that beginnings are often alike.
        let length = Int.random(in: 1...min(200, scheduler.capacity), using: &random)
        let tokens = (0..<length).map { position -> UInt32 in
          position % 40 == 39 ? UInt32.random(in: 0...1, using: &random) : 0
        }
        var keys = BlockKeys(salt: nil)
        let promptKeys = tokens.compactMap { keys.append(TokenID($0)) }
        let end = min(scheduler.capacity, length + Int.random(in: 0...80, using: &random))
        try scheduler.add(nextID, length: length, maximumLength: end, keys: promptKeys)
        readers[nextID] = Reader(tokens: tokens, end: end, keys: keys)
        nextID += 1
      }
      if Int.random(in: 0..<20, using: &random) == 0, let id = readers.keys.sorted().first {
        scheduler.remove(id)
        readers[id] = nil
      }
      #expect(scheduler.invariantFault() == nil)
      guard let batch = scheduler.next() else {
        #expect(readers.isEmpty)
        continue
      }
      #expect(scheduler.invariantFault() == nil)
      for (id, cachedCount) in batch.admitted { readers[id]?.computed = cachedCount }
      for slice in batch.slices {
        let reader = try #require(readers[slice.generation])
        #expect(slice.positions.lowerBound == reader.computed)
        #expect(slice.positions.upperBound <= reader.tokens.count)
        #expect(slice.isLast == (slice.positions.upperBound == reader.tokens.count))
        readers[slice.generation]?.computed = slice.positions.upperBound
      }
      scheduler.complete(batch)
      #expect(scheduler.invariantFault() == nil)
      for slice in batch.slices where slice.isLast {
        guard var reader = readers[slice.generation] else { continue }
        if reader.tokens.count >= reader.end {
          scheduler.remove(slice.generation)
          readers[slice.generation] = nil
          finishedCount += 1
        } else {
          reader.tokens.append(0)
          scheduler.grow(slice.generation, key: reader.keys.append(TokenID(0)))
          readers[slice.generation] = reader
        }
        #expect(scheduler.invariantFault() == nil)
      }
    }
    #expect(scheduler.isIdle)
    #expect(scheduler.blocks.heldCount == 0)
    #expect(finishedCount > 0)
  }
}
