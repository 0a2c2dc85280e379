/// The patterns of byte-level tokenizers, as scanners: what their regular expressions match at a place.
///
/// The expressions are alternatives tried in order: a contraction; a word; digits; other signs;
/// white space up to a line break; white space without its last character; white space.
struct WordPattern: Sendable, Equatable {
  /// What makes a word.
  enum Words: Sendable, Equatable {
    /// ` ?\p{L}+`
    case afterSpace
    /// `[^\r\n\p{L}\p{N}]?\p{L}+`, or with the letters given; what may precede is not in `excluded`.
    case afterAny(letters: ScalarClass, excluded: ScalarClass)
    /// Capitals then small letters, cut before the next capital:
    /// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` and so on.
    case cased(suffix: Contraction?)
  }

  var contraction: Contraction?
  /// DeepSeek: an ASCII sign takes the ASCII letters after it.
  var signTakesLetters = false
  var words: Words
  /// The longest run of digits; 0: digits are no alternative of their own.
  var digits: Int
  /// ` ?\p{N}+` instead of `\p{N}{1,n}`.
  var digitsAfterSpace = false
  /// ` ?[…]+` of other signs: the scalars in (or, when `signsAreOutside`, outside) these classes.
  var signs: ScalarClass
  var signsAreOutside = true
  /// What a run of signs takes along: line breaks, and in some patterns slashes.
  var signTail: [UInt8] = []
  /// `\s*[\r\n]+`
  var cutsAfterNewline = true

  /// The end of the match that begins at `index`; `nil` if none does.
  func matchEnd(in text: Span<UInt8>, at index: Int, end: Int) -> Int? {
    if let match = contraction?.end(in: text, at: index, end: end) { return match }
    if signTakesLetters, let match = signWithLetters(text, index, end) { return match }
    if let match = word(text, index, end) { return match }
    let afterSpace = text[index] == 0x20 ? index + 1 : index
    if digits > 0 {
      let start = digitsAfterSpace ? afterSpace : index
      let match = text.endOfRun(of: .number, from: start, end: end, limit: digits)
      if match > start { return match }
    }
    let match =
      signsAreOutside
      ? text.endOfRun(outside: signs, from: afterSpace, end: end)
      : text.endOfRun(of: signs, from: afterSpace, end: end)
    if match > afterSpace { return tail(text, match, end) }
    return whiteSpace(text, index, end)
  }

  private func word(_ text: Span<UInt8>, _ index: Int, _ end: Int) -> Int? {
    switch words {
    case .afterSpace:
      let start = text[index] == 0x20 ? index + 1 : index
      let match = text.endOfRun(of: .letter, from: start, end: end)
      return match > start ? match : nil
    case .afterAny(let letters, let excluded):
      let first = text.scalar(at: index)
      let classes = ScalarClass(first.value)
      if !classes.isDisjoint(with: letters) {
        return text.endOfRun(of: letters, from: index + first.length, end: end)
      }
      guard classes.isDisjoint(with: excluded) else { return nil }
      let start = index + first.length
      let match = text.endOfRun(of: letters, from: start, end: end)
      return match > start ? match : nil
    case .cased(let suffix):
      guard let match = casedWord(text, index, end) else { return nil }
      return suffix?.end(in: text, at: match, end: end) ?? match
    }
  }

  private static let capitals: ScalarClass = [.upper, .otherLetter, .mark]
  private static let smalls: ScalarClass = [.lower, .otherLetter, .mark]

  private func casedWord(_ text: Span<UInt8>, _ index: Int, _ end: Int) -> Int? {
    let first = text.scalar(at: index)
    let mayPrecede = ScalarClass(first.value).isDisjoint(with: [.newline, .letter, .number])
    let starts = mayPrecede ? [index + first.length, index] : [index]
    for start in starts { if let match = smallEnding(text, start, end) { return match } }
    for start in starts {
      let capitals = text.endOfRun(of: Self.capitals, from: start, end: end)
      if capitals > start { return text.endOfRun(of: Self.smalls, from: capitals, end: end) }
    }
    return nil
  }

  /// `[capitals]*[smalls]+`: letters without case are in both, so the first run may give some back.
  private func smallEnding(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var index = start
    var lastCommon: Int?
    while index < end {
      let scalar = text.scalar(at: index)
      let classes = ScalarClass(scalar.value)
      guard !classes.isDisjoint(with: Self.capitals) else { break }
      index += scalar.length
      if !classes.isDisjoint(with: Self.smalls) { lastCommon = index }
    }
    let match = text.endOfRun(of: Self.smalls, from: index, end: end)
    return match > index ? match : lastCommon
  }

  private func signWithLetters(_ text: Span<UInt8>, _ index: Int, _ end: Int) -> Int? {
    guard text[index] < 0x80,
      !ScalarClass(UInt32(text[index])).isDisjoint(with: [.punctuation, .symbol])
    else { return nil }
    var match = index + 1
    while match < end, text[match] < 0x80,
      !ScalarClass(UInt32(text[match])).isDisjoint(with: .letter)
    {
      match += 1
    }
    return match > index + 1 ? match : nil
  }

  private func tail(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end, signTail.contains(text[index]) { index += 1 }
    return index
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`
  private func whiteSpace(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
    var index = start
    var last = start
    var afterNewline: Int?
    while index < end {
      let scalar = text.scalar(at: index)
      let classes = ScalarClass(scalar.value)
      guard classes.contains(.space) else { break }
      last = index
      index += scalar.length
      if classes.contains(.newline) { afterNewline = index }
    }
    guard index > start else { return nil }
    if cutsAfterNewline, let afterNewline { return afterNewline }
    // The last one of several belongs to what follows.
    return index == end || last == start ? index : last
  }
}
