/// A `Command` of any type of values, so that a program can hold several.
public protocol Subcommand: Sendable {
  /// What help, manual and completions show.
  var description: CommandDescription { get }

  /// Reads the words after the command's name.
  ///
  /// - Throws: `UsageError`, without the command's name.
  func request(
    from arguments: [String],
    environment: (String) -> String?
  ) throws(UsageError) -> ParsedCommand<Work>
}

/// A command with its values, ready to run.
public typealias Work = @Sendable () async throws -> Void

extension Command {
  /// Reads `arguments`, the words after the command's name, and joins `run` to what they say.
  public func request(
    from arguments: [String],
    environment: (String) -> String?
  ) throws(UsageError) -> ParsedCommand<Work> {
    switch try parse(arguments, environment: environment) {
    case .values(let values): .values { [run] in try await run(values) }
    case .help: .help
    case .version: .version
    }
  }
}
