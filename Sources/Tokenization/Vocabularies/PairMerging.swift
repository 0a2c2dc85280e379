/// Applies merges to a row of symbols: always the best rank first, the leftmost of equals.
struct PairMerging {
  /// The symbols before, and the tokens after ``merge(with:)``.
  var symbols: [UInt32] = []

  private var merges: [MergeTable.Merge] = []
  private var following: [Int] = []
  private var preceding: [Int] = []
  private var queue = MinimumQueue()

  /// Rows up to this length are searched linearly, which is faster than a queue.
  private static let longestScanned = 64

  /// Replaces `symbols` by the tokens that they merge to.
  mutating func merge(with table: MergeTable) {
    guard symbols.count > 1 else { return }
    if symbols.count <= Self.longestScanned { scan(table) } else { drainQueue(table) }
  }

  /// Finds the best pair by looking at all of them.
  private mutating func scan(_ table: MergeTable) {
    var count = symbols.count
    merges.removeAll(keepingCapacity: true)
    for index in 0..<count - 1 { merges.append(table.merge(symbols[index], symbols[index + 1])) }
    while count > 1 {
      var best = MergeTable.none
      var position = 0
      for index in 0..<count - 1 where merges[index] < best {
        best = merges[index]
        position = index
      }
      guard best != MergeTable.none else { break }
      symbols[position] = UInt32(truncatingIfNeeded: best)
      count -= 1
      for index in position + 1..<count { symbols[index] = symbols[index + 1] }
      for index in position..<count - 1 { merges[index] = merges[index + 1] }
      if position + 1 < count {
        merges[position] = table.merge(symbols[position], symbols[position + 1])
      }
      if position > 0 {
        merges[position - 1] = table.merge(symbols[position - 1], symbols[position])
      }
    }
    symbols.removeLast(symbols.count - count)
  }

  /// Keeps the pairs in a queue and the symbols in a linked list: n log n for any length.
  private mutating func drainQueue(_ table: MergeTable) {
    let count = symbols.count
    let gone = UInt32.max
    following = Array(1...count)
    preceding = Array(-1..<count - 1)
    queue.removeAll()
    for index in 0..<count - 1 {
      queue.append(table.merge(symbols[index], symbols[index + 1]), at: index)
    }
    queue.order()
    while let (merge, position) = queue.popFirst() {
      let next = following[position]
      guard symbols[position] != gone, next < count,
        table.merge(symbols[position], symbols[next]) == merge
      else { continue }
      symbols[position] = UInt32(truncatingIfNeeded: merge)
      symbols[next] = gone
      let after = following[next]
      following[position] = after
      if after < count {
        preceding[after] = position
        queue.insert(table.merge(symbols[position], symbols[after]), at: position)
      }
      let before = preceding[position]
      if before >= 0 { queue.insert(table.merge(symbols[before], symbols[position]), at: before) }
    }
    symbols.removeAll { $0 == gone }
  }
}

/// A binary heap of merges, ordered by rank and then by position.
private struct MinimumQueue {
  private struct Item {
    let merge: MergeTable.Merge
    let position: Int

    static func < (left: Item, right: Item) -> Bool {
      left.merge != right.merge ? left.merge < right.merge : left.position < right.position
    }
  }

  private var items: [Item] = []

  mutating func removeAll() { items.removeAll(keepingCapacity: true) }

  /// Adds without ordering; call ``order()`` once after.
  mutating func append(_ merge: MergeTable.Merge, at position: Int) {
    if merge != MergeTable.none { items.append(Item(merge: merge, position: position)) }
  }

  mutating func order() {
    for index in (0..<items.count / 2).reversed() { sink(index) }
  }

  mutating func insert(_ merge: MergeTable.Merge, at position: Int) {
    guard merge != MergeTable.none else { return }
    let item = Item(merge: merge, position: position)
    items.append(item)
    var index = items.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      guard item < items[parent] else { break }
      items[index] = items[parent]
      index = parent
    }
    items[index] = item
  }

  mutating func popFirst() -> (merge: MergeTable.Merge, position: Int)? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    if !items.isEmpty {
      items[0] = last
      sink(0)
    }
    return (first.merge, first.position)
  }

  private mutating func sink(_ start: Int) {
    let item = items[start]
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < item else { break }
      items[index] = items[child]
      index = child
    }
    items[index] = item
  }
}
