/// A command of a program: its table of options, and what it does with the values read from them.
///
/// Name the type where a table is written, `Command<GenerateOptions>(…)`: otherwise the compiler
/// infers it from all options at once, which takes minutes.
public struct Command<Values: Sendable>: Subcommand {
  /// What help, manual and completions show.
  public let description: CommandDescription
  let initial: Values
  let options: [Option<Values>]
  let operands: Operands<Values>
  let run: @Sendable (Values) async throws -> Void

  /// Makes a command whose options stand under headings.
  ///
  /// Defaults shown in help come from `initial`. `run` gets the values of a command line that the
  /// parser accepted.
  /// - Precondition: no two options share a spelling, and none is called `help`, `version`, `h` or
  ///   `V`.
  public init(
    name: String,
    summary: String,
    initial: Values,
    groups: [OptionGroup<Values>],
    operands: Operands<Values> = .none,
    examples: [Example] = [],
    isHidden: Bool = false,
    run: @escaping @Sendable (Values) async throws -> Void
  ) {
    description = CommandDescription(
      name: name,
      summary: summary,
      groups: groups.map { group in
        .init(heading: group.heading, options: group.options.map { $0.described(with: initial) })
      },
      operands: operands.description,
      examples: examples,
      isHidden: isHidden
    )
    self.initial = initial
    options = groups.flatMap(\.options)
    self.operands = operands
    self.run = run
    Self.checkSpellings(of: description)
  }

  /// Makes a command with few options, all under the heading "Options".
  public init(
    name: String,
    summary: String,
    initial: Values,
    options: [Option<Values>] = [],
    operands: Operands<Values> = .none,
    examples: [Example] = [],
    isHidden: Bool = false,
    run: @escaping @Sendable (Values) async throws -> Void
  ) {
    self.init(
      name: name,
      summary: summary,
      initial: initial,
      groups: options.isEmpty ? [] : [OptionGroup("Options", options)],
      operands: operands,
      examples: examples,
      isHidden: isHidden,
      run: run
    )
  }

  /// Reads `arguments`, the words after the command's name.
  ///
  /// - Throws: `UsageError`, without the command's name.
  public func parse(
    _ arguments: [String],
    environment: (String) -> String? = { _ in nil }
  ) throws(UsageError) -> ParsedCommand<Values> {
    var parser = Parser(self, arguments: arguments)
    return try parser.parse(environment: environment)
  }

  private static func checkSpellings(of description: CommandDescription) {
    let reserved = [OptionDescription.helpFlag, .versionFlag]
    var seen: Set<String> = []
    for option in reserved + description.options {
      for spelling in option.longNames + (option.short.map { ["-\($0)"] } ?? []) {
        let isNew = seen.insert(spelling).inserted
        precondition(isNew, "'\(description.name)' has two options spelled '\(spelling)'")
      }
    }
  }
}
