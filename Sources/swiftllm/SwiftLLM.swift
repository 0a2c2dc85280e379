import ArgumentParsing
import Glibc
import Tensors

/// What the shell is told.
enum ExitStatus {
  /// The work is done, or nobody is left to read it.
  case success
  /// The work failed.
  case failure
  /// The command line was wrong.
  case usage
  /// A signal asked for an end, as shells tell of it.
  case interrupted(signal: Int32)

  var code: Int32 {
    switch self {
    case .success: 0
    case .failure: 1
    case .usage: 2
    case .interrupted(let signal): 128 + signal
    }
  }
}

@main struct SwiftLLM {
  static func main() async {
    signal(SIGPIPE, SIG_IGN)  // a closed pipe then arrives as EPIPE from write(2)
    exit(await status(of: Array(CommandLine.arguments.dropFirst())).code)
  }

  private static func status(of arguments: [String]) async -> ExitStatus {
    do {
      switch try program.parse(arguments, environment: environment) {
      case .run(let work): try await work()
      case .help(let text): try StandardOutput.write(text)
      case .version: try StandardOutput.write(Version.text)
      case .generate(let artifact): try StandardOutput.write(try Generated.text(of: artifact))
      case .usage(let text):
        StandardError.write(line: String(text.dropLast()))
        return .usage
      }
      return .success
    } catch is OutputClosed {
      return .success  // the reader has what it wanted
    } catch let error as UsageError {
      report(error.message, hint: error.hint)
      if let reference = error.reference { StandardError.write(line: reference) }
      return .usage
    } catch let interruption as Interruption {
      report(interruption.message, hint: interruption.hint)
      return .interrupted(signal: interruption.signal)
    } catch {
      report("\(error)", hint: (error as? CommandError)?.hint)
      return .failure
    }
  }

  private static func report(_ message: String, hint: String?) {
    StandardError.write(line: "swiftllm: \(message)")
    if let hint { StandardError.write(line: "hint: \(hint)") }
  }
}
