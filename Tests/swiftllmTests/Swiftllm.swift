import Foundation
import Testing

/// Runs the built program as a user would.
enum Swiftllm {
  struct Result {
    let status: Int32
    /// Whether a signal, the number of which is `status`, ended the process.
    let isKilled: Bool
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// The program beside this test's own executable.
  static let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "swiftllm")

  /// Runs `arguments` with `input` on standard input and a home folder without models.
  static func run(
    _ arguments: [String],
    input: Data = Data(),
    environment: [String: String] = [:],
    in folder: URL? = nil
  ) throws -> Result {
    try run(executable, arguments, input: input, environment: environment, in: folder)
  }

  /// Runs `script` with bash, the program in its `PATH`.
  static func shell(
    _ script: String,
    environment: [String: String] = [:],
    in folder: URL? = nil
  ) throws -> Result {
    let bash = URL(filePath: "/bin/bash")
    return try run(bash, ["-c", script], environment: environment, in: folder)
  }

  /// A process of the program that has not been started.
  static func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.environment = Self.environment.merging(environment) { $1 }
    return process
  }

  private static let environment = [
    "HOME": "/nonexistent",
    "PATH": "\(executable.deletingLastPathComponent().path):/usr/bin:/bin",
  ]

  // The streams are files: nothing has to be read while the process runs.
  private static func run(
    _ executable: URL,
    _ arguments: [String],
    input: Data = Data(),
    environment: [String: String],
    in folder: URL?
  ) throws -> Result {
    let streams = try TemporaryFolder()
    let stdin = try streams.write(input, to: "stdin")
    let stdout = try streams.write(Data(), to: "stdout")
    let stderr = try streams.write(Data(), to: "stderr")
    let process = process(arguments, environment: environment)
    process.executableURL = executable
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle(forReadingAtPath: stdin)
    process.standardOutput = FileHandle(forWritingAtPath: stdout)
    process.standardError = FileHandle(forWritingAtPath: stderr)
    try process.run()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus,
      isKilled: process.terminationReason == .uncaughtSignal,
      output: try Data(contentsOf: URL(filePath: stdout)),
      errors: String(decoding: try Data(contentsOf: URL(filePath: stderr)), as: UTF8.self)
    )
  }
}

/// Checks that the program refuses `arguments` with `message` alone, and writes no result.
func expectRefusal(
  _ arguments: [String],
  input: Data = Data(),
  _ message: String,
  status: Int32 = 1,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let result = try Swiftllm.run(arguments, input: input)
  #expect(result.errors == "swiftllm: \(message)\n", sourceLocation: sourceLocation)
  #expect(result.status == status, sourceLocation: sourceLocation)
  #expect(!result.isKilled, sourceLocation: sourceLocation)
  #expect(result.output.isEmpty, sourceLocation: sourceLocation)
}
