/// Remembers which tokens begin where in the words of a text, so that a frequent word is looked up once.
///
/// What scores best still depends on the words before, by the rounding of sums, and is not remembered.
struct WordMatches {
  /// A token in a word; the first of each character tells the character's length and how many tokens follow.
  struct Match {
    var score: Double
    var length: Int32
    /// The entry of the token; -1 for an unknown character.
    var entry: Int32
  }

  /// Longer words are not kept.
  static let longestWord = 32
  /// With more tokens than this all words are forgotten.
  private static let matchLimit = 1 << 16

  private(set) var matches: [Match] = []
  /// A newer word takes the place of an older one.
  private var words: [(word: Range<Int>, matches: Range<Int>)] = []

  /// Where the tokens of `text[word]` stand in ``matches``.
  mutating func matches(of text: Span<UInt8>, _ word: Range<Int>, _ model: Unigram) -> Range<Int> {
    if words.isEmpty || matches.count > Self.matchLimit {
      words = Array(repeating: (0..<0, 0..<0), count: 4096)
      matches.removeAll(keepingCapacity: true)
    }
    let slot = Int(truncatingIfNeeded: text.hash(word) >> 32) & (words.count - 1)
    if text.equals(words[slot].word, text, word) { return words[slot].matches }
    let first = matches.count
    var start = word.lowerBound
    while start < word.upperBound {
      start += append(text, from: start, to: word.upperBound, model)
    }
    words[slot] = (word, first..<matches.count)
    return first..<matches.count
  }

  /// Appends the tokens that begin at `start`; returns the length of the character there.
  private mutating func append(
    _ text: Span<UInt8>,
    from start: Int,
    to end: Int,
    _ model: Unigram
  ) -> Int {
    let header = matches.count
    let length = min(end - start, text.scalar(at: start).length)
    matches.append(Match(score: 0, length: Int32(length), entry: 0))
    var isKnown = false
    var node = PrefixTrie.root
    var index = start
    while index < end {
      node = model.trie.child(of: node, text[index])
      guard node != PrefixTrie.root else { break }
      index += 1
      let entry = model.trie.value(at: node)
      guard entry >= 0 else { continue }
      let score = model.scores[Int(entry)]
      matches.append(Match(score: score, length: Int32(index - start), entry: entry))
      if index == start + length { isKnown = true }
    }
    if !isKnown {
      matches.append(Match(score: model.unknownScore, length: Int32(length), entry: -1))
    }
    matches[header].entry = Int32(matches.count - header - 1)
    return length
  }
}
