/// The merges of a byte-pair vocabulary: pair of ids → rank and id of what they become.
struct MergeTable: Sendable {
  /// A merge's rank in the upper half, so that smaller is better, and the new id in the lower.
  typealias Merge = UInt64

  static let none = Merge.max

  /// Pairs in `x`, merges in `y`; an empty slot has `none` in both.
  private var slots: [SIMD2<UInt64>]
  private var shift: UInt64
  private var count = 0

  /// A table with room for `count` merges; it grows when there are more.
  init(capacity count: Int) {
    var bits: UInt64 = 4
    while 1 << bits < count * 2 { bits += 1 }
    slots = [SIMD2<UInt64>](repeating: SIMD2(repeating: Self.none), count: 1 << bits)
    shift = 64 - bits
  }

  /// Says that `left` before `right` becomes `merged`; replaces what was said of the pair before.
  mutating func insert(_ left: UInt32, _ right: UInt32, rank: UInt32, merged: UInt32) {
    if (count + 1) * 2 > slots.count { grow() }
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
    self = MergeTable(capacity: old.count)
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
