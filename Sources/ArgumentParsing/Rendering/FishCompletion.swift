/// The completion script of fish. Source: https://fishshell.com/docs/current/cmds/complete.html
struct FishCompletion {
  let program: Program

  var text: String {
    let commands = program.visibleCommands
    let function = "__\(ShellText.identifier(program.name))_command_is"
    let start = "complete -c \(program.name)"
    var lines = [
      "# fish completion for \(program.name), made from its option tables: do not edit.",
      "",
      "# Whether the argument is the command, the first word that is no option; '' while there is none.",
      "function \(function)",
      "  set -l words (commandline -opc)",
      "  set -e words[1]",
      "  set -l command ''",
      "  for word in $words",
      "    if not string match -q -- '-*' $word",
      "      set command $word",
      "      break",
      "    end",
      "  end",
      "  test \"$command\" = \"$argv[1]\"",
      "end",
      "",
      "\(start) -f",
      "\(start) -s h -l help -d 'show help and exit'",
      "\(start) -s V -l version -d 'show the version and exit'",
    ]
    let first = "\(start) -n \"\(function) ''\""
    lines += commands.map { command in
      "\(first) -a \(command.name) -d \(ShellText.fishQuoted(Prose.phrase(command.summary)))"
    }
    let names = commands.map(\.name).joined(separator: " ")
    lines.append("\(first) -a help -d 'show help on a command'")
    lines.append("\(start) -n '\(function) help' -a '\(names)'")
    for command in commands {
      let start = "\(start) -n '\(function) \(command.name)'"
      lines.append("")
      lines += command.visibleOptions.flatMap { self.lines(for: $0, start) }
      if let operands = command.operands, let offer = offer(of: operands.kind) {
        lines.append("\(start) \(offer)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func lines(for option: OptionDescription, _ start: String) -> [String] {
    let letter = option.short.map { " -s \($0)" } ?? ""
    var value = ""
    if let kind = option.value?.kind {
      value = kind == .file ? " -r -F" : " -x" + (offer(of: kind).map { " " + $0 } ?? "")
    }
    let help = " -d " + ShellText.fishQuoted(option.help)
    let proper = "\(start)\(letter) -l \(option.name)\(value)\(help)"
    return option.isNegatable ? [proper, "\(start) -l no-\(option.name)\(help)"] : [proper]
  }

  /// The flags that offer values of `kind`; `nil` for text.
  private func offer(of kind: ValueKind) -> String? {
    switch kind {
    case .text: nil
    case .file: "-F"
    case .directory: "-a '(__fish_complete_directories (commandline -ct))'"
    case .words(let words): "-a \(ShellText.fishQuoted(ShellText.wordList(words)))"
    }
  }
}

extension Program {
  /// The completion script of fish; it never starts the program.
  public var fishCompletion: String { FishCompletion(program: self).text }
}
