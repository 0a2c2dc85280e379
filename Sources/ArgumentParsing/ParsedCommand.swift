/// What the words after a command's name ask for.
public enum ParsedCommand<Values: Sendable>: Sendable {
  /// The command's work, with these values.
  case values(Values)
  /// The command's help.
  case help
  /// The program's version.
  case version
}

extension ParsedCommand: Equatable where Values: Equatable {}
