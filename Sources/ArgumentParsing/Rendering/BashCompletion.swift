/// The completion script of bash.
struct BashCompletion {
  let program: Program

  var text: String {
    let commands = program.visibleCommands
    let function = "_" + ShellText.identifier(program.name)
    let names = ShellText.quoted(ShellText.wordList(commands.map(\.name)))
    let namesAndHelp = ShellText.quoted(ShellText.wordList(commands.map(\.name) + ["help"]))
    return """
      # bash completion for \(program.name), made from its option tables: do not edit.

      \(function)() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local command='' options='' kind='' words='' only_operands='' index
        COMPREPLY=()

        # "--name=value" arrives as three words.
        if [[ $current == '=' ]]; then
          current=''
        elif [[ $previous == '=' ]] && ((COMP_CWORD > 1)); then
          previous=${COMP_WORDS[COMP_CWORD - 2]}
        fi

        for ((index = 1; index < COMP_CWORD; index++)); do
          if [[ ${COMP_WORDS[index]} == -- ]]; then
            only_operands=yes
          elif [[ -z $command && ${COMP_WORDS[index]} != -* ]]; then
            command=${COMP_WORDS[index]}
          fi
        done

        case $command in
          '')
            options='--help --version'
            kind=words
            words=\(namesAndHelp)
            ;;
          help)
            kind=words
            words=\(names)
            ;;
      \(commands.map(branch).joined(separator: "\n"))
        esac

        if [[ $current == -* && $kind != value-* && -z $only_operands ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
          return
        fi
        case ${kind#value-} in
          files)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            ;;
          directories)
            compopt -o filenames 2>/dev/null
            mapfile -t COMPREPLY < <(compgen -d -- "$current")
            ;;
          words)
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
            ;;&
          *)
            compopt +o bashdefault +o default 2>/dev/null
            ;;
        esac
      }

      complete -o bashdefault -o default -F \(function) \(program.name)

      """
  }

  /// What follows a command: options, and the kind of the operands or of an option's value.
  private func branch(of command: CommandDescription) -> String {
    let spellings = command.visibleOptions.flatMap(\.offeredSpellings)
    let offered = spellings + ["--help"]
    var lines = [
      "    \(command.name))",
      "      options=\(ShellText.quoted(offered.joined(separator: " ")))",
    ]
    if let kind = command.operands?.kind { lines += assignments(for: kind).map { "      " + $0 } }
    let valued = command.visibleOptions.filter { $0.value != nil }
    if !valued.isEmpty {
      lines += ["      [[ -n $only_operands ]] || case $previous in"]
      for option in valued {
        guard let kind = option.value?.kind else { continue }
        let patterns = (option.short.map { ["-\($0)"] } ?? []) + option.longNames.map { "--" + $0 }
        lines.append("        \(patterns.joined(separator: " | ")))")
        lines += assignments(for: kind, prefix: "value-").map { "          " + $0 }
        lines.append("          ;;")
      }
      lines.append("      esac")
    }
    lines.append("      ;;")
    return lines.joined(separator: "\n")
  }

  private func assignments(for kind: ValueKind, prefix: String = "") -> [String] {
    switch kind {
    case .text: ["kind=\(prefix)text"]
    case .file: ["kind=\(prefix)files"]
    case .directory: ["kind=\(prefix)directories"]
    case .words(let words):
      ["kind=\(prefix)words", "words=\(ShellText.quoted(ShellText.wordList(words)))"]
    }
  }
}

extension Program {
  /// The completion script of bash; it never starts the program.
  public var bashCompletion: String { BashCompletion(program: self).text }
}
