import Testing

@testable import ArgumentParsing

@Suite struct `Usage errors` {
  /// Words after `-m tiny`, the message and the hint.
  static let faults: [([String], String, String?)] = [
    (["--max-token", "8"], "unknown option '--max-token'", "did you mean '--max-tokens'?"),
    (["--max-tokens"], "missing value for '--max-tokens': expected COUNT", nil),
    (["-qn"], "missing value for '-n': expected COUNT", nil),
    (
      ["--max-tokens="],
      "invalid value for '--max-tokens': expected a whole number of 1 or more, found ''", nil
    ),
    (
      ["-n", "0"], "invalid value for '-n': expected a whole number of 1 or more, found '0'", nil
    ),
    (
      ["-n=8"], "invalid value for '-n': expected a whole number of 1 or more, found '=8'", nil
    ),
    (
      ["-n", "9223372036854775808"],
      "invalid value for '-n': expected a whole number from -9223372036854775808 to "
        + "9223372036854775807, found '9223372036854775808'", nil
    ),
    (
      ["--seed=-1"],
      "invalid value for '--seed': expected a whole number from 0 to 18446744073709551615, "
        + "found '-1'", nil
    ),
    (["--seed", "1.5"], "invalid value for '--seed': expected a whole number, found '1.5'", nil),
    (
      ["-t", "-1"], "invalid value for '-t': expected a number of 0 or more, found '-1'", nil
    ),
    (
      ["-t-1"], "invalid value for '-t': expected a number of 0 or more, found '-1'", nil
    ),
    (
      ["--temperature", "nan"],
      "invalid value for '--temperature': expected a number of 0 or more, found 'nan'", nil
    ),
    (
      ["-t1e999"], "invalid value for '-t': expected a number of 0 or more, found '1e999'", nil
    ),
    (
      ["--top-p", "1.5"],
      "invalid value for '--top-p': expected a number above 0, at most 1, found '1.5'", nil
    ),
    (
      ["--threads", "0"],
      "invalid value for '--threads': expected a whole number from 1 to 1024, found '0'", nil
    ),
    (
      ["--dtype=bfloat61"],
      "invalid value for '--dtype': expected one of auto, bfloat16, float32, found 'bfloat61'",
      "did you mean 'bfloat16'?"
    ),
    (
      ["--template", ""],
      "invalid value for '--template': expected a file name, found ''", nil
    ),
    (["--json=yes"], "option '--json' takes no value, found 'yes'", nil),
    (
      ["--stream=no"], "option '--stream' takes no value, found 'no'", "'--no-stream' turns it off"
    ),
    (["--no-stream=1"], "option '--no-stream' takes no value, found '1'", nil),
    (["--no-json"], "unknown option '--no-json'", nil),
    (["--help=x"], "unknown option '--help'", "did you mean '--help'?"),
    (["--max"], "unknown option '--max'", nil),
    (["--temp=1"], "unknown option '--temp'", nil),
    (["--tempe=1"], "unknown option '--tempe'", "did you mean '--temperature'?"),
    (["--internal-nam=1"], "unknown option '--internal-nam'", nil),
    (["-x"], "unknown option '-x'", "put '--' before operands that begin with '-'"),
    (["-qx"], "unknown option '-x' in '-qx'", "put '--' before operands that begin with '-'"),
    (["-json"], "unknown option '-j' in '-json'", "did you mean '--json'?"),
    (["-q=1"], "unknown option '-=' in '-q=1'", "put '--' before operands that begin with '-'"),
    (["--=1"], "unknown option '--'", nil),
    (["--\u{1B}[31m"], "unknown option '--\\u{1B}[31m'", nil),
  ]

  @Test(arguments: faults)
  func `states the fault and a way out`(_ words: [String], _ message: String, _ hint: String?) {
    #expect(throws: UsageError(message, hint: hint)) {
      try Sample.generate.parse(["-m", "tiny"] + words)
    }
  }

  @Test func `states what is missing or too much`() {
    #expect(
      throws: UsageError(
        "missing option '--model PATH'",
        hint: "the environment variable SAMPLE_MODEL can set it, too"
      )
    ) { try Sample.generate.parse(["text"]) }
    #expect(throws: UsageError("missing operand FILE")) { try Sample.inspect.parse([]) }
    #expect(throws: UsageError("unexpected operand 'b': 'inspect' takes one FILE")) {
      try Sample.inspect.parse(["a", "b"])
    }
    #expect(throws: UsageError("unexpected operand 'a': 'internal' takes none")) {
      try Sample.secret.parse(["--", "a"])
    }
    #expect(
      throws: UsageError(
        "unexpected operand 'b': 'encode' takes one TEXT",
        hint: "put quotes around a text of several words"
      )
    ) { try Sample.encode.parse(["-m", "x", "a", "b"]) }
  }

  @Test func `names the command and where to read on`() throws {
    do throws(UsageError) {
      _ = try Sample.program.parse(["generate", "--max-token", "8"])
      Issue.record("accepted")
    } catch {
      #expect(
        error.description == """
          unknown option '--max-token'
          hint: did you mean '--max-tokens'?
          see 'sample generate --help'
          """
      )
    }
  }

  @Test func `shortens a word that is far too long`() throws {
    let error = try #require(Sample.fault("--" + String(repeating: "x", count: 1_000_000)))
    #expect(error.message.count < 250)
    #expect(error.message.hasSuffix("xxx...'"))
  }

  @Test func `lets an element refuse its word`() {
    struct Values { var numbers: [Int] = [] }
    let command = Command<Values>(
      name: "sum",
      summary: "Add.",
      initial: Values(),
      operands: .repeated("NUMBER", \.numbers) { (raw) throws(InvalidValue) in
        guard let number = Int(raw) else { throw InvalidValue(expected: "a whole number") }
        return number
      },
      run: { _ in }
    )
    let expected = UsageError("invalid value for 'NUMBER': expected a whole number, found 'x'")
    #expect(throws: expected) { try command.parse(["1", "x"]) }
  }

  @Test func `stops on a table with one spelling twice`() async {
    await #expect(processExitsWith: .failure) {
      struct Values { var help = false }
      _ = Command<Values>(
        name: "x",
        summary: "X.",
        initial: Values(),
        options: [.flag("help", \.help, "clashes")],
        run: { _ in }
      )
    }
  }
}
