/// The text of `--help`: at most 79 columns, independent of the terminal.
enum Help {
  private static let width = 79
  /// Labels that are wider stand on a line of their own.
  private static let widestLabel = 28

  /// The help of one command.
  static func text(of command: CommandDescription, in program: Program) -> String {
    var lines = usage(of: command, program: program.name)
    lines += [""] + Prose.lines(command.summary, width: width)
    lines += sections(of: command)
    if !command.examples.isEmpty {
      lines += ["", "Examples:"] + command.examples.map { "  " + $0.line }
    }
    lines += ["", "Full manual: man \(program.name)"]
    return joined(lines)
  }

  /// The help of the program: its commands.
  static func text(of program: Program) -> String {
    var lines = ["Usage: \(program.name) COMMAND [options] [operands]", ""]
    lines += Prose.lines(program.summary, width: width)
    let commands = Section(
      heading: "Commands",
      entries: program.visibleCommands.map { ($0.name, Prose.phrase($0.summary)) }
    )
    let options = Section(
      heading: "Options",
      entries: [OptionDescription.helpFlag, .versionFlag].map { (label(of: $0), $0.help) }
    )
    lines += rendered([commands, options])
    lines += [
      "", "Help on a command: \(program.name) COMMAND --help", "Full manual: man \(program.name)",
    ]
    return joined(lines)
  }

  /// `-m, --model PATH`, with room for a letter where there is none.
  static func label(of option: OptionDescription) -> String {
    let letter = option.short.map { "-\($0), " } ?? "    "
    let name = (option.isNegatable ? "--[no-]" : "--") + option.name
    return letter + name + (option.value.map { " " + $0.placeholder } ?? "")
  }

  /// The phrase with the words to choose from and the default.
  static func explanation(of option: OptionDescription) -> String {
    var text = option.help
    if case .words(let words) = option.value?.kind { text += ": " + words.joined(separator: ", ") }
    let defaults = [option.environment.map { "$" + $0 }, option.defaultText].compactMap(\.self)
    guard !defaults.isEmpty else { return text }
    let note = "(default: \(defaults.joined(separator: " or ")))"
    return text + " " + String(note.map { $0 == " " ? Prose.fixedSpace : $0 })
  }

  private struct Section {
    let heading: String
    let entries: [(label: String, text: String)]
  }

  private static func usage(of command: CommandDescription, program: String) -> [String] {
    let start = "Usage: \(program) \(command.name) "
    var words = command.options.filter(\.isRequired).map(\.usage)
    if command.visibleOptions.contains(where: { !$0.isRequired }) { words.append("[options]") }
    if let operands = command.operands { words.append(operands.usage) }
    let rest = Prose.lines(words.joined(separator: " "), width: width - start.count)
    guard let first = rest.first else { return ["Usage: \(program) \(command.name)"] }
    let indent = String(repeating: " ", count: start.count)
    return [start + first] + rest.dropFirst().map { indent + $0 }
  }

  private static func sections(of command: CommandDescription) -> [String] {
    var sections: [Section] = []
    if let operands = command.operands, let help = operands.help {
      sections.append(Section(heading: "Operands", entries: [(operands.placeholder, help)]))
    }
    for group in command.groups where !group.visibleOptions.isEmpty {
      let entries = group.visibleOptions.map { (label(of: $0), explanation(of: $0)) }
      sections.append(Section(heading: group.heading, entries: entries))
    }
    return rendered(sections)
  }

  /// Sections whose texts all begin in one column.
  private static func rendered(_ sections: [Section]) -> [String] {
    let labels = sections.flatMap { $0.entries.map(\.label.count) }
    let column = 2 + (labels.filter { $0 <= widestLabel }.max() ?? widestLabel) + 2
    let indent = String(repeating: " ", count: column)
    return sections.flatMap { section in
      ["", section.heading + ":"]
        + section.entries.flatMap { entry in
          let texts = Prose.lines(entry.text, width: width - column)
          let start = "  " + entry.label
          guard entry.label.count <= widestLabel, let first = texts.first else {
            return [start] + texts.map { indent + $0 }
          }
          return [Prose.padded(start, to: column) + first]
            + texts.dropFirst().map { indent + $0 }
        }
    }
  }

  private static func joined(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }
}
