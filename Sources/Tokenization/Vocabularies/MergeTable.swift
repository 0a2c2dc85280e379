/// The merges of a byte-pair vocabulary: pair of ids → rank and id of what they become.
struct MergeTable: Sendable {
  /// A merge's rank in the upper half, so that smaller is better, and the new id in the lower.
  typealias Merge = UInt64

  static let none = Merge.max

  /// Pairs in `x`, merges in `y`; an empty slot has `none` in both.
  private var slots: [SIMD2<UInt64>]
  private var shift: UInt64
  private var count = 0
  /// What the last pair inserted becomes.
  private(set) var lastMerged: UInt32?

  /// A table with room for `count` merges; it grows when there are more.
  init(capacity count: Int) {
    var bits: UInt64 = 4
    while 3 << bits < count * 4 { bits += 1 }
    slots = [SIMD2<UInt64>](repeating: SIMD2(repeating: Self.none), count: 1 << bits)
    shift = 64 - bits
  }

  /// A table of `merges`: pairs in `x`, merges in `y`; the last of equal pairs counts.
  init(_ merges: [SIMD2<UInt64>]) {
    self.init(capacity: merges.count)
    // In the order of their places, so that the memory is gone through once.
    let bucketBits: UInt64 = 8
    var starts = [Int](repeating: 0, count: 1 << bucketBits + 1)
    for merge in merges { starts[Self.slot(of: merge.x, 64 - bucketBits) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    var ordered = [SIMD2<UInt64>](repeating: .zero, count: merges.count)
    for merge in merges {
      let bucket = Self.slot(of: merge.x, 64 - bucketBits)
      ordered[starts[bucket]] = merge
      starts[bucket] += 1
    }
    for merge in ordered { insert(merge) }
  }

  /// Says that `left` before `right` becomes `merged`; replaces what was said of the pair before.
  mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, merged: UInt32) {
    lastMerged = merged
    if (count + 1) * 4 > slots.count * 3 { grow() }
    insert(SIMD2(UInt64(left) << 32 | UInt64(right), UInt64(rank) << 32 | UInt64(merged)))
  }

  private mutating func insert(_ slot: SIMD2<UInt64>) {
    var index = Self.slot(of: slot.x, shift)
    while slots[index].x != Self.none, slots[index].x != slot.x {
      index = (index + 1) & (slots.count - 1)
    }
    if slots[index].x == Self.none { count += 1 }
    slots[index] = slot
  }

  private mutating func grow() {
    let old = slots
    let last = lastMerged
    self = MergeTable(capacity: old.count + 1)
    lastMerged = last
    for slot in old where slot.x != Self.none { insert(slot) }
  }

  /// What `left` before `right` becomes; `none` if they do not merge.
  @inline(__always)
  func merge(_ left: UInt32, _ right: UInt32) -> Merge {
    let pair = UInt64(left) << 32 | UInt64(right)
    var index = Self.slot(of: pair, shift)
    while true {
      let slot = slots[index]
      if slot.x == pair { return slot.y }
      if slot.x == Self.none { return Self.none }
      index = (index + 1) & (slots.count - 1)
    }
  }

  @inline(__always)
  private static func slot(of pair: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}
