/// What a reader sees of an option: all of it but the code that stores its value.
public struct OptionDescription: Sendable, Equatable {
  /// The value that an option takes.
  public struct Value: Sendable, Equatable {
    /// The name of the value in help, in capitals.
    public let placeholder: String
    /// What the value is.
    public let kind: ValueKind
  }

  /// The long name without dashes.
  public let name: String
  /// The letter after a single dash, if it has one.
  public let short: Unicode.Scalar?
  /// The value it takes; `nil` for a flag.
  public let value: Value?
  /// One lower-case phrase.
  public let help: String
  /// Whether `--no-NAME` undoes it.
  public let isNegatable: Bool
  /// Whether each use adds a value; otherwise the last one wins.
  public let isRepeatable: Bool
  /// Other long names for it, which help does not show.
  public internal(set) var aliases: [String] = []
  /// Whether a command line without it is refused.
  public internal(set) var isRequired = false
  /// Whether help, manual and completions pass over it.
  public internal(set) var isHidden = false
  /// The environment variable that stands in when it is not given.
  public internal(set) var environment: String?
  /// The value in effect when nothing is given, as help shows it.
  public internal(set) var defaultText: String?
  /// Lines of mdoc(7) that the manual prints after `help`.
  public internal(set) var details: String?

  /// Every long spelling without dashes, the proper name first.
  var longNames: [String] {
    let names = [name] + aliases
    return isNegatable ? names + names.map { "no-" + $0 } : names
  }

  /// The spellings that completions offer, with dashes.
  var offeredSpellings: [String] {
    (short.map { ["-\($0)"] } ?? []) + ["--" + name] + (isNegatable ? ["--no-" + name] : [])
  }

  /// How a usage line shows the option: its letter if it has one, and the name of its value.
  var usage: String {
    let spelling = short.map { "-\($0)" } ?? "--" + name
    return value.map { "\(spelling) \($0.placeholder)" } ?? spelling
  }
}

extension OptionDescription {
  /// `-h, --help`, which every command has and the parser itself answers.
  static let helpFlag = Self(
    name: "help",
    short: "h",
    value: nil,
    help: "show help and exit",
    isNegatable: false,
    isRepeatable: false
  )
  /// `-V, --version`, likewise.
  static let versionFlag = Self(
    name: "version",
    short: "V",
    value: nil,
    help: "show the version and exit",
    isNegatable: false,
    isRepeatable: false
  )
}
