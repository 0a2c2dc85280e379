/// What a reader sees of a command's operands.
public struct OperandDescription: Sendable, Equatable {
  /// How many operands a command takes.
  public enum Count: Sendable, Equatable {
    /// None or one.
    case optional
    /// Exactly one.
    case required
    /// Any number.
    case repeated
  }

  /// The name of an operand in help, in capitals.
  public let placeholder: String
  /// How many there may be.
  public let count: Count
  /// What an operand is.
  public let kind: ValueKind
  /// One lower-case phrase, if help shall show it.
  public let help: String?

  /// How a usage line shows the operands.
  var usage: String {
    switch count {
    case .optional: "[\(placeholder)]"
    case .required: placeholder
    case .repeated: "[\(placeholder) ...]"
    }
  }
}
