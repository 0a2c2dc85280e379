/// Why a word is no value for an option or operand; the parser adds for which one.
public struct InvalidValue: Error, Equatable {
  /// What was expected, to follow "expected": `a number of 0 or more`.
  public let expected: String
  /// A way out, as a whole line.
  public let hint: String?

  /// States what was expected.
  public init(expected: String, hint: String? = nil) {
    self.expected = expected
    self.hint = hint
  }
}
