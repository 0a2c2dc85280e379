import Testing

@testable import ArgumentParsing

@Suite struct `Command line parsing` {
  static let spellings: [[String]] = [
    ["--max-tokens", "8"], ["--max-tokens=8"], ["-n", "8"], ["-n8"], ["-qn8"], ["-vqn", "8"],
    ["-n", "3", "-n8"], ["--max-tokens=9", "-n", "8"], ["--max_tokens", "8"], ["--max_tokens=8"],
    ["-n", "+8"], ["-n008"],
  ]

  @Test(arguments: spellings)
  func `reads every spelling of a value`(_ words: [String]) throws {
    guard case .values(let values) = try Sample.generate.parse(["-m", "x"] + words) else {
      Issue.record("no values")
      return
    }
    #expect(values.maxTokens == 8)
    #expect(values.shared.model == "x")
  }

  @Test func `leaves what is not given as it was`() throws {
    var expected = GenerateOptions()
    expected.shared.model = "tiny"
    #expect(try Sample.values() == expected)
  }

  @Test func `reads bundled switches`() throws {
    let values = try #require(try Sample.values("-qv", "--json"))
    #expect(values.quiet && values.verbose && values.json)
  }

  /// With operands of any number there is never one too many, and `b` is a text.
  @Test func `gives an operand too many to the list before it`() throws {
    #expect(try Sample.values("--stop", "a", "b")?.stop == ["a"])
    let command = Command<GenerateOptions>(
      name: "list",
      summary: "Take lists.",
      initial: GenerateOptions(),
      groups: [
        OptionGroup(
          "Lists",
          [
            .list("stop", "TEXT", \.stop, "stop before TEXT"),
            .flag("json", \.json, "print one JSON object per line"),
          ]
        )
      ],
      operands: .optional("MODEL", \.cacheDirectory),
      run: { _ in }
    )
    func values(_ words: String...) throws -> GenerateOptions? {
      var parser = Parser(command, arguments: words)
      guard case .values(let values) = try parser.parse(environment: { _ in nil }) else {
        return nil
      }
      return values
    }
    let named = try #require(try values("m", "--stop", "a", "b", "--json"))
    #expect(named.stop == ["a", "b"] && named.cacheDirectory == "m" && named.json)
    let last = try #require(try values("--stop", "a", "m"))
    #expect(last.stop == ["a"] && last.cacheDirectory == "m")
    #expect(throws: UsageError.self) { try values("m", "--stop", "a", "--json", "b") }
    #expect(throws: UsageError.self) { try values("m", "--stop", "a", "--", "b") }
  }

  @Test func `takes the word after an option as its value, whatever it begins with`() throws {
    #expect(try Sample.values("--stop", "--json")?.stop == ["--json"])
    #expect(try Sample.values("--stop", "--")?.stop == ["--"])
    #expect(try Sample.values("--stop", "-h")?.stop == ["-h"])
    #expect(try Sample.values("-e", "-")?.segments == [.file("-")])
    #expect(try Sample.values("-e-")?.segments == [.file("-")])
  }

  @Test func `keeps a sign of equality in the value of a letter`() throws {
    #expect(try Sample.values("-e=8")?.segments == [.file("=8")])
    #expect(try Sample.values("--stop=a=b")?.stop == ["a=b"])
    #expect(try Sample.values("--stop==")?.stop == ["="])
  }

  @Test func `keeps empty values and combining characters`() throws {
    #expect(try Sample.values("--stop=", "--stop", "")?.stop == ["", ""])
    #expect(try Sample.values("--stop=\u{301}x")?.stop == ["\u{301}x"])
    #expect(try Sample.values("")?.segments == [.text("")])
  }

  @Test func `keeps the order of segments across options and operands`() throws {
    let values = try Sample.values("-e", "a.pt", "text", "-eb.pt", "--", "-e", "--prompt-embeds=c")
    let expected: [Segment] = [
      .file("a.pt"), .text("text"), .file("b.pt"), .text("-e"), .text("--prompt-embeds=c"),
    ]
    #expect(values?.segments == expected)
  }

  @Test func `reads options after operands until two dashes`() throws {
    let values = try #require(try Sample.values("a", "-q", "-", "--", "-v", "--", "--help"))
    #expect(values.quiet && !values.verbose)
    #expect(values.segments == ["a", "-", "-v", "--", "--help"].map(Segment.text))
  }

  @Test func `reads switches with three states and negated ones, the last wins`() throws {
    #expect(try Sample.values()?.addSpecialTokens == nil)
    #expect(try Sample.values("--add-special-tokens")?.addSpecialTokens == true)
    #expect(try Sample.values("--no-add-special-tokens")?.addSpecialTokens == false)
    #expect(try Sample.values("--no-stream")?.stream == false)
    #expect(try Sample.values("--no-stream", "--stream")?.stream == true)
  }

  @Test func `reads aliases, enumerations, hidden and optional options`() throws {
    #expect(try Sample.values("--max-model-len", "64")?.maxLength == 64)
    #expect(try Sample.values("--dtype=float32")?.numberType == .float32)
    #expect(try Sample.values("--cache-dtype", "bfloat16")?.cacheType == .bfloat16)
    #expect(try Sample.values("--internal-name", "x")?.name == "x")
    #expect(try Sample.values("--seed", "18446744073709551615")?.seed == .max)
    #expect(try Sample.values("--threads=4")?.shared.threads == 4)
  }

  @Test(arguments: [
    ["--help"], ["-h"], ["-qh"], ["text", "--help"], ["--bogus", "--help"], ["-n", "x", "-h"],
    ["--json=yes", "a", "--help"],
  ])
  func `shows help anywhere, without required options and after faults`(_ words: [String]) throws {
    #expect(try Sample.generate.parse(words) == .help)
  }

  @Test func `shows the version anywhere, and whichever comes first`() throws {
    #expect(try Sample.generate.parse(["a", "--version", "--help"]) == .version)
    #expect(try Sample.generate.parse(["-V"]) == .version)
    #expect(try Sample.generate.parse(["-hV"]) == .help)
  }

  @Test func `prefers an option to the environment and that to the initial value`() throws {
    let environment = ["SAMPLE_MODEL": "from-environment"]
    #expect(try Sample.values(environment: environment)?.shared.model == "tiny")
    let parsed = try Sample.encode.parse(["x"]) { environment[$0] }
    let expected = EncodeOptions(shared: SharedOptions(model: "from-environment"), text: "x")
    #expect(parsed == .values(expected))
    #expect(throws: UsageError.self) { try Sample.encode.parse(["x"]) { _ in "" } }
  }

  @Test func `names the variable whose value is invalid`() {
    struct Values { var port = 8000 }
    let command = Command<Values>(
      name: "serve",
      summary: "Serve.",
      initial: Values(),
      options: [.value("port", "PORT", \.port, "listen on PORT").environment("PORT")],
      run: { _ in }
    )
    let expected = UsageError("invalid value for '$PORT': expected a whole number, found 'x'")
    #expect(throws: expected) { try command.parse([]) { _ in "x" } }
    #expect(throws: Never.self) { try command.parse(["--port=1"]) { _ in "x" } }
  }
}
