/// SentencePiece's `BPE` model: neighbors merge if together they are a piece, the best score first.
///
/// Source: https://github.com/google/sentencepiece/blob/master/src/bpe_model.cc
struct ScoredPairs: Sendable {
  let pieces: SentencePieceVocabulary
  let fallsBackToBytes: Bool
  /// The place of each piece by score, equal scores in one place; `none` if it is never merged to.
  let ranks: [UInt32]
  /// Longer texts are no pieces.
  let longestPiece: Int
  private let cutsAtWords: Bool
  let hasUnused: Bool
  private let fallbackIDs: [UInt32?]

  static let none = UInt32.max
  /// Merging counts bytes in 32 bits.
  private static let longestRun = 1 << 30
  /// Pieces that are not given are taken apart so often at most, as in the reference.
  private static let deepestUnused = 100

  init(_ pieces: SentencePieceVocabulary, fallsBackToBytes: Bool) {
    self.pieces = pieces
    self.fallsBackToBytes = fallsBackToBytes
    let found = pieces.kinds.indices.filter { entry in
      [.normal, .userDefined, .unused].contains(pieces.kinds[entry])
    }
    let scores = pieces.scores
    var ranks = [UInt32](repeating: Self.none, count: scores.count)
    var rank: UInt32 = 0
    var previous: Int32?
    for entry in found.sorted(by: { scores[$0].order > scores[$1].order }) {
      if let previous, previous != scores[entry].order { rank += 1 }
      previous = scores[entry].order
      ranks[entry] = rank
    }
    self.ranks = ranks
    longestPiece = found.lazy.map { pieces.tokens.strings.range(of: $0).count }.max() ?? 0
    hasUnused = pieces.kinds.contains(.unused)
    // What an unused piece is made of is remembered for the whole text.
    cutsAtWords = !hasUnused && pieces.cutsAtWords
    fallbackIDs = (0...UInt8.max).map { byte in
      let name = Array(BytePairEncoding.fallbackName(of: byte).utf8)
      return pieces.tokens.id(of: name.span, 0..<name.count)
    }
  }

  /// The rank of the piece that is `text[range]`; ``none`` if neighbors do not merge to it.
  @inline(__always)
  func rank(of text: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
    guard range.count <= longestPiece, let id = pieces.tokens.id(of: text, range) else {
      return Self.none
    }
    return ranks[Int(id)]
  }

  /// Appends the tokens of every piece of text to `output`.
  func encode(_ pieces: Pieces, to output: inout TokenRow) {
    let text = pieces.text.bytes.span
    let count = pieces.ranges.reduce(0) { $0 + $1.count }
    var merging = ScoredMerging()
    var seen = SeenPieces(expecting: cutsAtWords ? count / 4 : 0)
    for range in pieces.ranges {
      var isAfterUnknown = false
      var start = range.lowerBound
      while start < range.upperBound {
        let word = start..<endOfWord(text, from: start, to: range.upperBound)
        let first = output.count
        let slot = seen.slot(of: text, word)
        if let tokens = seen.tokens(in: slot, equalTo: word, of: text) {
          output.append(copyOf: tokens)
          isAfterUnknown = false
        } else {
          merging.merge(text, word, of: self)
          let wasAfterUnknown = isAfterUnknown
          for symbol in merging.symbols {
            append(symbol, of: text, merging, &isAfterUnknown, depth: 0, to: &output)
          }
          // What an unknown character becomes may depend on the words beside it.
          if !wasAfterUnknown, !isAfterUnknown {
            seen.remember(word, tokens: first..<output.count, in: slot)
          }
        }
        start = word.upperBound
      }
      output.endPiece()
    }
  }

  private func append(
    _ range: Range<Int>,
    of text: Span<UInt8>,
    _ merging: ScoredMerging,
    _ isAfterUnknown: inout Bool,
    depth: Int,
    to output: inout TokenRow
  ) {
    if range.count <= longestPiece, let id = pieces.tokens.id(of: text, range),
      ranks[Int(id)] != Self.none
    {
      if pieces.kinds[Int(id)] != .unused || depth > Self.deepestUnused {
        output.append(id, length: range.count)
        isAfterUnknown = false
        return
      }
      if let length = merging.unusedLeftLengths[id] {
        let cut = range.lowerBound + length
        for half in [range.lowerBound..<cut, cut..<range.upperBound] {
          append(half, of: text, merging, &isAfterUnknown, depth: depth + 1, to: &output)
        }
        return
      }
    }
    if fallsBackToBytes {
      for index in range {
        if let id = fallbackIDs[Int(text[index])] { output.append(id, length: 1) }
      }
    } else if let unknown = pieces.unknown {
      if isAfterUnknown {
        output.lengthen(by: range.count)
      } else {
        output.append(unknown, length: range.count)
      }
    }
    isAfterUnknown = true
  }

  private func endOfWord(_ text: Span<UInt8>, from start: Int, to end: Int) -> Int {
    let limit = min(end, start + Self.longestRun)
    var index = start
    if cutsAtWords {
      while text.isSign(at: index, end: limit) { index += 3 }
      while index < limit {
        if text[index] == 0xE2, text.isSign(at: index, end: limit) { return index }
        index += 1
      }
    }
    index = limit
    while index < end, index > start + 1, text[index] & 0xC0 == 0x80 { index -= 1 }
    return index
  }
}

extension Float {
  /// A whole number that orders scores, also those that are none.
  fileprivate var order: Int32 {
    let bits = Int32(bitPattern: bitPattern)
    return bits < 0 ? -1 - (bits & .max) : bits
  }
}
