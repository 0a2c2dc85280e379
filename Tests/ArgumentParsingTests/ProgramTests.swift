import Testing

@testable import ArgumentParsing

@Suite struct `Choosing a command` {
  private func parse(_ words: String...) throws -> Outcome { try Sample.program.parse(words) }

  @Test func `runs a command with its values`() async throws {
    guard case .run(let work) = try parse("encode", "-m", "x", "text") else {
      Issue.record("no work")
      return
    }
    try await work()
  }

  @Test func `adds the command to a usage error of the work itself`() async throws {
    guard case .run(let work) = try parse("encode", "-m", "x") else {
      Issue.record("no work")
      return
    }
    let error = await #expect(throws: UsageError.self) { try await work() }
    #expect(error?.message == "no text given")
    #expect(error?.reference == "see 'sample encode --help'")
  }

  @Test(arguments: [
    ["help", "encode"], ["encode", "--help"], ["--help", "encode"], ["-h", "encode", "-x"],
    ["encode", "-m", "x", "-h"],
  ])
  func `shows a command's help in each way`(_ words: [String]) throws {
    guard case .help(let text) = try Sample.program.parse(words) else {
      Issue.record("no help")
      return
    }
    #expect(text.hasPrefix("Usage: sample encode -m PATH [options] [TEXT]\n"))
  }

  @Test(arguments: [["help"], ["--help"], ["-h"], ["help", "--json"], ["help", "help"]])
  func `shows the program's help`(_ words: [String]) throws {
    guard case .help(let text) = try Sample.program.parse(words) else {
      Issue.record("no help")
      return
    }
    #expect(text == HelpTests.programHelp)
  }

  @Test func `shows usage when nothing is asked`() throws {
    guard case .usage(let text) = try parse() else {
      Issue.record("no usage")
      return
    }
    #expect(text == HelpTests.programHelp)
  }

  @Test(arguments: [["-V"], ["--version"], ["encode", "--version"], ["--version", "encode"]])
  func `shows the version anywhere`(_ words: [String]) throws {
    guard case .version = try Sample.program.parse(words) else {
      Issue.record("no version")
      return
    }
  }

  @Test func `generates documents`() throws {
    for artifact in Artifact.allCases {
      guard case .generate(artifact) = try parse("--generate", artifact.rawValue) else {
        Issue.record("no \(artifact)")
        return
      }
    }
  }

  @Test(
    arguments: [
      (["genrate"], "unknown command 'genrate'", "did you mean 'generate'?"),
      (["help", "encod"], "unknown command 'encod'", "did you mean 'encode'?"),
      (["interna"], "unknown command 'interna'", nil),
      (["gen"], "unknown command 'gen'", "did you mean 'generate'?"),
      (["--bogus"], "unknown option '--bogus' before the command", nil),
      (
        ["-q", "generate"], "unknown option '-q' before the command",
        "options follow the command: 'sample generate [options]'"
      ),
      ([""], "unknown command ''", nil),
      (
        ["--generate", "bash"],
        "invalid value for '--generate': expected one of man, complete-bash, complete-zsh, "
          + "complete-fish, found 'bash'", nil
      ),
    ] as [([String], String, String?)]
  )
  func `refuses what is no command`(_ words: [String], _ message: String, _ hint: String?) {
    let error = #expect(throws: UsageError.self) { try Sample.program.parse(words) }
    #expect(error?.message == message)
    #expect(error?.hint == hint)
  }
}
