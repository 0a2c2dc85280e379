import Foundation
import JSON
import TestSupport
import Testing

/// `generate --input`: streaming, ends by signals, and going on afterwards.
@Suite struct `A batch that is interrupted` {
  private static let count = 500
  private static let lines = (0..<count).map {
    #"{"custom_id":"line \#($0)","prompt":"the boats \#($0)","max_tokens":\#(20 + $0 * 7 % 50)}"#
  }
  private static let options = ["--ignore-eos", "-q"]

  private func input(in folder: TemporaryFolder) throws -> String {
    let text = Self.lines.map { $0 + "\n" }.joined()
    return try folder.write(Data(text.utf8), to: "input.jsonl")
  }

  private func results(_ path: String) throws -> [JSON] {
    try `A batch`.objects(try Data(contentsOf: URL(filePath: path)))
  }

  private func texts(_ path: String) throws -> [[String]] {
    let results = try results(path)
    #expect(results.map { $0["index"] } == (0..<results.count).map { .integer($0) })
    let names = results.map { $0["custom_id"] }
    #expect(names == (0..<results.count).map { .string("line \($0)") })
    return `A batch`.texts(results)
  }

  @Test func `by kills has one result for each line when it is resumed to its end`() throws {
    let folder = try TemporaryFolder()
    let (input, whole, cut) = (
      try input(in: folder), folder.path("whole.jsonl"), folder.path("cut.jsonl")
    )
    let command = `A batch`.generate + [input] + Self.options
    let start = Date.now
    #expect(try Swiftllm.run(command + ["-o", whole]).status == 0)
    let seconds = Date.now.timeIntervalSince(start)
    let expected = try texts(whole)
    #expect(expected.count == Self.count)

    var killCount = 0
    for part in 1...6 {
      let process = Swiftllm.process(command + ["-o", cut, "--resume"])
      try process.run()
      Thread.sleep(forTimeInterval: seconds * Double.random(in: 0.05...0.35))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { killCount += 1 }
      if part.isMultiple(of: 2), let file = FileHandle(forWritingAtPath: cut) {
        try file.seekToEnd()
        try file.write(contentsOf: Data(#"{"id":"batch_req_"#.utf8))
      }
    }
    #expect(killCount > 0)
    #expect(try Swiftllm.run(command + ["-o", cut, "--resume"]).status == 0)
    #expect(try texts(cut) == expected)
    let before = try Data(contentsOf: URL(filePath: cut))
    #expect(try Swiftllm.run(command + ["-o", cut, "--resume"]).status == 0)
    #expect(try Data(contentsOf: URL(filePath: cut)) == before)
  }

  /// Sends `lines` of a job that goes on, waits for their results, then a signal; returns the status.
  private func interrupt(
    _ number: Int32,
    after lines: ArraySlice<String>,
    output: String,
    errors: Pipe
  ) throws -> Int32 {
    let process = Swiftllm.process(`A batch`.generate + ["-", "-o", output] + Self.options)
    let input = Pipe()
    process.standardInput = input
    process.standardError = errors
    try process.run()
    let text = lines.map { $0 + "\n" }.joined()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    let limit = Date.now.addingTimeInterval(20)
    while (try? results(output))?.count != lines.count, Date.now < limit {
      Thread.sleep(forTimeInterval: 0.02)
    }
    // It is longer than all others, and still running when the signal comes.
    let last = #"{"prompt":"the","max_tokens":500,"n":64,"temperature":1}"# + "\n"
    try input.fileHandleForWriting.write(contentsOf: Data(last.utf8))
    Thread.sleep(forTimeInterval: 0.05)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    return process.terminationStatus
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `by a signal leaves whole lines, and goes on from there`(_ number: Int32) throws {
    let folder = try TemporaryFolder()
    let output = folder.path("results.jsonl")
    let errors = Pipe()
    let status = try interrupt(
      number,
      after: Self.lines.prefix(40),
      output: output,
      errors: errors
    )
    #expect(status == 128 + number)
    let message = try errors.fileHandleForReading.readToEnd() ?? Data()
    #expect(
      String(decoding: message, as: UTF8.self) == """
        swiftllm: interrupted; 40 lines are done
        hint: go on with the same command and --resume\n
        """
    )
    #expect(try Data(contentsOf: URL(filePath: output)).last == UInt8(ascii: "\n"))
    #expect(try texts(output).count == 40)
    let command = `A batch`.generate + [try input(in: folder), "-o", output, "--resume"]
    #expect(try Swiftllm.run(command + Self.options).status == 0)
    #expect(try texts(output).count == Self.count)
  }

  @Test func `writes results while its input stays open`() throws {
    let process = Swiftllm.process(`A batch`.generate + ["-", "-n", "2"])
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    for number in 0..<3 {
      try input.fileHandleForWriting.write(contentsOf: Data((Self.lines[number] + "\n").utf8))
      let line = output.fileHandleForReading.availableData
      #expect(line.last == UInt8(ascii: "\n"))
      #expect(try `A batch`.objects(line).map { $0["index"] } == [.integer(number)])
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func `refuses to go on with another input's results`() throws {
    let folder = try TemporaryFolder()
    let output = folder.path("results.jsonl")
    let input = try folder.write(
      Data(Self.lines.prefix(3).joined(separator: "\n").utf8),
      to: "three.jsonl"
    )
    let command = `A batch`.generate + [input, "-o", output]
    #expect(try Swiftllm.run(command).status == 0)
    let other = try folder.write(Data((Self.lines[0] + "\n" + Self.lines[2]).utf8), to: "other")
    let short = try folder.write(Data(Self.lines[0].utf8), to: "short")
    let results = try Data(contentsOf: URL(filePath: output))
    for (input, reason) in [
      (other, "line 2 is no result of this input: its 'custom_id' is 'line 1', expected 'line 2'"),
      (short, "line 2 is no result of this input: the input has 1 requests"),
    ] {
      try expectRefusal(
        `A batch`.generate + [input, "-o", output, "--resume"],
        "cannot resume '\(output)': \(reason)"
      )
    }
    try expectRefusal(
      `A batch`.generate + [input, "-o", input],
      "cannot write '\(input)': it is the input"
    )
    #expect(try Data(contentsOf: URL(filePath: output)) == results)
    let encoded = folder.path("encoded.jsonl")
    let encode = ["encode-embeds", "-m", `A batch`.model, "--input", input, "-o", encoded]
    #expect(try Swiftllm.run(encode).status == 0)
    let before = try Data(contentsOf: URL(filePath: encoded))
    #expect(try Swiftllm.run(encode + ["--resume"]).status == 0)
    #expect(try Data(contentsOf: URL(filePath: encoded)) == before)
    try expectRefusal(
      `A batch`.generate + [input, "-o", encoded, "--resume"],
      "cannot resume '\(encoded)': line 1 is no result of this input: it has no 'response'"
    )
  }
}
