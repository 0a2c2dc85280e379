import Glibc

/// Tokens that may still be drawn, with weights relative to the likeliest one's 1.
struct Candidates {
  private struct Candidate {
    let index: Int
    let weight: Float
  }

  private var candidates: [Candidate]

  /// All tokens of `scores`, [vocabulary], at `temperature` above 0; those with weight 0 are left out.
  init(_ scores: UnsafeBufferPointer<Float>, temperature: Float) {
    var highest = -Float.infinity
    for score in scores where score > highest { highest = score }
    candidates = []
    for (index, score) in scores.enumerated() {
      // A highest of +infinity leaves only the tokens that reach it.
      let weight = score == highest ? 1 : expf((score - highest) / temperature)
      if weight > 0 { candidates.append(Candidate(index: index, weight: weight)) }
    }
  }

  /// Keeps tokens whose weight is at least `share` of the likeliest's.
  mutating func keep(atLeast share: Float) {
    candidates.removeAll { $0.weight < share }
  }

  /// Keeps the `count` likeliest tokens, and those as likely as the last of them.
  mutating func keep(top count: Int) {
    guard count < candidates.count else { return }
    let least = orderedByWeight(first: count)[count - 1].weight
    candidates.removeAll { $0.weight < least }
  }

  /// Keeps the fewest likeliest tokens whose weights reach the share `mass` of all.
  mutating func keep(mass: Float) {
    let total = candidates.reduce(0.0) { $0 + Double($1.weight) }
    let wanted = Double(mass) * total
    // The nucleus is small as a rule: order only as many tokens as it takes.
    var count = min(64, candidates.count)
    while true {
      let ordered = orderedByWeight(first: count)
      var sum = 0.0
      for (position, candidate) in ordered.enumerated() {
        sum += Double(candidate.weight)
        if sum >= wanted {
          candidates = Array(ordered[...position])
          return
        }
      }
      guard count < candidates.count else { return }
      count = min(count * 8, candidates.count)
    }
  }

  /// The token at the share `unit` (0..<1) of all weights; 0 where no token is left.
  func draw(_ unit: Double) -> Int {
    var rest = unit * candidates.reduce(0.0) { $0 + Double($1.weight) }
    for candidate in candidates {
      rest -= Double(candidate.weight)
      if rest < 0 { return candidate.index }
    }
    return candidates.last?.index ?? 0
  }

  /// The `count` likeliest candidates, likeliest first, ties by index.
  private func orderedByWeight(first count: Int) -> [Candidate] {
    func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
      left.weight != right.weight ? left.weight > right.weight : left.index < right.index
    }
    guard count < candidates.count else { return candidates.sorted(by: isBefore) }
    // Quickselect: only the chosen ones are sorted, never the whole vocabulary.
    var pool = candidates
    var chosen: [Candidate] = []
    while chosen.count + pool.count > count {
      let pivot = pool[pool.count / 2]
      let before = pool.filter { isBefore($0, pivot) }
      if chosen.count + before.count >= count {
        pool = before
      } else {
        chosen += before
        chosen.append(pivot)
        pool = pool.filter { isBefore(pivot, $0) }
        if chosen.count == count { pool = [] }
      }
    }
    return (chosen + pool).sorted(by: isBefore)
  }
}
