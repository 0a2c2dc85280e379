import Tensors

/// Who holds which block of the key/value cache.
///
/// A block is free, or held by one generation or several, or idle: held by nobody but known to the
/// prefix cache, and given away when no free one is left.
struct BlockPool {
  /// All blocks.
  let blockCount: Int
  private var holderCounts: [Int32]
  /// Blocks whose contents are worth nothing, the next to be taken last.
  private var free: [Int]
  private var prefixes: PrefixCache

  /// A pool of blocks 0..<blockCount, all free.
  init(blockCount: Int) {
    self.blockCount = blockCount
    holderCounts = Array(repeating: 0, count: blockCount)
    // The lowest first, and later the last used, so that untouched memory stays untouched.
    free = Array((0..<blockCount).reversed())
    prefixes = PrefixCache(blockCount: blockCount)
  }

  /// Blocks that can be taken now.
  var availableCount: Int { free.count + prefixes.idleCount }
  /// Blocks that somebody holds.
  var heldCount: Int { blockCount - availableCount }

  /// A block to write to, held once; `nil` when all are held.
  mutating func take() -> Int? {
    guard let block = free.popLast() ?? prefixes.evict() else { return nil }
    holderCounts[block] = 1
    return block
  }

  /// Takes the blocks that `blocks` lacks to hold `length` positions: all of them, or none.
  mutating func extend(_ blocks: inout [Int], to length: Int) -> Bool {
    let needed =
      (length + KeyValueCache.blockSize - 1) / KeyValueCache.blockSize - blocks.count
    guard needed > 0 else { return true }
    guard needed <= availableCount else { return false }
    for _ in 0..<needed {
      if let block = take() { blocks.append(block) }
    }
    return true
  }

  /// Gives `block` back once.
  mutating func release(_ block: Int) {
    holderCounts[block] -= 1
    guard holderCounts[block] == 0 else { return }
    if prefixes.isKeyed(block) { prefixes.rest(block) } else { free.append(block) }
  }

  /// Gives `blocks` back, their ends first: a beginning is worth more than what follows it.
  mutating func release(_ blocks: [Int]) {
    for block in blocks.reversed() { release(block) }
  }

  /// The blocks of the longest beginning of `keys` that is known, each held once more.
  mutating func share(_ keys: some Sequence<SHA256.Digest>) -> [Int] {
    var blocks: [Int] = []
    for key in keys {
      guard let block = prefixes.block(for: key) else { break }
      if holderCounts[block] == 0 { prefixes.wake(block) }
      holderCounts[block] += 1
      blocks.append(block)
    }
    return blocks
  }

  /// Notes that the held `block` is full and holds the beginning `key`.
  mutating func keep(_ block: Int, for key: SHA256.Digest) { prefixes.insert(key, block: block) }

  /// Why the pool contradicts itself or the blocks that generations say they hold; `nil` if it does not.
  func fault(holders: [[Int]]) -> String? {
    var counts = [Int32](repeating: 0, count: blockCount)
    for blocks in holders {
      if Set(blocks).count != blocks.count { return "a generation holds a block twice" }
      for block in blocks { counts[block] += 1 }
    }
    if counts != holderCounts { return "blocks are held \(counts), noted \(holderCounts)" }
    let idle = prefixes.idleBlocks
    let held = counts.indices.filter { counts[$0] > 0 }
    if idle.count != prefixes.idleCount { return "idle blocks are miscounted" }
    if (free + idle + held).sorted() != Array(0..<blockCount) {
      return "free \(free), idle \(idle) and held \(held) are not all blocks once"
    }
    for blocks in holders {
      for block in blocks where counts[block] > 1 && !prefixes.isKeyed(block) {
        return "block \(block) is shared but not known"
      }
    }
    return prefixes.isConsistent ? nil : "keys and blocks differ"
  }
}
