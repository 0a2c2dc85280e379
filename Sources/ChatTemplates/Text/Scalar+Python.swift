/// Character classes as Python's `str` methods see them.
extension Unicode.Scalar {
  /// Whether `str.isspace` holds, which is also what `\s` matches.
  var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// Whether `str.splitlines` ends a line here.
  var endsPythonLine: Bool {
    switch value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Whether `str.isalpha` holds.
  var isPythonAlphabetic: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  /// Whether `str.isdecimal` holds.
  var isPythonDecimal: Bool { properties.generalCategory == .decimalNumber }

  /// Whether `str.isdigit` holds.
  var isPythonDigit: Bool {
    switch properties.numericType {
    case .decimal, .digit: true
    default: false
    }
  }

  /// Whether `str.isnumeric` holds.
  var isPythonNumeric: Bool { properties.numericType != nil }

  /// Whether `str.isalnum` holds.
  var isPythonAlphanumeric: Bool {
    if value < 0x80 {
      return switch value {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      default: false
      }
    }
    return isPythonAlphabetic || isPythonNumeric
  }

  /// Whether `repr` shows the character itself.
  var isPythonPrintable: Bool {
    if value < 0x7F { return value >= 0x20 }
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  /// Whether a Python identifier may start with the character.
  var startsIdentifier: Bool { self == "_" || properties.isXIDStart }

  /// Whether a Python identifier may go on with the character.
  var continuesIdentifier: Bool { properties.isXIDContinue }
}
