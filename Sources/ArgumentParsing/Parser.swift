/// Reads the words after a command's name: options and operands in any order until `--`.
struct Parser<Values: Sendable> {
  /// Which option a long name means, and whether it turns it on or off.
  private struct Meaning {
    let index: Int
    let isOn: Bool
  }

  /// What ends the reading early.
  private enum Interruption {
    case help, version
  }

  private let commandName: String
  private let options: [Option<Values>]
  private let operands: Operands<Values>
  private var long: [String: Meaning] = [:]
  private var short: [Unicode.Scalar: Int] = [:]
  private var words: ArraySlice<String>
  private var values: Values
  private var given: Set<Int> = []
  private var operandCount = 0
  /// The option that was read last, if it may be repeated.
  private var openList: Int?

  init(_ command: Command<Values>, arguments: [String]) {
    commandName = command.description.name
    options = command.options
    operands = command.operands
    words = arguments[...]
    values = command.initial
    for (index, option) in options.enumerated() {
      for name in [option.description.name] + option.description.aliases {
        long[name] = Meaning(index: index, isOn: true)
        if option.description.isNegatable {
          long["no-" + name] = Meaning(index: index, isOn: false)
        }
      }
      if let letter = option.description.short { short[letter] = index }
    }
  }

  /// Reads all words, then fills in from the environment and checks that nothing is missing.
  ///
  /// `--help` after a fault still shows the help, so that it can be added to the end of any line.
  mutating func parse(environment: (String) -> String?) throws(UsageError) -> ParsedCommand<Values>
  {
    do throws(UsageError) {
      if let interruption = try readWords() {
        return interruption == .help ? .help : .version
      }
    } catch {
      let unread = words.prefix { $0 != "--" }
      if unread.contains("--help") || unread.contains("-h") { return .help }
      throw error
    }
    try readEnvironment(environment)
    try checkNothingIsMissing()
    return .values(values)
  }

  private mutating func readWords() throws(UsageError) -> Interruption? {
    while let word = words.popFirst() {
      var interruption: Interruption?
      if word == "--" {
        openList = nil
        while let operand = words.popFirst() { try readOperand(operand) }
      } else if word.utf8.starts(with: "--".utf8) {
        interruption = try readLong(word)
      } else if word.utf8.first == UInt8(ascii: "-"), word != "-" {
        interruption = try readShort(word)
      } else {
        try readOperand(word)
      }
      if let interruption { return interruption }
    }
    return nil
  }

  /// Reads `--name`, `--name value` or `--name=value`.
  private mutating func readLong(_ word: String) throws(UsageError) -> Interruption? {
    // By scalars: an accent that follows the sign must not hide it.
    let parts = word.unicodeScalars.split(
      separator: "=",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    let spelling = String(parts[0])
    let attached = parts.count > 1 ? String(parts[1]) : nil
    let name = String(spelling.unicodeScalars.dropFirst(2))
    if attached == nil, name == "help" { return .help }
    if attached == nil, name == "version" { return .version }
    // vLLM's users write `--max_model_len` as well.
    let dashed = String(name.map { $0 == "_" ? "-" : $0 })
    guard let meaning = long[name] ?? long[dashed] else { throw unknownLong(spelling, name) }
    switch options[meaning.index].action {
    case .toggle(let toggle):
      if let attached { throw flagWithValue(spelling, attached, meaning) }
      toggle(&values, meaning.isOn)
      given.insert(meaning.index)
      openList = nil
    case .store(let store):
      let value = if let attached { attached } else { try nextWord(for: meaning.index, spelling) }
      try use(store, value, of: meaning.index, spelling)
    }
    return nil
  }

  /// Reads `-qv`, `-n value`, `-nvalue` or a bundle of switches that ends in one of these.
  private mutating func readShort(_ word: String) throws(UsageError) -> Interruption? {
    var letters = word.unicodeScalars.dropFirst()
    while let letter = letters.popFirst() {
      if letter == "h" { return .help }
      if letter == "V" { return .version }
      guard let index = short[letter] else { throw unknownShort(letter, in: word) }
      switch options[index].action {
      case .toggle(let toggle):
        toggle(&values, true)
        given.insert(index)
        openList = nil
      case .store(let store):
        let spelling = "-\(letter)"
        let value = letters.isEmpty ? try nextWord(for: index, spelling) : String(letters)
        try use(store, value, of: index, spelling)
        return nil
      }
    }
    return nil
  }

  private mutating func readOperand(_ word: String) throws(UsageError) {
    if try readListElement(word) { return }
    guard let description = operands.description else {
      throw UsageError("unexpected operand \(Prose.quoted(word)): '\(commandName)' takes none")
    }
    if description.count != .repeated, operandCount > 0 {
      throw UsageError(
        "unexpected operand \(Prose.quoted(word)): "
          + "'\(commandName)' takes one \(description.placeholder)",
        hint: description.kind == .text ? "put quotes around a text of several words" : nil
      )
    }
    operandCount += 1
    do throws(InvalidValue) {
      try operands.store(&values, word)
    } catch {
      throw invalid(error, word, for: description.placeholder)
    }
  }

  /// Reads `word`, an operand too many, as another value of the list option before it.
  ///
  /// vLLM's users write `--served-model-name a b`.
  private mutating func readListElement(_ word: String) throws(UsageError) -> Bool {
    let takesNone = operands.description.map { $0.count != .repeated && operandCount > 0 } ?? true
    guard takesNone, let index = openList, case .store(let store) = options[index].action else {
      return false
    }
    try use(store, word, of: index, "--" + options[index].description.name)
    return true
  }

  private mutating func nextWord(for index: Int, _ spelling: String) throws(UsageError) -> String {
    if let word = words.popFirst() { return word }
    let placeholder = options[index].description.value?.placeholder ?? "VALUE"
    throw UsageError("missing value for '\(spelling)': expected \(placeholder)")
  }

  private mutating func use(
    _ store: (inout Values, String) throws(InvalidValue) -> Void,
    _ raw: String,
    of index: Int,
    _ spelling: String
  ) throws(UsageError) {
    do throws(InvalidValue) {
      try store(&values, raw)
    } catch {
      throw invalid(error, raw, for: spelling)
    }
    given.insert(index)
    openList = options[index].description.isRepeatable ? index : nil
  }

  private mutating func readEnvironment(_ environment: (String) -> String?) throws(UsageError) {
    for (index, option) in options.enumerated() where !given.contains(index) {
      guard case .store(let store) = option.action, let name = option.description.environment,
        let raw = environment(name), !raw.isEmpty
      else { continue }
      try use(store, raw, of: index, "$" + name)
    }
  }

  private func checkNothingIsMissing() throws(UsageError) {
    for (index, option) in options.enumerated()
    where option.description.isRequired && !given.contains(index) {
      let value = option.description.value.map { " " + $0.placeholder } ?? ""
      throw UsageError(
        "missing option '--\(option.description.name)\(value)'",
        hint: option.description.environment.map {
          "the environment variable \($0) can set it, too"
        }
      )
    }
    if let description = operands.description, description.count == .required, operandCount == 0 {
      throw UsageError("missing operand \(description.placeholder)")
    }
  }
}

extension Parser {
  private func invalid(_ error: InvalidValue, _ raw: String, for subject: String) -> UsageError {
    UsageError(
      "invalid value for '\(subject)': expected \(error.expected), found \(Prose.quoted(raw))",
      hint: error.hint
    )
  }

  private func flagWithValue(_ spelling: String, _ raw: String, _ meaning: Meaning) -> UsageError {
    let description = options[meaning.index].description
    return UsageError(
      "option '\(spelling)' takes no value, found \(Prose.quoted(raw))",
      hint: description.isNegatable && meaning.isOn
        ? "'--no-\(description.name)' turns it off" : nil
    )
  }

  private func unknownLong(_ spelling: String, _ name: String) -> UsageError {
    let visible = options.map(\.description).filter { !$0.isHidden }
    let names = visible.flatMap(\.longNames) + ["help", "version"]
    let suggestion = Suggestion.nearest(to: name, among: names)
    return UsageError(
      "unknown option \(Prose.quoted(spelling))",
      hint: suggestion.map { "did you mean '--\($0)'?" }
    )
  }

  private func unknownShort(_ letter: Unicode.Scalar, in word: String) -> UsageError {
    let option = Prose.quoted("-\(letter)")
    let isBundle = word.unicodeScalars.count > 2
    let message = "unknown option \(option)" + (isBundle ? " in \(Prose.quoted(word))" : "")
    let name = String(word.unicodeScalars.dropFirst())
    if isBundle, long[name] != nil { return UsageError(message, hint: "did you mean '--\(name)'?") }
    guard operands.description != nil else { return UsageError(message) }
    return UsageError(message, hint: "put '--' before operands that begin with '-'")
  }
}
