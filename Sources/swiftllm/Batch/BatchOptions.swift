import ArgumentParsing
import JSON
import Server

/// The options of commands that work through the lines of an input.
struct BatchOptions: Sendable {
  var input: String?
  var resumes = false

  static let resumeOption = Option<BatchOptions>.flag(
    "resume",
    \.resumes,
    "with --input and -o: keep the results in FILE and go on"
  )
  .details(
    """
    Results in
    .Ar FILE ,
    errors among them, are kept, and their lines are not run again;
    a last line that was not written whole is cut off.
    The input must be the one that they were made of.
    """
  )

  /// Where the results go; `nil` for standard output.
  static func file(_ output: String?) -> String? { output == "-" ? nil : output }

  /// Checks what can be known without opening a file.
  ///
  /// - Parameters:
  ///   - excluded: what was given that means one prompt.
  ///   - dependent: what was given that is for batches only.
  /// - Throws: `UsageError`.
  func validate(output: String?, excluded: [String], dependent: [String] = []) throws {
    guard input != nil else {
      if let name = (resumes ? ["'--resume'"] : dependent).first {
        throw UsageError("\(name) needs '--input'")
      }
      return
    }
    if let name = excluded.first {
      throw UsageError("\(name) and '--input' cannot be used together")
    }
    if resumes, Self.file(output) == nil {
      throw UsageError("'--resume' needs '--output'", hint: "only results in a file can be resumed")
    }
  }

  /// Why `result` cannot be that of `line`, by the names that both have.
  static func objection(_ result: JSON, _ line: LineReader.Line) -> String? {
    let expected = (try? JSON(parsing: line.bytes))?["custom_id"]?.stringValue
    let found = result["custom_id"]?.stringValue
    // Of a line that could not be read, the error does not tell the name.
    let isNamelessError = found == nil && result["error"] ?? .null != .null
    guard found != expected, !isNamelessError else { return nil }
    func shown(_ name: String?) -> String { name.map { "'\($0)'" } ?? "null" }
    return "its 'custom_id' is \(shown(found)), expected \(shown(expected))"
  }

  /// Works through the input at `path` with `job`, and tells how it went.
  ///
  /// - Parameters:
  ///   - tokenCount: tokens so far, to tell the speed.
  /// - Throws: `CommandError` at the end if lines failed.
  func run(
    _ job: BatchJob,
    path: String,
    output: String?,
    isQuiet: Bool,
    isVerbose: Bool = false,
    tokenCount: (() -> Int)? = nil
  ) async throws {
    let input = try LineReader(path: path, limit: BatchModel.lineByteLimit)
    var results = try ResultFile(path: Self.file(output), resumes: resumes, input: input)
    var progress = ProgressLine(isQuiet: isQuiet)
    let clock = ContinuousClock()
    let start = clock.now
    func speed() -> String {
      guard let count = tokenCount?() else { return "" }
      return ", \(Int(Double(count) / max((clock.now - start) / .seconds(1), 1e-9))) tokens/s"
    }
    let counts: BatchJob.Counts
    do {
      defer { progress.clear() }
      counts = try await job.run(input, into: &results) { counts in
        let failed = counts.failed == 0 ? "" : ", \(counts.failed) failed"
        progress.show("\(counts.done) lines\(failed)\(speed())")
      }
    }
    if isVerbose, !isQuiet { StandardError.write(line: "\(counts.done) lines\(speed())") }
    if counts.failed > 0 {
      throw CommandError("\(counts.failed) of \(counts.done) lines failed")
    }
  }
}
