/// Applies merges to a row of symbols: always the best rank first, the leftmost of equals.
struct PairMerging {
  /// A token and how many bytes of the text it takes.
  struct Symbol: Equatable {
    var id: UInt32
    var length: UInt32
  }

  /// The symbols before, and the tokens after ``merge(with:)``.
  private(set) var symbols: [Symbol] = []

  private var merges: [MergeTable.Merge] = []
  private var following: [UInt32] = []
  private var preceding: [UInt32] = []
  private var places = PairPlaces()

  /// Rows up to this length are searched linearly, which is faster than keeping places.
  private static let longestScanned = 64
  /// Marks a symbol that has become a part of another, and the end of a row.
  private static let none = UInt32.max

  /// Starts a new row.
  mutating func removeAll() { symbols.removeAll(keepingCapacity: true) }

  /// Adds a symbol.
  @inline(__always)
  mutating func append(_ id: UInt32, length: Int) {
    symbols.append(Symbol(id: id, length: UInt32(truncatingIfNeeded: length)))
  }

  /// Replaces ``symbols`` by the tokens that they merge to.
  mutating func merge(with table: MergeTable) {
    guard symbols.count > 1 else { return }
    guard symbols.count > Self.longestScanned else { return scan(table) }
    if var runs = RunMerging(symbols) {
      let isDone = runs.merge { table.merge($0, $1) }
      symbols = runs.symbols
      if isDone { return }
    }
    drain(table)
  }

  /// Finds the best pair by looking at all of them.
  private mutating func scan(_ table: MergeTable) {
    var count = symbols.count
    merges.removeAll(keepingCapacity: true)
    for index in 0..<count - 1 {
      merges.append(table.merge(symbols[index].id, symbols[index + 1].id))
    }
    while count > 1 {
      var best = MergeTable.none
      var position = 0
      for index in 0..<count - 1 where merges[index] < best {
        best = merges[index]
        position = index
      }
      guard best != MergeTable.none else { break }
      symbols[position].id = UInt32(truncatingIfNeeded: best)
      symbols[position].length += symbols[position + 1].length
      count -= 1
      for index in position + 1..<max(count, position + 1) { symbols[index] = symbols[index + 1] }
      for index in position..<max(count - 1, position) { merges[index] = merges[index + 1] }
      if position + 1 < count {
        merges[position] = table.merge(symbols[position].id, symbols[position + 1].id)
      }
      if position > 0 {
        merges[position - 1] = table.merge(symbols[position - 1].id, symbols[position].id)
      }
    }
    symbols.removeLast(symbols.count - count)
  }

  /// Keeps the places of each pair in a row, and the rows in the order of their ranks: the time grows with the
  /// number of symbols, whatever they are.
  private mutating func drain(_ table: MergeTable) {
    let count = symbols.count
    let none = Self.none
    following.removeAll(keepingCapacity: true)
    preceding.removeAll(keepingCapacity: true)
    following.reserveCapacity(count)
    preceding.reserveCapacity(count)
    for index in 0..<UInt32(truncatingIfNeeded: count) {
      following.append(index + 1 < count ? index + 1 : none)
      preceding.append(index > 0 ? index - 1 : none)
    }
    places.removeAll()
    for index in 0..<count - 1 {
      places.insert(
        symbols[index].id,
        symbols[index + 1].id,
        at: UInt32(truncatingIfNeeded: index),
        table
      )
    }
    while var pair = places.popBest() {
      var stop = pair.places.count
      for number in pair.head..<pair.places.count {
        let place = pair.places[number]
        let position = Int(place)
        let next = following[position]
        guard symbols[position].id != none, next != none,
          places.contains(symbols[position].id, symbols[Int(next)].id, in: pair, table)
        else { continue }
        symbols[position].id = pair.merged
        symbols[position].length += symbols[Int(next)].length
        symbols[Int(next)].id = none
        let after = following[Int(next)]
        following[position] = after
        var isBetter = false
        if after != none {
          preceding[Int(after)] = place
          isBetter =
            places.insert(pair.merged, symbols[Int(after)].id, at: place, table) <= pair.rank
        }
        let before = preceding[position]
        if before != none {
          let rank = places.insert(symbols[Int(before)].id, pair.merged, at: before, table)
          isBetter = isBetter || rank <= pair.rank
        }
        // Files whose merges are out of order: a better pair has come up, so the others wait.
        if isBetter {
          stop = number + 1
          break
        }
      }
      if stop < pair.places.count { places.insert(&pair, from: stop) }
    }
    symbols.removeAll { $0.id == none }
  }
}

/// The places of each pair that merges, by rank.
private struct PairPlaces {
  /// A pair, or all pairs of one rank, which become one token.
  struct Pair {
    let left: UInt32
    let right: UInt32
    let merged: UInt32
    let rank: UInt32
    /// Whether there are other pairs of this rank.
    var isShared = false
    var places: [UInt32] = []
    /// How many of the places are done with.
    var head = 0
    var isSorted = true
    var isQueued = false

    /// Adds a place.
    @inline(__always)
    mutating func insert(_ place: UInt32) {
      if let last = places.last, last > place { isSorted = false }
      places.append(place)
    }
  }

  private var pairs: [Pair] = []
  private var indices: [UInt64: Int] = [:]
  private var indicesByRank: [UInt32: Int] = [:]
  /// Ranks in the upper half, indices of pairs in the lower; a binary heap.
  private var queue: [UInt64] = []
  /// What is known of some pairs: the pair and its index, or that it does not merge.
  private var memory: [(pair: UInt64, index: Int)] = []

  private static let memorySize = 1 << 12
  private static let unmerged = -1

  mutating func removeAll() {
    pairs.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: true)
    indicesByRank.removeAll(keepingCapacity: true)
    queue.removeAll(keepingCapacity: true)
    memory = Array(repeating: (UInt64.max, Self.unmerged), count: Self.memorySize)
  }

  /// Notes that `left` stands before `right` at `place`; gives the rank of the pair.
  @inline(__always)
  @discardableResult
  mutating func insert(_ left: UInt32, _ right: UInt32, at place: UInt32, _ table: MergeTable)
    -> UInt32
  {
    let key = UInt64(left) << 32 | UInt64(right)
    let slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 52)
    if memory[slot].pair != key { memory[slot] = (key, index(of: key, left, right, table)) }
    let index = memory[slot].index
    guard index >= 0 else { return UInt32.max }
    pairs[index].insert(place)
    if !pairs[index].isQueued { enqueue(index) }
    return pairs[index].rank
  }

  /// Whether `left` before `right` is `pair`, or another pair of its rank.
  @inline(__always)
  func contains(_ left: UInt32, _ right: UInt32, in pair: Pair, _ table: MergeTable) -> Bool {
    if left == pair.left, right == pair.right { return true }
    return pair.isShared && UInt32(truncatingIfNeeded: table.merge(left, right) >> 32) == pair.rank
      && table.merge(left, right) != MergeTable.none
  }

  /// Puts back the places of `pair` from number `start` on, without copying them.
  mutating func insert(_ pair: inout Pair, from start: Int) {
    guard let index = indices[UInt64(pair.left) << 32 | UInt64(pair.right)] else { return }
    swap(&pairs[index].places, &pair.places)
    pairs[index].head = start
    pairs[index].isSorted = true
    // What has come in the meantime.
    for place in pair.places { pairs[index].insert(place) }
    if !pairs[index].isQueued { enqueue(index) }
  }

  /// The pair of the best rank with its places in order, which are forgotten here.
  mutating func popBest() -> Pair? {
    guard let first = queue.first, let last = queue.popLast() else { return nil }
    if !queue.isEmpty {
      queue[0] = last
      sink()
    }
    let index = Int(first & 0xFFFF_FFFF)
    var pair = pairs[index]
    pairs[index].places = []
    pairs[index].head = 0
    pairs[index].isSorted = true
    pairs[index].isQueued = false
    if !pair.isSorted {
      pair.places.removeFirst(pair.head)
      pair.head = 0
      pair.places.sort()
    }
    return pair
  }

  private mutating func index(of key: UInt64, _ left: UInt32, _ right: UInt32, _ table: MergeTable)
    -> Int
  {
    if let index = indices[key] { return index }
    let merge = table.merge(left, right)
    guard merge != MergeTable.none else { return Self.unmerged }
    let rank = UInt32(truncatingIfNeeded: merge >> 32)
    if let index = indicesByRank[rank] {
      pairs[index].isShared = true
      indices[key] = index
      return index
    }
    indicesByRank[rank] = pairs.count
    pairs.append(
      Pair(
        left: left,
        right: right,
        merged: UInt32(truncatingIfNeeded: merge),
        rank: rank
      )
    )
    indices[key] = pairs.count - 1
    return pairs.count - 1
  }

  private mutating func enqueue(_ index: Int) {
    pairs[index].isQueued = true
    let item = UInt64(pairs[index].rank) << 32 | UInt64(index)
    queue.append(item)
    var place = queue.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard item < queue[parent] else { break }
      queue[place] = queue[parent]
      place = parent
    }
    queue[place] = item
  }

  private mutating func sink() {
    let item = queue[0]
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < queue.count else { break }
      if child + 1 < queue.count, queue[child + 1] < queue[child] { child += 1 }
      guard queue[child] < item else { break }
      queue[place] = queue[child]
      place = child
    }
    queue[place] = item
  }
}
