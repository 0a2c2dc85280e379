/// Fills a manual's template, prose in mdoc(7) with holes, from the option tables.
///
/// A hole stands alone on its line: `@synopsis@`, `@commands@`, `@examples@`, `@examples NAME@`,
/// and `@options NAME@`, of which each command with options needs one. `@version@` may stand anywhere
/// in a line.
struct Manual {
  let program: Program

  func text(from template: String) throws(ManualError) -> String {
    var lines: [String] = []
    var filled: Set<String> = []
    let templateLines = template.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in templateLines.enumerated() {
      if let hole = Self.hole(in: line) {
        guard let content = content(of: hole) else {
          throw .unknownHole(hole, line: index + 1)
        }
        filled.insert(hole)
        lines += content
      } else {
        lines.append(
          line.split(separator: "@version@", omittingEmptySubsequences: false)
            .joined(separator: program.version)
        )
      }
    }
    for command in program.visibleCommands where !command.visibleOptions.isEmpty {
      let hole = "options \(command.name)"
      guard filled.contains(hole) else { throw .missingHole(hole) }
    }
    return lines.joined(separator: "\n")
  }

  private static func hole(in line: Substring) -> String? {
    guard line.count > 2, line.hasPrefix("@"), line.hasSuffix("@"), line != "@version@" else {
      return nil
    }
    return String(line.dropFirst().dropLast())
  }

  private func content(of hole: String) -> [String]? {
    let words = hole.split(separator: " ").map(String.init)
    let commands = program.visibleCommands
    guard let subject = words.dropFirst().first else {
      switch words.first {
      case "synopsis": return commands.flatMap(synopsis)
      case "commands": return list(of: commands)
      case "examples": return commands.flatMap(\.examples).flatMap(example)
      default: return nil
      }
    }
    guard words.count == 2, let command = commands.first(where: { $0.name == subject }) else {
      return nil
    }
    switch words[0] {
    case "options": return options(of: command)
    case "examples": return command.examples.flatMap(example)
    default: return nil
    }
  }

  private func synopsis(of command: CommandDescription) -> [String] {
    var lines = [".Nm \(program.name)", ".Cm \(MdocText.argument(command.name))"]
    lines += command.options.filter(\.isRequired).map { option in
      let flag = option.short.map { MdocText.argument(String($0)) } ?? longFlag(option.name)
      return ".Fl " + flag
        + (option.value.map { " Ar " + MdocText.arguments($0.placeholder) } ?? "")
    }
    if command.visibleOptions.contains(where: { !$0.isRequired }) { lines.append(".Op Ar options") }
    if let operands = command.operands {
      let placeholder = MdocText.arguments(operands.placeholder)
      switch operands.count {
      case .required: lines.append(".Ar \(placeholder)")
      case .optional: lines.append(".Op Ar \(placeholder)")
      case .repeated: lines.append(".Op Ar \(placeholder) ...")
      }
    }
    return lines
  }

  private func list(of commands: [CommandDescription]) -> [String] {
    [".Bl -tag -width Ds"]
      + commands.flatMap { command in
        [
          ".It Cm \(MdocText.argument(command.name))",
          MdocText.prose(Prose.sentence(command.summary)),
        ]
      } + [".El"]
  }

  private func options(of command: CommandDescription) -> [String] {
    var lines: [String] = []
    for group in command.groups where !group.visibleOptions.isEmpty {
      if !lines.isEmpty { lines.append(".Pp") }
      lines += [MdocText.prose(group.heading) + ":", ".Bl -tag -width Ds"]
      lines += group.visibleOptions.flatMap(entry)
      lines.append(".El")
    }
    return lines
  }

  private func entry(of option: OptionDescription) -> [String] {
    let value = option.value.map { " Ar " + MdocText.arguments($0.placeholder) } ?? ""
    var spellings = option.short.map { ["Fl " + MdocText.argument(String($0)) + value] } ?? []
    spellings += option.longNames.map { "Fl " + longFlag($0) + value }
    var lines = [".It " + spellings.joined(separator: " , ")]
    lines.append(MdocText.prose(Prose.sentence(option.help)))
    if case .words(let words) = option.value?.kind {
      let list = words.map { ".Cm " + MdocText.argument($0) }
      lines.append("One of")
      lines += list.enumerated().map { $1 + ($0 + 1 < list.count ? " ," : " .") }
    }
    if let text = option.defaultText {
      lines += ["The default is", ".Cm \(MdocText.arguments(text)) ."]
    }
    if let name = option.environment {
      lines += ["Without it, the environment variable", ".Ev \(name)", "is used if it is set."]
    }
    if option.isRepeatable { lines.append("This option may be given more than once.") }
    if let details = option.details {
      lines += details.split(separator: "\n").map(String.init)
    }
    return lines
  }

  private func example(_ example: Example) -> [String] {
    let explanation = example.explanation.map { [MdocText.prose($0)] } ?? []
    return explanation + [".Bd -literal -offset indent", MdocText.code(example.line), ".Ed"]
  }

  private func longFlag(_ name: String) -> String { "\\-" + MdocText.argument(name) }
}

extension Program {
  /// The manual in mdoc(7): `template` with its holes filled from the option tables.
  public func manual(from template: String) throws(ManualError) -> String {
    try Manual(program: self).text(from: template)
  }
}
