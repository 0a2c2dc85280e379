/// A Unicode property that a regular expression may name.
enum ScalarProperty: Sendable, Equatable {
  /// The general categories whose bits are set.
  case categories(UInt32)
  case whiteSpace
  case word
  case alphabetic
  case script([ClosedRange<UInt32>])

  /// General categories by bit.
  private static let categoryNames = [
    "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi",
    "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
  ]

  private static let longNames = [
    "letter": "L", "mark": "M", "number": "N", "punctuation": "P", "punct": "P", "symbol": "S",
    "separator": "Z", "digit": "Nd", "upper": "Lu", "lower": "Ll", "cntrl": "Cc",
  ]

  /// `\d`
  static let digit = ScalarProperty.categories(1 << 8)

  /// The property called `name`; `nil` if it is not known here.
  init?(name: String) {
    let key = name.lowercased().filter { $0 != "_" && $0 != " " && $0 != "-" }
    switch key {
    case "space", "whitespace": self = .whiteSpace
    case "word": self = .word
    case "alphabetic", "alpha": self = .alphabetic
    default:
      let short = (Self.longNames[key] ?? key).lowercased()
      var mask: UInt32 = 0
      for (bit, category) in Self.categoryNames.enumerated()
      where category.lowercased() == short
        || short.count == 1 && category.lowercased().hasPrefix(short)
      {
        mask |= 1 << UInt32(bit)
      }
      if mask != 0 {
        self = .categories(mask)
      } else if let ranges = Script.ranges(named: key) {
        self = .script(ranges)
      } else {
        return nil
      }
    }
  }

  /// Whether scalar `value` has the property.
  func holds(for value: UInt32) -> Bool {
    switch self {
    case .whiteSpace: return ScalarClass(value).contains(.space)
    case .script(let ranges): return ranges.contains { $0.contains(value) }
    case .categories(let mask):
      return Unicode.Scalar(value).map { mask >> Self.bit($0) & 1 == 1 } ?? false
    case .alphabetic: return Unicode.Scalar(value)?.properties.isAlphabetic ?? false
    case .word:
      guard let scalar = Unicode.Scalar(value), scalar.agedCategory != .unassigned else {
        return false
      }
      let properties = scalar.properties
      return properties.isAlphabetic || properties.generalCategory == .connectorPunctuation
        || ScalarClass(value).contains(.mark)
        || properties.generalCategory == .decimalNumber
    }
  }

  private static func bit(_ scalar: Unicode.Scalar) -> UInt32 {
    switch scalar.agedCategory {
    case .uppercaseLetter: 0
    case .lowercaseLetter: 1
    case .titlecaseLetter: 2
    case .modifierLetter: 3
    case .otherLetter: 4
    case .nonspacingMark: 5
    case .spacingMark: 6
    case .enclosingMark: 7
    case .decimalNumber: 8
    case .letterNumber: 9
    case .otherNumber: 10
    case .connectorPunctuation: 11
    case .dashPunctuation: 12
    case .openPunctuation: 13
    case .closePunctuation: 14
    case .initialPunctuation: 15
    case .finalPunctuation: 16
    case .otherPunctuation: 17
    case .mathSymbol: 18
    case .currencySymbol: 19
    case .modifierSymbol: 20
    case .otherSymbol: 21
    case .spaceSeparator: 22
    case .lineSeparator: 23
    case .paragraphSeparator: 24
    case .control: 25
    case .format: 26
    case .surrogate: 27
    case .privateUse: 28
    case .unassigned: 29
    @unknown default: 29
    }
  }
}
