/// Finds what a mistyped word was meant to be.
enum Suggestion {
  /// Words longer than this are no typing errors.
  private static let longestWord = 64

  /// The candidate at most three edits from `word`, or else the only one that continues it.
  static func nearest(to word: String, among candidates: [String]) -> String? {
    let letters = Array(word.unicodeScalars)
    guard letters.count > 1, letters.count <= longestWord else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let other = Array(candidate.unicodeScalars)
      let distance = distance(letters, other)
      // A third of the letters: two short words have little in common by accident.
      let limit = min(3, max(1, max(letters.count, other.count) / 3))
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.candidate }
    let continuations = candidates.filter { $0.hasPrefix(word) }
    return continuations.count == 1 ? continuations.first : nil
  }

  /// The number of insertions, deletions, replacements and swaps of neighbors between two words.
  ///
  /// - Complexity: O(*n* · *m*).
  static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
