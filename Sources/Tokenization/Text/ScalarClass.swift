/// The classes of Unicode scalars that pre-tokenizers tell apart.
struct ScalarClass: OptionSet, Sendable {
  let rawValue: UInt16

  static let upper = ScalarClass(rawValue: 1)  // Lu, Lt
  static let lower = ScalarClass(rawValue: 2)  // Ll
  static let otherLetter = ScalarClass(rawValue: 4)  // Lm, Lo
  static let mark = ScalarClass(rawValue: 8)  // M
  static let number = ScalarClass(rawValue: 16)  // N
  static let space = ScalarClass(rawValue: 32)  // \s: the property White_Space
  static let punctuation = ScalarClass(rawValue: 64)  // P
  static let symbol = ScalarClass(rawValue: 128)  // S
  static let newline = ScalarClass(rawValue: 256)  // \r, \n

  static let letter: ScalarClass = [.upper, .lower, .otherLetter]

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The classes of scalar `value`.
  @inline(__always)
  init(_ value: UInt32) {
    self = value < 0x80 ? Self(ascii: UInt8(truncatingIfNeeded: value)) : Self(wide: value)
  }

  private init(ascii byte: UInt8) {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): self = .lower
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): self = .upper
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
    case 0x20, 0x09, 0x0B, 0x0C: self = .space
    case 0x0A, 0x0D: self = [.space, .newline]
    case UInt8(ascii: "$"), UInt8(ascii: "+"), UInt8(ascii: "<")...UInt8(ascii: ">"),
      UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
      self = .symbol
    case 0x21...0x7E: self = .punctuation
    default: self = []
    }
  }

  private init(wide value: UInt32) {
    switch value {
    case 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0x3041...0x3096: self = .otherLetter
    case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
      self = .space
    default: self = Unicode.Scalar(value).map { Self($0.agedCategory) } ?? []
    }
  }

  /// The classes of scalars of `category`.
  init(_ category: Unicode.GeneralCategory) {
    switch category {
    case .uppercaseLetter, .titlecaseLetter: self = .upper
    case .lowercaseLetter: self = .lower
    case .modifierLetter, .otherLetter: self = .otherLetter
    case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      self = .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: self = .symbol
    default: self = []
    }
  }
}

extension Unicode.Scalar {
  /// The general category as the reference knows it: its tables end with Unicode 16.
  ///
  /// Source: https://github.com/kkos/oniguruma (6.9.10)
  var agedCategory: Unicode.GeneralCategory {
    let category = properties.generalCategory
    guard value >= 0x80, let age = properties.age, age.major > 16 else { return category }
    return .unassigned
  }
}

extension Unicode.Scalar {
  /// The general category in Unicode 8, with which the reference cuts at punctuation and cleans text.
  ///
  /// Source: https://docs.rs/unicode_categories
  var categoryInUnicode8: Unicode.GeneralCategory {
    switch value {
    case 0x1734: return .nonspacingMark
    case 0x166D, 0x111C9: return .otherPunctuation
    default: break
    }
    let category = properties.generalCategory
    guard value >= 0x80, let age = properties.age, age.major > 8 else { return category }
    return .unassigned
  }
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
