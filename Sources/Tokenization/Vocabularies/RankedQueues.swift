/// Pairs that wait for being merged: the best rank first, in it the leftmost.
///
/// There are few ranks and many pairs, which mostly come from left to right: each rank has a row of
/// its own, so that a long text takes time in proportion to its length.
struct RankedQueues {
  struct Pair {
    /// The left symbol.
    var position: Int32
    /// Bytes of both symbols, which tells whether they are still what they were.
    var length: Int32
  }

  private struct Queue {
    var rank: UInt32
    /// Pairs that came in order; those before `head` are taken.
    var row: [Pair] = []
    var head = 0
    /// Pairs that came late.
    var late = MinimumHeap<Pair>()

    mutating func insert(_ pair: Pair) {
      if let last = row.last, pair.position < last.position {
        late.insert(pair)
      } else {
        row.append(pair)
      }
    }

    mutating func popFirst() -> Pair? {
      if head < row.count, late.first.map({ row[head] < $0 }) ?? true {
        head += 1
        return row[head - 1]
      }
      return late.popFirst()
    }

    var isEmpty: Bool { head == row.count && late.first == nil }
  }

  private var queues: [Queue] = []
  private var queueByRank: [UInt32: Int] = [:]
  private var waiting = MinimumHeap<WaitingRank>()
  /// The queue that was asked last.
  private var current: Int?

  private struct WaitingRank: Comparable {
    var rank: UInt32
    var queue: Int

    static func < (left: WaitingRank, right: WaitingRank) -> Bool { left.rank < right.rank }
  }

  mutating func insert(position: Int32, length: Int32, rank: UInt32) {
    let queue: Int
    if let current, queues[current].rank == rank {
      queue = current
    } else if let known = queueByRank[rank] {
      queue = known
    } else {
      queue = queues.count
      queues.append(Queue(rank: rank))
      queueByRank[rank] = queue
    }
    if queues[queue].isEmpty {
      queues[queue].row.removeAll(keepingCapacity: true)
      queues[queue].head = 0
      waiting.insert(WaitingRank(rank: rank, queue: queue))
    }
    queues[queue].insert(Pair(position: position, length: length))
  }

  mutating func popFirst() -> Pair? {
    guard let best = waiting.first else { return nil }
    current = best.queue
    let pair = queues[best.queue].popFirst()
    if queues[best.queue].isEmpty { _ = waiting.popFirst() }
    return pair
  }
}

extension RankedQueues.Pair: Comparable {
  static func < (left: RankedQueues.Pair, right: RankedQueues.Pair) -> Bool {
    left.position < right.position
  }
}

/// A binary heap, the smallest first.
struct MinimumHeap<Element: Comparable> {
  private var items: [Element] = []

  var first: Element? { items.first }

  mutating func insert(_ item: Element) {
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

  mutating func popFirst() -> Element? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return first }
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < items.count else { break }
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < last else { break }
      items[index] = items[child]
      index = child
    }
    items[index] = last
    return first
  }
}
