/// Which blocks hold what was computed of a known beginning, and which of them may be given away.
///
/// A block's key is the digest of everything read up to its end, so a hit is a hit on the whole
/// beginning. Blocks that nobody holds are kept in order of their release, the oldest to go first.
struct PrefixCache {
  private var blocks: [SHA256.Digest: Int] = [:]
  private var keys: [SHA256.Digest?]
  // A doubly linked list through the blocks that nobody holds; `end` closes the ring.
  private var next: [Int]
  private var previous: [Int]
  private let end: Int
  /// Keyed blocks that nobody holds.
  private(set) var idleCount = 0

  /// An empty cache over blocks 0..<blockCount.
  init(blockCount: Int) {
    keys = Array(repeating: nil, count: blockCount)
    next = Array(0...blockCount)
    previous = Array(0...blockCount)
    end = blockCount
  }

  /// The block that holds the beginning `key`.
  func block(for key: SHA256.Digest) -> Int? { blocks[key] }

  /// Whether `block` holds a known beginning.
  func isKeyed(_ block: Int) -> Bool { keys[block] != nil }

  /// Notes that `block` holds the beginning `key`, unless another block does.
  mutating func insert(_ key: SHA256.Digest, block: Int) {
    guard keys[block] == nil, blocks[key] == nil else { return }
    blocks[key] = block
    keys[block] = key
  }

  /// Puts the keyed `block`, which nobody holds any more, behind all others.
  mutating func rest(_ block: Int) {
    let last = previous[end]
    (next[last], previous[block]) = (block, last)
    (next[block], previous[end]) = (end, block)
    idleCount += 1
  }

  /// Takes `block` out of those that may be given away.
  mutating func wake(_ block: Int) {
    (next[previous[block]], previous[next[block]]) = (next[block], previous[block])
    (next[block], previous[block]) = (block, block)
    idleCount -= 1
  }

  /// Forgets the block that nobody has held for the longest time, and returns it.
  mutating func evict() -> Int? {
    let block = next[end]
    guard block != end else { return nil }
    wake(block)
    if let key = keys[block] { blocks[key] = nil }
    keys[block] = nil
    return block
  }

  /// Blocks that may be given away, the first to go first.
  var idleBlocks: [Int] {
    var all: [Int] = []
    var block = next[end]
    while block != end {
      all.append(block)
      block = next[block]
    }
    return all
  }

  /// Whether keys and blocks name each other.
  var isConsistent: Bool {
    blocks.count == keys.count { $0 != nil } && blocks.allSatisfy { keys[$0.value] == $0.key }
  }
}
