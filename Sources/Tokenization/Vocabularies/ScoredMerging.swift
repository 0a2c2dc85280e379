/// Merges the characters of one word to pieces: the best rank first, the leftmost of equals.
struct ScoredMerging {
  /// Where the symbols lie that nothing merges any more.
  private(set) var symbols: [Range<Int>] = []
  /// Where the left half ends of what became an unused piece, by the piece's id.
  private(set) var unusedLeftLengths: [UInt32: Int] = [:]

  private var ranks: [UInt32] = []
  private var frozen: [Bool] = []

  /// Rows up to this length are searched linearly, which is faster than a queue.
  private static let longestScanned = 48
  /// Shorter rows are not looked at for runs.
  private static let leastInRuns = 1024

  /// Finds the symbols of `text[range]`.
  mutating func merge(_ text: Span<UInt8>, _ range: Range<Int>, of model: ScoredPairs) {
    symbols.removeAll(keepingCapacity: true)
    frozen.removeAll(keepingCapacity: true)
    if range.count >= Self.leastInRuns, mergeRuns(text, range, model) { return }
    var start = range.lowerBound
    while start < range.upperBound {
      let match = model.pieces.userDefined?.longestMatch(in: text, start..<range.upperBound)
      let end = match?.end ?? min(range.upperBound, start + text.scalar(at: start).length)
      symbols.append(start..<end)
      frozen.append(match != nil)
      start = end
    }
    guard symbols.count > 1 else { return }
    if symbols.count <= Self.longestScanned {
      scan(text, model)
    } else {
      drainQueues(text, model)
    }
  }

  /// Merges long runs of equal pieces as such; `false` if the text is something else.
  private mutating func mergeRuns(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ model: ScoredPairs
  ) -> Bool {
    guard !model.hasUnused, model.pieces.userDefined == nil else { return false }
    var runs = RunMerging()
    var last: (character: Range<Int>, symbol: PairMerging.Symbol)?
    var index = range.lowerBound
    while index < range.upperBound {
      let end = min(range.upperBound, index + text.scalar(at: index).length)
      if let last, text.equals(index..<end, text, last.character) {
        guard runs.append(last.symbol) else { return false }
      } else {
        guard let id = model.pieces.tokens.id(of: text, index..<end) else { return false }
        let symbol = PairMerging.Symbol(id: id, length: UInt32(end - index))
        guard runs.append(symbol) else { return false }
        last = (index..<end, symbol)
      }
      index = end
    }
    guard runs.isLong else { return false }
    let strings = model.pieces.tokens.strings
    let bytes = strings.bytes.span
    let isDone = runs.merge { left, right in
      let (left, right) = (strings.range(of: Int(left)), strings.range(of: Int(right)))
      guard left.count + right.count <= model.longestPiece,
        let id = model.pieces.tokens.id(of: bytes, left, then: right),
        model.ranks[Int(id)] != ScoredPairs.none
      else { return MergeTable.none }
      return UInt64(model.ranks[Int(id)]) << 32 | UInt64(id)
    }
    guard isDone else { return false }
    var start = range.lowerBound
    for run in runs.runs {
      for _ in 0..<run.count {
        let end = start + Int(run.symbol.length)
        symbols.append(start..<end)
        start = end
      }
    }
    return true
  }

  /// The rank of what two neighbors become.
  @inline(__always)
  private mutating func rank(
    _ text: Span<UInt8>,
    _ left: Range<Int>,
    _ right: Range<Int>,
    _ model: ScoredPairs
  ) -> UInt32 {
    let range = left.lowerBound..<right.upperBound
    guard range.count <= model.longestPiece,
      let id = model.pieces.tokens.id(of: text, range), model.ranks[Int(id)] != ScoredPairs.none
    else { return ScoredPairs.none }
    if model.pieces.kinds[Int(id)] == .unused { unusedLeftLengths[id] = left.count }
    return model.ranks[Int(id)]
  }

  /// Finds the best pair by looking at all of them.
  private mutating func scan(_ text: Span<UInt8>, _ model: ScoredPairs) {
    ranks.removeAll(keepingCapacity: true)
    for index in 0..<symbols.count - 1 {
      ranks.append(
        frozen[index] || frozen[index + 1]
          ? ScoredPairs.none : rank(text, symbols[index], symbols[index + 1], model)
      )
    }
    while true {
      var best = ScoredPairs.none
      var position = 0
      for index in ranks.indices where ranks[index] < best {
        best = ranks[index]
        position = index
      }
      guard best != ScoredPairs.none else { return }
      let end = symbols[position + 1].upperBound
      symbols[position] = symbols[position].lowerBound..<end
      symbols.remove(at: position + 1)
      frozen.remove(at: position + 1)
      ranks.remove(at: position)
      if position > 0, !frozen[position - 1] {
        ranks[position - 1] = rank(text, symbols[position - 1], symbols[position], model)
      }
      if position < ranks.count, !frozen[position + 1] {
        ranks[position] = rank(text, symbols[position], symbols[position + 1], model)
      }
    }
  }

  /// Keeps the pairs in queues by rank and the symbols in a linked list.
  private mutating func drainQueues(_ text: Span<UInt8>, _ model: ScoredPairs) {
    let gone = Int32(-1)
    let base = symbols[0].lowerBound
    // By symbol: its bounds, and which symbols stand beside it.
    var starts = symbols.map { Int32($0.lowerBound - base) }
    var ends = symbols.map { Int32($0.upperBound - base) }
    var following = symbols.indices.map { Int32($0 + 1) }
    var preceding = symbols.indices.map { Int32($0 - 1) }
    let count = symbols.count
    var queues = RankedQueues()

    func range(_ symbol: Int) -> Range<Int> {
      base + Int(starts[symbol])..<base + Int(ends[symbol])
    }
    func consider(_ merging: inout ScoredMerging, _ left: Int, _ right: Int) {
      guard left >= 0, right < count, !merging.frozen[left], !merging.frozen[right] else { return }
      let rank = merging.rank(text, range(left), range(right), model)
      guard rank != ScoredPairs.none else { return }
      queues.insert(position: Int32(left), length: ends[right] - starts[left], rank: rank)
    }

    for left in 0..<count - 1 { consider(&self, left, left + 1) }
    while let pair = queues.popFirst() {
      let left = Int(pair.position)
      let right = Int(following[left])
      guard ends[left] != gone, right < count, ends[right] - starts[left] == pair.length else {
        continue
      }
      ends[left] = ends[right]
      ends[right] = gone
      following[left] = following[right]
      if Int(following[left]) < count { preceding[Int(following[left])] = Int32(left) }
      consider(&self, Int(preceding[left]), left)
      consider(&self, left, Int(following[left]))
    }
    var kept = 0
    for symbol in 0..<count where ends[symbol] != gone {
      symbols[kept] = range(symbol)
      kept += 1
    }
    symbols.removeLast(count - kept)
    starts = []
  }
}
