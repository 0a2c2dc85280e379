/// What a `Split` looks for.
enum SplitPattern: Sendable {
  /// These bytes.
  case literal([UInt8])
  /// One of the expressions that have a scanner of their own.
  case words(WordPattern)
  /// `\p{N}{1,limit}`
  case digits(limit: Int)
  /// `[一-龥぀-ゟ゠-ヿ]+`: DeepSeek's run of Han and kana.
  case hanAndKana
  /// Any other expression.
  case regex(Regex)

  /// The pattern of a regular expression.
  init(expression: String, path: String) throws(TokenizerError) {
    if let words = WordPattern(expression: expression) {
      self = .words(words)
      return
    }
    switch expression {
    case #"\p{N}{1,3}"#: self = .digits(limit: 3)
    case #"\p{N}"#: self = .digits(limit: 1)
    case #"\p{N}+"#: self = .digits(limit: .max)
    case "[一-龥\u{3040}-ゟ゠-ヿ]+": self = .hanAndKana
    default:
      guard let regex = Regex(expression) else {
        throw .unsupported(path: path, name: expression)
      }
      self = .regex(regex)
    }
  }

  /// The end of the match that begins at `index`; `nil` if none does.
  ///
  /// - Parameter piece: the text to look at; nothing outside it counts.
  func matchEnd(in text: Span<UInt8>, at index: Int, of piece: Range<Int>) -> Int? {
    let end = piece.upperBound
    switch self {
    case .literal(let bytes):
      return text.starts(with: bytes.span, at: index, end: end) ? index + bytes.count : nil
    case .words(let pattern): return pattern.matchEnd(in: text, at: index, end: end)
    case .digits(let limit):
      let match = text.endOfRun(of: .number, from: index, end: end, limit: limit)
      return match > index ? match : nil
    case .regex(let regex): return regex.matchEnd(in: text, at: index, of: piece)
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
