import Tensors

/// Chooses which positions of which generations run next. No model, clock or I/O, so a test can drive it.
///
/// Reading a prompt and decoding are one case: a generation owes positions and gets what the step
/// allows. Running ones come first, so a long prompt never stops a stream.
struct Scheduler {
  /// What is known of one generation here.
  struct Entry {
    let id: Int
    /// The most positions it may come to have computed.
    let maximumLength: Int
    /// Positions that are known, the prompt's and those of generated tokens.
    fileprivate(set) var length: Int
    /// Positions whose keys and values are in the cache.
    fileprivate(set) var computed = 0
    /// The blocks that hold them, and room for more.
    fileprivate(set) var blocks: [Int] = []
    /// Keys of the full blocks of known positions.
    fileprivate(set) var keys: [SHA256.Digest]
    /// Whether it may begin with what others computed.
    let readsCache: Bool

    fileprivate var owed: Int { length - computed }
  }

  /// In order of admission.
  private(set) var running: [Entry] = []
  /// In order of arrival, those that had to make room first.
  private(set) var waiting: [Entry] = []
  private(set) var blocks: BlockPool
  private let maxRunningCount: Int
  private let positionsPerStep: Int
  /// Times that a running generation had to make room.
  private(set) var preemptionCount = 0
  /// Positions looked up among those computed for others, and found.
  private(set) var queryCount = 0
  private(set) var hitCount = 0

  init(blockCount: Int, maxRunningCount: Int, positionsPerStep: Int) {
    blocks = BlockPool(blockCount: blockCount)
    self.maxRunningCount = max(1, maxRunningCount)
    self.positionsPerStep = max(1, positionsPerStep)
  }

  /// Positions that the cache holds.
  var capacity: Int { blocks.blockCount * KeyValueCache.blockSize }
  /// Whether nothing runs or waits.
  var isIdle: Bool { running.isEmpty && waiting.isEmpty }

  /// Lines up generation `id` of `length` positions, which may grow to `maximumLength` computed ones.
  ///
  /// - Parameter keys: of the full blocks among the first `length` positions; empty keeps the
  ///   generation out of the prefix cache.
  /// - Throws: `EngineError.neverFits`.
  mutating func add(
    _ id: Int,
    length: Int,
    maximumLength: Int,
    keys: [SHA256.Digest] = [],
    readsCache: Bool = true
  ) throws(EngineError) {
    let most = max(length, maximumLength)
    guard most <= capacity else {
      throw .neverFits(positionCount: most, capacity: capacity)
    }
    waiting.append(
      Entry(
        id: id,
        maximumLength: most,
        length: length,
        keys: keys,
        readsCache: readsCache
      )
    )
  }

  /// The next step; `nil` when nothing runs or waits.
  mutating func next() -> Batch? {
    var batch = Batch()
    var budget = positionsPerStep
    var hasPreempted = false
    var index = 0
    while index < running.count, budget > 0 {
      let count = min(running[index].owed, budget)
      while !blocks.extend(&running[index].blocks, to: running[index].computed + count) {
        // The latest makes room: it has the least to lose. The oldest always fits by itself.
        preemptLast()
        hasPreempted = true
        if index == running.count { break }
      }
      guard index < running.count else { break }
      schedule(running[index], count, &batch)
      budget -= count
      index += 1
    }
    while !hasPreempted, budget > 0, let entry = admit(&batch) {
      let count = min(entry.owed, budget)
      schedule(entry, count, &batch)
      budget -= count
    }
    return batch.slices.isEmpty ? nil : batch
  }

  /// Notes that the positions of `batch` have gone through the model.
  mutating func complete(_ batch: Batch) {
    for slice in batch.slices {
      guard let index = running.firstIndex(where: { $0.id == slice.generation }) else { continue }
      running[index].computed = slice.positions.upperBound
      keepBlocks(of: index, from: slice.positions.lowerBound / KeyValueCache.blockSize)
    }
  }

  /// Adds a position to the running generation `id`; `key` is that of the block it fills, if it does.
  mutating func grow(_ id: Int, key: SHA256.Digest?) {
    guard let index = running.firstIndex(where: { $0.id == id }) else { return }
    running[index].length += 1
    if let key { running[index].keys.append(key) }
  }

  /// Forgets generation `id`, which ended or is wanted no more, and frees its blocks.
  mutating func remove(_ id: Int) {
    if let index = running.firstIndex(where: { $0.id == id }) {
      blocks.release(running.remove(at: index).blocks)
    } else {
      waiting.removeAll { $0.id == id }
    }
  }

  private func schedule(_ entry: Entry, _ count: Int, _ batch: inout Batch) {
    guard count > 0 else { return }
    batch.slices.append(
      Batch.Slice(
        generation: entry.id,
        positions: entry.computed..<entry.computed + count,
        blocks: entry.blocks,
        isLast: count == entry.owed
      )
    )
  }

  /// Moves the first waiting generation to the running ones, if there is room for all that it owes.
  ///
  /// Less would let half-read prompts push each other out.
  private mutating func admit(_ batch: inout Batch) -> Entry? {
    guard running.count < maxRunningCount, var entry = waiting.first else { return nil }
    if entry.readsCache, !entry.keys.isEmpty {
      // The last position is always computed: its logits are wanted.
      let usable = (entry.length - 1) / KeyValueCache.blockSize
      entry.blocks = blocks.share(entry.keys.prefix(usable))
      entry.computed = entry.blocks.count * KeyValueCache.blockSize
    }
    guard blocks.extend(&entry.blocks, to: entry.length) else {
      blocks.release(entry.blocks)
      return nil
    }
    if entry.readsCache, !entry.keys.isEmpty {
      queryCount += entry.length
      hitCount += entry.computed
    }
    waiting.removeFirst()
    running.append(entry)
    batch.admitted.append((entry.id, entry.computed))
    return entry
  }

  private mutating func preemptLast() {
    guard var entry = running.popLast() else { return }
    blocks.release(entry.blocks)
    entry.blocks = []
    entry.computed = 0
    waiting.insert(entry, at: 0)
    preemptionCount += 1
  }

  /// Makes the full blocks of the generation at `index` known, from block number `first` on.
  private mutating func keepBlocks(of index: Int, from first: Int) {
    let full = min(
      running[index].computed / KeyValueCache.blockSize,
      running[index].keys.count
    )
    guard first < full else { return }
    for number in first..<full {
      blocks.keep(running[index].blocks[number], for: running[index].keys[number])
    }
  }

  /// What contradicts itself, or `nil`; tests ask after every operation.
  func invariantFault() -> String? {
    for entry in running {
      if entry.computed > entry.length { return "\(entry.id) has computed more than it has" }
      if entry.computed > entry.blocks.count * KeyValueCache.blockSize {
        return "\(entry.id) has computed more than its blocks hold"
      }
      if entry.length > entry.maximumLength { return "\(entry.id) is too long" }
    }
    for entry in waiting where !entry.blocks.isEmpty || entry.computed != 0 {
      return "\(entry.id) waits and holds blocks"
    }
    if running.count > maxRunningCount { return "\(running.count) generations run" }
    let ids = (running + waiting).map(\.id)
    if Set(ids).count != ids.count { return "a generation is listed twice" }
    return blocks.fault(holders: running.map(\.blocks))
  }
}
