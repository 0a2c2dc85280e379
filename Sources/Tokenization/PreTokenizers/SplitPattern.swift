/// What a `Split` looks for.
enum SplitPattern: Sendable {
  /// These bytes; no bytes are found nowhere.
  case literal([UInt8])
  /// One of the expressions that have a scanner of their own.
  case scanner(PatternScanner)
  /// Any other expression, and how it is spelled.
  case expression(Expression, source: String)

  static func words(_ pattern: WordPattern) -> SplitPattern { .scanner(.words(pattern)) }
  static func digits(limit: Int) -> SplitPattern { .scanner(.digits(limit: limit)) }
  static var hanAndKana: SplitPattern { .scanner(.hanAndKana) }

  /// The pattern of a regular expression.
  init(expression: String, path: String) throws(TokenizerError) {
    if let scanner = PatternScanner(expression: expression) {
      self = .scanner(scanner)
    } else if let compiled = Expression(expression) {
      self = .expression(compiled, source: expression)
    } else {
      throw .unsupported(path: path, name: expression)
    }
  }
}

/// The expressions that have a scanner of their own.
enum PatternScanner: Sendable {
  case words(WordPattern)
  /// `\p{N}{1,limit}`
  case digits(limit: Int)
  /// `[一-龥぀-ゟ゠-ヿ]+`: DeepSeek's run of Han and kana.
  case hanAndKana

  /// The scanner of a regular expression that models use word for word; `nil` for any other.
  init?(expression: String) {
    if let words = WordPattern(expression: expression) {
      self = .words(words)
      return
    }
    switch expression {
    case #"\p{N}{1,3}"#: self = .digits(limit: 3)
    case #"\p{N}"#: self = .digits(limit: 1)
    case #"\p{N}+"#: self = .digits(limit: .max)
    case "[一-龥\u{3040}-ゟ゠-ヿ]+": self = .hanAndKana
    default: return nil
    }
  }

  /// The end of the match that begins at `index`; `nil` if none does.
  ///
  /// - Parameter piece: the text to look at; nothing outside it counts.
  @inline(__always)
  func matchEnd(in text: Span<UInt8>, at index: Int, of piece: Range<Int>) -> Int? {
    let end = piece.upperBound
    switch self {
    case .words(let pattern): return pattern.matchEnd(in: text, at: index, end: end)
    case .digits(let limit):
      let match = text.endOfRun(of: .number, from: index, end: end, limit: limit)
      return match > index ? match : nil
    case .hanAndKana:
      var match = index
      while match < end {
        let scalar = text.scalar(at: match)
        guard (0x4E00...0x9FA5).contains(scalar.value) || (0x3040...0x30FF).contains(scalar.value)
        else { break }
        match += scalar.length
      }
      return match > index ? match : nil
    }
  }
}
