/// A program made of commands: `swiftllm generate …`.
public struct Program: Sendable {
  /// The word that starts it.
  public let name: String
  /// What follows the name in the first line of `--version`: `0.1.0`.
  public let version: String
  /// One sentence.
  public let summary: String
  /// The commands, in the order in which help shows them.
  public let commands: [any Subcommand]

  /// Joins commands.
  /// - Precondition: the names of the commands differ, and none is `help`.
  public init(name: String, version: String, summary: String, commands: [any Subcommand]) {
    self.name = name
    self.version = version
    self.summary = summary
    self.commands = commands
    var seen: Set<String> = ["help"]
    for command in commands {
      let isNew = seen.insert(command.description.name).inserted
      precondition(isNew, "'\(name)' has two commands called '\(command.description.name)'")
    }
  }

  /// Reads `arguments`, the words after the program's name.
  ///
  /// `environment` looks up a variable, for the options that declare one.
  /// - Throws: `UsageError`, also from the work itself when a command's own checks throw one.
  public func parse(
    _ arguments: [String],
    environment: (String) -> String? = { _ in nil }
  ) throws(UsageError) -> Outcome {
    guard let first = arguments.first else { return .usage(Help.text(of: self)) }
    let rest = Array(arguments.dropFirst())
    switch first {
    case "help", "--help", "-h": return .help(try help(on: rest))
    case "--version", "-V": return .version
    case "--generate": return .generate(try artifact(named: rest.first ?? ""))
    default: break
    }
    guard let command = command(named: first) else { throw unknown(first, rest) }
    let path = "\(name) \(first)"
    let parsed: ParsedCommand<Work>
    do throws(UsageError) {
      parsed = try command.request(from: rest, environment: environment)
    } catch {
      throw error.adding(command: path)
    }
    switch parsed {
    case .help: return .help(Help.text(of: command.description, in: self))
    case .version: return .version
    case .values(let work):
      return .run {
        do {
          try await work()
        } catch let error as UsageError {
          throw error.adding(command: path)
        }
      }
    }
  }

  /// What readers see of the commands that are not hidden.
  var visibleCommands: [CommandDescription] {
    commands.map(\.description).filter { !$0.isHidden }
  }

  private func command(named name: String) -> (any Subcommand)? {
    commands.first { $0.description.name == name }
  }

  /// The program's help, or that of the command that `words` begin with.
  private func help(on words: [String]) throws(UsageError) -> String {
    guard let word = words.first(where: { $0.utf8.first != UInt8(ascii: "-") }), word != "help"
    else { return Help.text(of: self) }
    guard let command = command(named: word) else { throw unknown(word, []) }
    return Help.text(of: command.description, in: self)
  }

  private func artifact(named name: String) throws(UsageError) -> Artifact {
    do throws(InvalidValue) {
      return try ValueReading.readCase(name, of: Artifact.self)
    } catch {
      throw UsageError(
        "invalid value for '--generate': expected \(error.expected), found \(Prose.quoted(name))",
        hint: error.hint
      )
    }
  }

  private func unknown(_ word: String, _ rest: [String]) -> UsageError {
    let names = visibleCommands.map(\.name)
    let error: UsageError
    if word.utf8.first == UInt8(ascii: "-") {
      let follows = rest.first(where: names.contains)
      error = UsageError(
        "unknown option \(Prose.quoted(word)) before the command",
        hint: follows.map { "options follow the command: '\(name) \($0) [options]'" }
      )
    } else {
      let suggestion = Suggestion.nearest(to: word, among: names + ["help"])
      error = UsageError(
        "unknown command \(Prose.quoted(word))",
        hint: suggestion.map { "did you mean '\($0)'?" }
      )
    }
    return error.adding(command: name)
  }
}
