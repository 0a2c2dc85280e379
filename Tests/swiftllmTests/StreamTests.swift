import Foundation
import JSON
import TestSupport
import Testing

/// What goes to which stream, and how the program ends.
@Suite struct Streams {
  private static let model = Fixtures.path("models/llama-f32")
  private static let generate = ["generate", "-m", model, "--token-ids", "35", "--ignore-eos"]

  @Test func `standard output has the result alone`() throws {
    let plain = try Swiftllm.run(Self.generate)
    #expect(plain.status == 0)
    #expect(plain.errors.isEmpty)
    #expect(plain.output.last == UInt8(ascii: "\n"))

    let verbose = try Swiftllm.run(Self.generate + ["-v"])
    #expect(verbose.output == plain.output)
    let line =
      #/load [\d.]+ ms; prompt 1 tokens in [\d.]+ ms, [\d.]+ tokens/s; decode 127 tokens in [\d.]+ ms, [\d.]+ tokens/s\n/#
    #expect(try line.wholeMatch(in: verbose.errors) != nil, "\(verbose.errors)")

    let quiet = try Swiftllm.run(Self.generate + ["-v", "-q"])
    #expect(quiet.output == plain.output)
    #expect(quiet.errors.isEmpty)
  }

  @Test func `JSON is one line with the documented fields`() throws {
    let text = try Swiftllm.run(Self.generate + ["-n", "12"]).text
    let result = try Swiftllm.run(Self.generate + ["-n", "12", "--json", "-q"])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.output.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    #expect(result.output.last == UInt8(ascii: "\n"))

    let json = try JSON(parsing: [UInt8](result.output))
    #expect(
      json.objectValue?.map(\.key) == ["text", "token_ids", "finish_reason", "usage", "timings"]
    )
    #expect(json["text"]?.stringValue.map { $0 + "\n" } == text)
    #expect(json["token_ids"]?.arrayValue?.compactMap(\.integerValue).count == 12)
    #expect(json["finish_reason"] == "length")
    let usage: JSON = ["prompt_tokens": 1, "completion_tokens": 12, "total_tokens": 13]
    #expect(json["usage"] == usage)
    let timings = try #require(json["timings"]?.objectValue)
    #expect(
      timings.map(\.key) == [
        "prompt_seconds", "prompt_tokens_per_second", "decode_seconds",
        "decode_tokens_per_second",
      ]
    )
    #expect(timings.allSatisfy { ($0.value.doubleValue ?? 0) > 0 })
  }

  @Test(arguments: [
    generate, generate + ["--json"], ["encode-embeds", "-m", model, "the"], ["--help"],
    ["--version"], ["encode-embeds", "-m", model, "the", "-o", "/dev/stdout"],
  ])
  func `a closed pipe is a quiet success`(_ arguments: [String]) throws {
    let process = Swiftllm.process(arguments)
    let (output, errors) = (Pipe(), Pipe())
    try output.fileHandleForReading.close()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 0)
    #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
  }

  @Test func `a reader may leave at any time`() throws {
    let result = try Swiftllm.shell(
      "swiftllm generate --token-ids 35 --ignore-eos -n 500 | head -c 1; echo \" ${PIPESTATUS[*]}\"",
      environment: ["SWIFTLLM_MODEL": Self.model]
    )
    #expect(result.text.hasSuffix(" 0 0\n"))
    #expect(result.errors.isEmpty)
  }

  @Test func `a full disk is an error`() throws {
    for command in ["generate the", "encode-embeds the", "--help"] {
      let result = try Swiftllm.shell(
        "swiftllm \(command) >/dev/full",
        environment: ["SWIFTLLM_MODEL": Self.model]
      )
      #expect(
        result.errors == "swiftllm: cannot write standard output: no space left on device\n"
      )
      #expect(result.status == 1)
    }
  }

  @Test func `an interrupt ends the program by its signal`() throws {
    // A child inherits what is ignored, as in a shell's background jobs, and what is blocked, as in
    // the threads that tests run on.
    signal(SIGINT, SIG_DFL)
    var interrupts = sigset_t()
    sigemptyset(&interrupts)
    sigaddset(&interrupts, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &interrupts, nil)
    let process = Swiftllm.process(["generate", "-m", Self.model])
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input  // never closed: the program waits for its prompt
    process.standardOutput = output
    try process.run()
    let limit = Date.now.addingTimeInterval(20)
    while process.isRunning, Date.now < limit {
      process.interrupt()
      Thread.sleep(forTimeInterval: 0.05)
    }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal)
    #expect(process.terminationStatus == SIGINT)
    #expect(try output.fileHandleForReading.readToEnd() ?? Data() == Data())
  }

  @Test func `binary is not written to a terminal`() throws {
    let terminal = try onTerminal("swiftllm encode-embeds the")
    #expect(
      terminal.text == """
        swiftllm: binary output is not written to a terminal\r
        hint: use -o FILE, a pipe, or --format base64\r
        see 'swiftllm encode-embeds --help'\r\n
        """
    )
    #expect(terminal.status == 2)

    let text = try onTerminal("swiftllm encode-embeds the --format base64")
    let plain = try Swiftllm.run(["encode-embeds", "-m", Self.model, "the", "--format", "base64"])
    #expect(text.text.replacing("\r\n", with: "\n") == plain.text)
    #expect(text.status == 0)
  }

  @Test func `nobody is made to type a prompt`() throws {
    let result = try onTerminal("swiftllm generate")
    #expect(
      result.text == """
        swiftllm: no prompt given\r
        hint: give a text, or pipe one to standard input\r
        see 'swiftllm generate --help'\r\n
        """
    )
    #expect(result.status == 2)
  }

  /// Runs `command` with all its streams on a terminal of its own.
  private func onTerminal(_ command: String) throws -> Swiftllm.Result {
    try Swiftllm.shell(
      "script -qec '\(command)' /dev/null",
      environment: ["SWIFTLLM_MODEL": Self.model]
    )
  }
}
