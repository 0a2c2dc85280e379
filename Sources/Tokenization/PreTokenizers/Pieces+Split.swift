extension Pieces {
  /// Cuts every piece at the matches of `pattern`, or at what lies between them if `inverted`.
  mutating func split(_ pattern: SplitPattern, _ behavior: SplitBehavior, inverted: Bool) {
    cut { text, piece, parts in
      let start = parts.count
      var afterMatch = false
      Self.forEachPart(of: piece, in: text, pattern) { part, found in
        let isMatch = found != inverted
        behavior.append(part, isMatch: isMatch, afterMatch: afterMatch, to: &parts, start: start)
        afterMatch = isMatch
      }
    }
  }

  /// Cuts every piece at the scalars of `classes`.
  mutating func split(_ behavior: SplitBehavior, at classes: ScalarClass) {
    split(behavior) { !ScalarClass($0).isDisjoint(with: classes) }
  }

  /// Cuts every piece at ASCII signs and Unicode punctuation.
  mutating func splitAtPunctuation(_ behavior: SplitBehavior) {
    split(behavior) { value in
      if value < 0x80 { return !ScalarClass(value).isDisjoint(with: [.punctuation, .symbol]) }
      guard let category = Unicode.Scalar(value)?.categoryInUnicode8 else { return false }
      return ScalarClass(category).contains(.punctuation)
    }
  }

  /// Puts a space before every piece that does not begin with one.
  mutating func prependSpaces() {
    rewrite { text, piece, _, output in
      if text[piece.lowerBound] != 0x20 { output.append(0x20) }
      text.copy(piece, to: &output)
    }
  }

  private mutating func split(_ behavior: SplitBehavior, where matches: (UInt32) -> Bool) {
    cut { text, piece, parts in
      let start = parts.count
      var afterMatch = false
      var index = piece.lowerBound
      while index < piece.upperBound {
        let partStart = index
        var isMatch = false
        // A part is one match or all scalars up to the next.
        while index < piece.upperBound {
          let scalar = text.scalar(at: index)
          let found = matches(scalar.value)
          if found && index > partStart { break }
          index += scalar.length
          isMatch = found
          if found { break }
        }
        behavior.append(
          partStart..<index,
          isMatch: isMatch,
          afterMatch: afterMatch,
          to: &parts,
          start: start
        )
        afterMatch = isMatch
      }
    }
  }

  /// Calls `body` with the matches in `piece` and the parts between, in order.
  @inline(__always)
  private static func forEachPart(
    of piece: Range<Int>,
    in text: Span<UInt8>,
    _ pattern: SplitPattern,
    _ body: (Range<Int>, Bool) -> Void
  ) {
    var gap = piece.lowerBound
    var index = gap
    while index < piece.upperBound {
      guard let match = pattern.matchEnd(in: text, at: index, of: piece) else {
        index += text.scalar(at: index).length
        continue
      }
      if gap < index { body(gap..<index, false) }
      body(index..<match, true)
      gap = match
      // An empty match cuts, and the search goes on behind the next scalar.
      index = match > index ? match : index + text.scalar(at: index).length
    }
    if gap < piece.upperBound { body(gap..<piece.upperBound, false) }
  }
}
