/// The completion script of zsh. Source: zshcompsys(1), `_arguments`.
struct ZshCompletion {
  let program: Program

  var text: String {
    let commands = program.visibleCommands
    let function = "_" + ShellText.identifier(program.name)
    let descriptions = commands.map { command in
      "    " + ShellText.quoted(escaped(command.name) + ":" + Prose.phrase(command.summary))
    }
    return """
      #compdef \(program.name)
      # zsh completion for \(program.name), made from its option tables: do not edit.

      \(function)_commands() {
        local -a commands=(
      \(descriptions.joined(separator: "\n"))
        )
        _describe -t commands command commands "$@"
      }

      \(function)() {
        local curcontext=$curcontext state line ret=1
        local -A opt_args
        _arguments -C -S \\
          \(spec(of: .helpFlag)) \\
          \(spec(of: .versionFlag)) \\
          '1:command:->command' \\
          '*:: :->arguments' && ret=0

        case $state in
          command)
            local -a help=('help:show help on a command')
            _describe -t help help help
            \(function)_commands && ret=0
            ;;
          arguments)
            curcontext=${curcontext%:*:*}:\(program.name)-$line[1]:
            case $line[1] in
              help)
                _arguments '1:command:\(function)_commands' && ret=0
                ;;
      \(commands.map(branch).joined(separator: "\n"))
            esac
            ;;
        esac
        return ret
      }

      if [[ $funcstack[1] == \(function) ]]; then
        \(function) "$@"
      else
        compdef \(function) \(program.name)
      fi

      """
  }

  private func branch(of command: CommandDescription) -> String {
    var specs = command.visibleOptions.flatMap(specs) + [spec(of: .helpFlag)]
    if let operands = command.operands { specs.append(spec(of: operands)) }
    let arguments = specs.map { "            " + $0 }.joined(separator: " \\\n")
    return """
              \(command.name))
                _arguments -s -S \\
      \(arguments) && ret=0
                ;;
      """
  }

  /// An option's specification, and that of its negation.
  private func specs(of option: OptionDescription) -> [String] {
    option.isNegatable ? [spec(of: option), spec(of: option, negated: true)] : [spec(of: option)]
  }

  private func spec(of option: OptionDescription, negated: Bool = false) -> String {
    let name = (negated ? "--no-" : "--") + option.name
    let letter = negated ? nil : option.short.map { "-\($0)" }
    let long = name + (option.value == nil ? "" : "=")
    let short = letter.map { $0 + (option.value == nil ? "" : "+") }
    let spellings = short.map { "{\($0),\(long)}" } ?? long
    let isFinal = option == .helpFlag || option == .versionFlag
    // What is listed in parentheses is not offered once the option has been given.
    let excluded = isFinal ? "- *" : option.offeredSpellings.joined(separator: " ")
    let prefix = option.isRepeatable ? "'*'" : "'(\(excluded))'"
    var suffix = "[\(escaped(option.help))]"
    if let value = option.value {
      suffix += ":\(escaped(value.placeholder)):\(action(for: value.kind))"
    }
    return prefix + spellings + ShellText.quoted(suffix)
  }

  private func spec(of operands: OperandDescription) -> String {
    let start =
      switch operands.count {
      case .optional: "::"
      case .required: ":"
      case .repeated: "*:"
      }
    // An empty list rather than a message, beside which zsh would not complete options.
    let action = operands.kind == .text ? "( )" : action(for: operands.kind)
    return ShellText.quoted("\(start)\(escaped(operands.placeholder)):\(action)")
  }

  private func action(for kind: ValueKind) -> String {
    switch kind {
    case .text: " "
    case .file: "_files"
    case .directory: "_files -/"
    case .words(let words): "(\(ShellText.wordList(words)))"
    }
  }

  private func escaped(_ text: String) -> String {
    ShellText.replacing(text, ["[": "\\[", "]": "\\]", ":": "\\:", "\\": "\\\\"])
  }
}

extension Program {
  /// The completion script of zsh; it never starts the program.
  public var zshCompletion: String { ZshCompletion(program: self).text }
}
