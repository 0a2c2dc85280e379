/// What the reference takes a scalar for, in each of the places where it asks.
///
/// The bits are those that scripts/make_unicode_tables.py writes.
struct ScalarClass: OptionSet, Sendable {
  let rawValue: UInt32

  static let upper = ScalarClass(rawValue: 1 << 0)  // Lu, Lt
  static let lower = ScalarClass(rawValue: 1 << 1)  // Ll
  static let otherLetter = ScalarClass(rawValue: 1 << 2)  // Lm, Lo
  static let mark = ScalarClass(rawValue: 1 << 3)  // M
  static let number = ScalarClass(rawValue: 1 << 4)  // N
  static let space = ScalarClass(rawValue: 1 << 5)  // \s: the property White_Space
  static let punctuation = ScalarClass(rawValue: 1 << 6)  // P
  static let symbol = ScalarClass(rawValue: 1 << 7)  // S
  static let newline = ScalarClass(rawValue: 1 << 8)  // \r, \n
  /// `\w` as the pre-tokenizer `Whitespace` and the added tokens' `single_word` have it.
  static let word = ScalarClass(rawValue: 1 << 9)
  /// What the pre-tokenizer `Digits` cuts at.
  static let numeric = ScalarClass(rawValue: 1 << 10)
  /// What the pre-tokenizers `Punctuation` and `BertPreTokenizer` cut at.
  static let separator = ScalarClass(rawValue: 1 << 11)
  /// What `BertNormalizer` drops when it cleans.
  static let unclean = ScalarClass(rawValue: 1 << 12)
  /// What `BertNormalizer` drops as accents.
  static let nonspacingMark = ScalarClass(rawValue: 1 << 13)
  /// What `StripAccents` drops.
  static let combiningMark = ScalarClass(rawValue: 1 << 14)
  /// What `BertNormalizer` puts spaces around.
  static let ideograph = ScalarClass(rawValue: 1 << 15)
  static let changesInNFD = ScalarClass(rawValue: 1 << 16)
  static let changesInNFKD = ScalarClass(rawValue: 1 << 17)
  static let changesInNFC = ScalarClass(rawValue: 1 << 18)
  static let changesInNFKC = ScalarClass(rawValue: 1 << 19)
  static let changesInLowercase = ScalarClass(rawValue: 1 << 20)
  /// Has a combining class other than 0.
  static let combining = ScalarClass(rawValue: 1 << 21)
  /// May be reordered or composed with what stands before it.
  static let continues = ScalarClass(rawValue: 1 << 22)

  static let letter: ScalarClass = [.upper, .lower, .otherLetter]

  @inline(__always)
  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The classes of scalar `value`.
  @inline(__always)
  init(_ value: UInt32) { rawValue = UnicodeData.classes[value] }
}

extension Span<UInt8> {
  /// The end of the run, from `start` on, of scalars that are in one of `classes`.
  @inline(__always)
  func endOfRun(of classes: ScalarClass, from start: Int, end: Int, limit: Int = .max) -> Int {
    var index = start
    var count = 0
    while index < end, count < limit {
      let scalar = scalar(at: index)
      guard !ScalarClass(scalar.value).isDisjoint(with: classes) else { break }
      index += scalar.length
      count += 1
    }
    return index
  }

  /// The end of the run, from `start` on, of scalars that are in none of `classes`.
  @inline(__always)
  func endOfRun(outside classes: ScalarClass, from start: Int, end: Int) -> Int {
    var index = start
    while index < end {
      let scalar = scalar(at: index)
      guard ScalarClass(scalar.value).isDisjoint(with: classes) else { break }
      index += scalar.length
    }
    return index
  }

  /// The classes of the scalar at `index`; none at or after `end`.
  @inline(__always)
  func scalarClass(at index: Int, end: Int) -> ScalarClass {
    index < end ? ScalarClass(scalar(at: index).value) : []
  }
}
