import ArgumentParsing
import TestSupport
import Testing

/// Compares the parser with getopt_long(3), by way of getopt(1), on random command lines.
@Suite struct Grammar {
  struct Values: Sendable, Equatable {
    /// Operands as they are, values behind the name of their option.
    var events: [String] = []
    var quiet = false
    var verbose = false
  }

  static let command = Command<Values>(
    name: "x",
    summary: "X.",
    initial: Values(),
    options: [
      .append("number", short: "n", "N", \.events, "n") { "number " + $0 },
      .append("embeds", short: "e", "E", \.events, "e") { "embeds " + $0 },
      .flag("quiet", short: "q", \.quiet, "q"),
      .flag("verbose", short: "v", \.verbose, "v", negatable: true),
    ],
    operands: .repeated("WORD", \.events),
    run: { _ in }
  )

  /// No abbreviations: getopt takes them, we do not.
  static let words = [
    "-n", "-n8", "-n=8", "-n-", "--number", "--number=8", "--number=", "--number=a=b", "-e", "-e-e",
    "--embeds", "--embeds=--", "-q", "-qv", "-vqn", "-qn8", "-vqe", "-qq", "-", "--", "text", "",
    "a b", "--quiet", "--quiet=x", "--no-verbose", "--verbose", "-x", "-qx", "--bogus", "--bogus=1",
    "---", "-=", "8", "-8", "it's", "=", "--no-quiet",
  ]

  static func line(_ seed: UInt64) -> [String] {
    var random = SeededGenerator(seed)
    return (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
      words.randomElement(using: &random)
    }
  }

  @Test(.enabled(if: Tool.isInstalled("getopt"), "getopt is not installed"))
  func `agrees with getopt`() throws {
    let lines = (UInt64(0)..<500).map(Self.line)
    let calls = lines.map { words in
      "run " + words.map { "'" + $0.replacing("'", with: #"'\''"#) + "'" }.joined(separator: " ")
    }
    let driver = """
      run() {
        if words=$(getopt -q -o -n:e:qv -l number:,embeds:,quiet,verbose,no-verbose -- "$@"); then
          eval "set -- $words"
          printf '%s\\n' ok "$@" end
        else
          printf '%s\\n' fault end
        fi
      }
      \(calls.joined(separator: "\n"))
      """
    let result = try Tool.run("sh", "driver", files: ["driver": driver])
    let answers = result.text.split(separator: "end\n", omittingEmptySubsequences: false).dropLast()
    try #require(answers.count == lines.count)
    var accepted = 0
    for (words, answer) in zip(lines, answers) {
      let answer = answer.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      let expected = answer.first == "ok" ? Self.values(answer.dropFirst().map(String.init)) : nil
      var found: Values?
      if case .values(let values)? = try? Self.command.parse(words) { found = values }
      #expect(found == expected, "\(words)")
      accepted += found == nil ? 0 : 1
    }
    #expect((100...400).contains(accepted), "the lines should be a mixture")
  }

  /// What a line means that getopt has put into its normal form.
  private static func values(_ words: [String]) -> Values {
    var values = Values()
    var words = words[...]
    while let word = words.popFirst() {
      switch word {
      case "-n", "--number": values.events.append("number " + (words.popFirst() ?? ""))
      case "-e", "--embeds": values.events.append("embeds " + (words.popFirst() ?? ""))
      case "-q", "--quiet": values.quiet = true
      case "-v", "--verbose": values.verbose = true
      case "--no-verbose": values.verbose = false
      case "--":
        values.events += words
        words = []
      default: values.events.append(word)
      }
    }
    return values
  }
}
