extension WordPattern {
  private static let lineBreaks = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  private static let notSigns: ScalarClass = [.space, .letter, .number]

  /// GPT-2, OLMo, and after a cut at digits SmolLM, StarCoder, Command-R.
  static let gpt2 = WordPattern(
    contraction: .lowercase,
    words: .afterSpace,
    digits: .max,
    digitsAfterSpace: true,
    signs: notSigns,
    cutsAfterNewline: false
  )

  /// Llama 3 and cl100k.
  static let llama3 = prefixed(digits: 3)

  /// Qwen 2 and 3.
  static let qwen2 = prefixed(digits: 1)

  /// Qwen 3.5: marks are letters.
  static let qwen35 = WordPattern(
    contraction: .anyCase,
    words: .afterAny(letters: [.letter, .mark], excluded: [.newline, .number]),
    digits: 1,
    signs: [.space, .letter, .mark, .number],
    signTail: lineBreaks
  )

  /// Mistral's tekken.
  static let tekken = cased(suffix: nil, digits: 1)

  /// GPT-4o (o200k), gpt-oss, Llama 4.
  static let gpt4o = cased(suffix: .anyCase, digits: 3)

  /// The last of DeepSeek V3's three.
  static let deepSeekV3 = WordPattern(
    contraction: nil,
    signTakesLetters: true,
    words: .afterAny(letters: [.letter, .mark], excluded: [.newline, .punctuation, .symbol]),
    digits: 0,
    signs: [.punctuation, .symbol],
    signsAreOutside: false,
    signTail: lineBreaks
  )

  private static func prefixed(digits: Int) -> WordPattern {
    WordPattern(
      contraction: .anyCase,
      words: .afterAny(letters: .letter, excluded: [.newline, .number]),
      digits: digits,
      signs: notSigns,
      signTail: lineBreaks
    )
  }

  private static func cased(suffix: Contraction?, digits: Int) -> WordPattern {
    WordPattern(
      contraction: nil,
      words: .cased(suffix: suffix),
      digits: digits,
      signs: notSigns,
      signTail: lineBreaks + [UInt8(ascii: "/")]
    )
  }

  /// The scanner of a regular expression that models use word for word; `nil` for any other.
  ///
  /// Possessive spellings match the same, as no alternative gives back what it took.
  init?(expression: String) {
    let contractions = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)"#
    let blanks = #"|\s+(?!\S)|\s+"#
    let word = #"|[^\r\n\p{L}\p{N}]?\p{L}+"#
    let signs = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"#
    let possessiveWord = #"|[^\r\n\p{L}\p{N}]?+\p{L}+"#
    let possessiveSigns = #"| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]"#
    let capitals = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let smalls = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    let before = #"[^\r\n\p{L}\p{N}]?"#
    let casedSigns = #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+"# + blanks
    switch expression.spelledWithEscapes {
    case #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"# + blanks,
      #"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+"# + blanks:
      self = .gpt2
    case contractions + word + #"|\p{N}{1,3}"# + signs + blanks,
      contractions + possessiveWord + #"|\p{N}{1,3}"# + possessiveSigns + blanks,
      #"'(?i:[sdmt]|ll|ve|re)"# + possessiveWord + #"|\p{N}{1,3}"# + possessiveSigns + blanks:
      self = .llama3
    case contractions + word + #"|\p{N}"# + signs + blanks,
      #"'(?i:[sdmt]|ll|ve|re)"# + possessiveWord + #"|\p{N}"# + possessiveSigns + blanks:
      self = .qwen2
    case contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}"#
      + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+"# + blanks:
      self = .qwen35
    case "\(before)\(capitals)*\(smalls)+|\(before)\(capitals)+\(smalls)*" + #"|\p{N}"# + casedSigns:
      self = .tekken
    case "\(before)\(capitals)*\(smalls)+\(contractions)?|\(before)\(capitals)+\(smalls)*"
      + "\(contractions)?" + #"|\p{N}{1,3}"# + casedSigns:
      self = .gpt4o
    case ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+"##
      + #"|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+"# + blanks:
      self = .deepSeekV3
    default: return nil
    }
  }
}

extension String {
  /// The expression with its line breaks written `\r` and `\n`.
  fileprivate var spelledWithEscapes: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\r": result += #"\r"#
      case "\n": result += #"\n"#
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
