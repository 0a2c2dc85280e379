/// Applies merges to a row of a few runs of equal symbols, each run as a whole.
///
/// Ten million times the same letter are merged in a few steps this way.
struct RunMerging {
  /// Equal symbols one after the other.
  struct Run {
    var symbol: PairMerging.Symbol
    var count: Int
  }

  /// Rows of more runs are not for this.
  private static let runLimit = 64
  /// How often all symbols may be looked at.
  private static let walkLimit = 16

  private(set) var runs: [Run] = []

  /// An empty row.
  init() {}

  /// `nil` if the row has many runs, or few symbols in each.
  init?(_ symbols: [PairMerging.Symbol]) {
    for symbol in symbols {
      guard append(symbol) else { return nil }
    }
    guard isLong else { return nil }
  }

  /// Adds a symbol; `false` if there are too many runs.
  @inline(__always)
  mutating func append(_ symbol: PairMerging.Symbol) -> Bool {
    if let last = runs.indices.last, runs[last].symbol == symbol {
      runs[last].count += 1
      return true
    }
    guard runs.count < Self.runLimit else { return false }
    runs.append(Run(symbol: symbol, count: 1))
    return true
  }

  /// Whether runs are long enough to be worth it.
  var isLong: Bool { runs.count * 16 <= runs.reduce(0) { $0 + $1.count } && !hasUnevenNeighbors }

  /// The row as it is now.
  var symbols: [PairMerging.Symbol] {
    var symbols: [PairMerging.Symbol] = []
    symbols.reserveCapacity(runs.reduce(0) { $0 + $1.count })
    for run in runs { symbols.append(contentsOf: repeatElement(run.symbol, count: run.count)) }
    return symbols
  }

  /// Merges the best pair wherever it stands, again and again.
  ///
  /// - Parameter merge: what two symbols become: the rank in the upper half, the new id in the lower.
  /// - Returns: `false` if it has to be gone on one by one: ranks are out of order, or there are many
  ///   runs by now, uneven ones, or too many ranks for which all symbols have to be looked at.
  mutating func merge(_ merge: (UInt32, UInt32) -> MergeTable.Merge) -> Bool {
    var walks = 0
    while runs.count <= Self.runLimit, !hasUnevenNeighbors {
      guard let (best, isShared) = bestPair(merge) else { return true }
      if isShared || disturbs(best, merge) {
        walks += 1
        guard walks <= Self.walkLimit else { return false }
        guard mergeLeftmost(rank: best.rank, merge) else { return false }
      } else if best.left == best.right {
        pairUp(best)
      } else {
        joinNeighbors(best)
      }
      tidy()
    }
    return false
  }

  private struct Pair {
    var left: UInt32
    var right: UInt32
    var merge: MergeTable.Merge
    var rank: UInt64 { merge >> 32 }
    var merged: UInt32 { UInt32(truncatingIfNeeded: merge) }
  }

  /// Whether symbols of one id but of different lengths stand side by side.
  private var hasUnevenNeighbors: Bool {
    zip(runs, runs.dropFirst()).contains { $0.symbol.id == $1.symbol.id }
  }

  /// The pair of the best rank, and whether another has it too; `nil` if nothing merges.
  private func bestPair(_ merge: (UInt32, UInt32) -> MergeTable.Merge) -> (Pair, Bool)? {
    var best: Pair?
    var isShared = false
    func consider(_ left: UInt32, _ right: UInt32) {
      let pair = Pair(left: left, right: right, merge: merge(left, right))
      guard pair.merge != MergeTable.none else { return }
      guard let known = best, known.rank <= pair.rank else {
        (best, isShared) = (pair, false)
        return
      }
      if known.rank == pair.rank, known.left != left || known.right != right { isShared = true }
    }
    for (index, run) in runs.enumerated() {
      if run.count > 1 { consider(run.symbol.id, run.symbol.id) }
      if index + 1 < runs.count { consider(run.symbol.id, runs[index + 1].symbol.id) }
    }
    return best.map { ($0, isShared) }
  }

  /// Whether what `pair` becomes could merge before all others of the pair have.
  private func disturbs(_ pair: Pair, _ merge: (UInt32, UInt32) -> MergeTable.Merge) -> Bool {
    let merged = pair.merged
    func isBetter(_ left: UInt32, _ right: UInt32) -> Bool {
      let other = merge(left, right)
      return other != MergeTable.none && other >> 32 <= pair.rank
    }
    return isBetter(merged, merged)
      || runs.contains { isBetter($0.symbol.id, merged) || isBetter(merged, $0.symbol.id) }
  }

  /// Merges pairs of one rank, whatever they are, always the leftmost.
  ///
  /// - Returns: `false`, and nothing is changed, if a better rank comes up.
  private mutating func mergeLeftmost(
    rank: UInt64,
    _ merge: (UInt32, UInt32) -> MergeTable.Merge
  ) -> Bool {
    // What has no pairs of the rank any more. Most pairs come again and again.
    var done: [Run] = []
    var memory = [SIMD2<UInt64>](repeating: SIMD2(repeating: .max), count: 256)
    func remembered(_ left: UInt32, _ right: UInt32) -> MergeTable.Merge {
      let pair = UInt64(left) << 32 | UInt64(right)
      let slot = Int(truncatingIfNeeded: (pair &* 0x9E37_79B9_7F4A_7C15) >> 56)
      if memory[slot].x != pair { memory[slot] = SIMD2(pair, merge(left, right)) }
      return memory[slot].y
    }
    for (index, run) in runs.enumerated() {
      for number in 1...max(1, run.count) {
        var symbol = run.symbol
        var next: UInt32?
        if number < run.count {
          next = symbol.id
        } else if index + 1 < runs.count {
          next = runs[index + 1].symbol.id
        }
        while let last = done.last {
          let merge = remembered(last.symbol.id, symbol.id)
          guard merge != MergeTable.none, merge >> 32 <= rank else { break }
          guard merge >> 32 == rank else { return false }
          symbol.id = UInt32(truncatingIfNeeded: merge)
          symbol.length &+= last.symbol.length
          done[done.count - 1].count -= 1
          if done[done.count - 1].count == 0 { done.removeLast() }
          if let next, remembered(symbol.id, next) >> 32 < rank { return false }
        }
        if let last = done.last, last.symbol == symbol {
          done[done.count - 1].count += 1
        } else {
          guard done.count <= Self.runLimit else { return false }
          done.append(Run(symbol: symbol, count: 1))
        }
      }
    }
    runs = done
    return true
  }

  private mutating func pairUp(_ pair: Pair) {
    var result: [Run] = []
    for run in runs {
      guard run.symbol.id == pair.left, run.count > 1 else {
        result.append(run)
        continue
      }
      let symbol = PairMerging.Symbol(id: pair.merged, length: run.symbol.length &* 2)
      result.append(Run(symbol: symbol, count: run.count / 2))
      result.append(Run(symbol: run.symbol, count: run.count % 2))
    }
    runs = result
  }

  private mutating func joinNeighbors(_ pair: Pair) {
    var result: [Run] = []
    for index in runs.indices {
      var run = runs[index]
      if index > 0, run.symbol.id == pair.right, runs[index - 1].symbol.id == pair.left {
        run.count -= 1
      }
      guard run.symbol.id == pair.left, index + 1 < runs.count,
        runs[index + 1].symbol.id == pair.right
      else {
        result.append(run)
        continue
      }
      run.count -= 1
      result.append(run)
      let length = run.symbol.length &+ runs[index + 1].symbol.length
      result.append(Run(symbol: PairMerging.Symbol(id: pair.merged, length: length), count: 1))
    }
    runs = result
  }

  /// Drops empty runs and joins equal ones.
  private mutating func tidy() {
    var result: [Run] = []
    for run in runs where run.count > 0 {
      if let last = result.last, last.symbol == run.symbol {
        result[result.count - 1].count += run.count
      } else {
        result.append(run)
      }
    }
    runs = result
  }
}
