/// The matches of a pattern in a piece of text, from left to right.
///
/// Source: https://github.com/rust-onig/rust-onig/blob/main/onig/src/find.rs
struct PatternMatches {
  private let pattern: SplitPattern
  private let piece: Range<Int>
  private let deadline: ContinuousClock.Instant?
  private var index: Int
  private var lastEnd: Int?
  /// The text that the engine sees: a copy with stand-ins where it does not know a scalar.
  private var substitute: [UInt8]?
  private var isPrepared = false

  /// The matches in the bytes of `piece`; an expression has to find them all until `deadline`.
  init(_ pattern: SplitPattern, in piece: Range<Int>, deadline: ContinuousClock.Instant? = nil) {
    self.pattern = pattern
    self.deadline = deadline
    self.piece = piece
    index = piece.lowerBound
  }

  /// The next match of `text[piece]`, which may be empty; `nil` after the last.
  mutating func next(in text: Span<UInt8>) throws(TokenizerError) -> Range<Int>? {
    switch pattern {
    case .literal(let bytes):
      while index + bytes.count <= piece.upperBound, !bytes.isEmpty {
        if text.starts(with: bytes.span, at: index, end: piece.upperBound) {
          defer { index += bytes.count }
          return index..<index + bytes.count
        }
        index += 1
      }
      return nil
    case .scanner(let scanner):
      while index < piece.upperBound {
        if let end = scanner.matchEnd(in: text, at: index, of: piece) {
          defer { index = end }
          return index..<end
        }
        index += text.scalar(at: index).length
      }
      return nil
    case .expression(let expression, let source):
      if !isPrepared {
        isPrepared = true
        substitute = text.substitute(for: piece)
      }
      if let substitute {
        return try nextMatch(of: expression, source, substitute.span)
      }
      return try nextMatch(of: expression, source, text.extracting(piece))
    }
  }

  private mutating func nextMatch(of expression: Expression, _ source: String, _ text: Span<UInt8>)
    throws(TokenizerError) -> Range<Int>?
  {
    let base = piece.lowerBound
    while index <= piece.upperBound, !piece.isEmpty {
      if let deadline, ContinuousClock.now > deadline { throw .patternTooSlow(source) }
      switch expression.firstMatch(in: text, from: index - base, deadline: deadline) {
      case .nothing:
        index = piece.upperBound + 1
        return nil
      case .exhausted: throw .patternTooSlow(source)
      case .match(let found):
        let match = base + found.lowerBound..<base + found.upperBound
        // An empty match where the last one ended would come again and again.
        if match.isEmpty, match.upperBound == lastEnd {
          index += index < piece.upperBound ? text.scalar(at: index - base).length : 1
          continue
        }
        index = match.upperBound
        lastEnd = index
        return match
      }
    }
    return nil
  }
}

extension Span<UInt8> {
  /// The text of `range` with stand-ins for scalars of Unicode 15 and 16, which the system's engine may not know
  /// and the reference's does; `nil` if there are none.
  ///
  /// A stand-in has the same category and takes as many bytes.
  fileprivate func substitute(for range: Range<Int>) -> [UInt8]? {
    var result: [UInt8]?
    var index = range.lowerBound
    while index < range.upperBound {
      guard self[index] >= 0xE0 else {
        index += 1
        continue
      }
      let scalar = self.scalar(at: index)
      if let standIn = StandIn.scalar(for: scalar.value) {
        if result == nil {
          var copied: [UInt8] = []
          copy(range, to: &copied)
          result = copied
        }
        var bytes: [UInt8] = []
        bytes.append(scalar: standIn)
        for (offset, byte) in bytes.enumerated() where offset < scalar.length {
          result?[index - range.lowerBound + offset] = byte
        }
      }
      index += scalar.length
    }
    return result
  }
}

/// Scalars of Unicode 14 that stand for newer ones of the same category.
private enum StandIn {
  static func scalar(for value: UInt32) -> UInt32? {
    // Nothing new has come to the parts that most texts are made of.
    if value < 0x0897 || value >= 0x3000 && value < 0x31E4 || value >= 0x31F0 && value < 0xA7CB {
      return nil
    }
    guard let scalar = Unicode.Scalar(value), let age = scalar.properties.age,
      age.major == 15 || age.major == 16
    else { return nil }
    let isWide = value >= 0x10000
    switch scalar.properties.generalCategory {
    case .uppercaseLetter: return isWide ? 0x10400 : 0xA640
    case .lowercaseLetter: return isWide ? 0x10428 : 0xA641
    case .modifierLetter: return isWide ? 0x16B40 : 0xA67F
    case .otherLetter: return isWide ? 0x20000 : 0x3400
    case .nonspacingMark: return isWide ? 0x10A01 : 0xA66F
    case .spacingMark: return isWide ? 0x11000 : 0xA823
    case .decimalNumber: return isWide ? 0x104A0 : 0xA620
    case .letterNumber: return isWide ? 0x10140 : 0x2160
    case .otherNumber: return isWide ? 0x10107 : 0x2460
    case .otherPunctuation: return isWide ? 0x10100 : 0x2020
    case .dashPunctuation: return isWide ? 0x10EAD : 0x2010
    case .mathSymbol: return isWide ? 0x1D6C1 : 0x2200
    case .currencySymbol: return isWide ? 0x11FDD : 0x20A0
    case .otherSymbol: return isWide ? 0x1F600 : 0x2300
    case .format: return isWide ? 0x110BD : 0x200B
    default: return nil
    }
  }
}
