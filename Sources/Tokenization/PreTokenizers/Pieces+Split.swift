extension Pieces {
  /// Cuts every piece at the matches of `pattern`, or at what lies between them if `inverted`.
  mutating func split(_ pattern: SplitPattern, _ behavior: SplitBehavior, inverted: Bool)
    throws(TokenizerError)
  {
    if case .scanner(let scanner) = pattern, behavior == .isolated {
      isolate(scanner)
      return
    }
    let deadline = text.limits.deadline
    try cut { text, piece, parts throws(TokenizerError) in
      let start = parts.count
      var afterMatch = false
      func append(_ part: Range<Int>, _ found: Bool, to parts: inout [Range<Int>]) {
        let isMatch = found != inverted
        behavior.append(part, isMatch: isMatch, afterMatch: afterMatch, to: &parts, start: start)
        afterMatch = isMatch
      }
      var gap = piece.lowerBound
      var matches = PatternMatches(pattern, in: piece, deadline: deadline)
      while let match = try matches.next(in: text) {
        if gap != match.lowerBound { append(gap..<match.lowerBound, false, to: &parts) }
        append(match, true, to: &parts)
        gap = match.upperBound
      }
      if gap != piece.upperBound { append(gap..<piece.upperBound, false, to: &parts) }
    }
  }

  /// Cuts every piece at the scalars of `classes`.
  mutating func split(_ behavior: SplitBehavior, at classes: ScalarClass) {
    split(behavior) { !ScalarClass($0).isDisjoint(with: classes) }
  }

  /// Cuts every piece at each `delimiter`.
  mutating func split(_ behavior: SplitBehavior, at delimiter: Unicode.Scalar) {
    split(behavior) { $0 == delimiter.value }
  }

  /// Makes a piece of each run of word characters and of each run of other signs; white space goes.
  mutating func splitWords() {
    cut { text, piece, parts in
      var index = piece.lowerBound
      while index < piece.upperBound {
        let scalar = text.scalar(at: index)
        let classes = ScalarClass(scalar.value)
        let start = index
        index += scalar.length
        if classes.contains(.word) {
          index = text.endOfRun(of: .word, from: index, end: piece.upperBound)
        } else if classes.contains(.space) {
          continue
        } else {
          index = text.endOfRun(outside: [.word, .space], from: index, end: piece.upperBound)
        }
        parts.append(start..<index)
      }
    }
  }

  /// Makes a piece of each run of one script; what belongs to any script goes along.
  mutating func splitScripts() {
    let scripts = UnicodeData.scripts
    cut { text, piece, parts in
      var last: UInt32?
      var start: Int?
      var index = piece.lowerBound
      while index < piece.upperBound {
        let scalar = text.scalar(at: index)
        let script = scripts[scalar.value]
        if script != 0, script != last {
          if let start { parts.append(start..<index) }
          start = index
        }
        if script != 0 { last = script }
        index += scalar.length
      }
      if let start { parts.append(start..<piece.upperBound) }
    }
  }

  /// Makes pieces of `length` characters.
  mutating func splitEvenly(_ length: Int) {
    cut { text, piece, parts in
      var index = piece.lowerBound
      while index < piece.upperBound {
        let start = index
        var count = 0
        while index < piece.upperBound, count < length {
          index += text.scalar(at: index).length
          count += 1
        }
        parts.append(start..<index)
      }
    }
  }

  /// Puts a space before every piece that does not begin with one.
  mutating func prependSpaces() {
    rewrite { rewriter, piece, _ in
      if rewriter.input.bytes[piece.lowerBound] != 0x20 {
        rewriter.replace(to: piece.lowerBound, with: CollectionOfOne(0x20))
      }
      rewriter.keep(to: piece.upperBound)
    }
  }

  /// Maps bytes to the byte alphabet.
  mutating func mapBytes() {
    let characters = ByteAlphabet.characters
    rewrite { rewriter, piece, _ in
      for index in piece {
        let byte = rewriter.input.bytes[index]
        rewriter.replace(to: index + 1, withScalar: characters[Int(byte)])
      }
    }
  }

  /// The most frequent case by far: every match is a piece, and so is what lies between.
  private mutating func isolate(_ scanner: PatternScanner) {
    cut { text, piece, parts in
      var gap = piece.lowerBound
      var index = gap
      while index < piece.upperBound {
        guard let match = scanner.matchEnd(in: text, at: index, of: piece) else {
          index += text.scalar(at: index).length
          continue
        }
        if gap < index { parts.append(gap..<index) }
        parts.append(index..<match)
        gap = match
        index = match
      }
      if gap < piece.upperBound { parts.append(gap..<piece.upperBound) }
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
}
