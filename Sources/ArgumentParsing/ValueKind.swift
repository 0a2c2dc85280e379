/// What an option's value or an operand is, as far as completion can help.
public enum ValueKind: Sendable, Equatable {
  /// Free text or a number: nothing to offer.
  case text
  /// A file or a directory.
  case file
  /// A directory.
  case directory
  /// One of these words.
  case words([String])
}
