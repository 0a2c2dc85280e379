import ArgumentParsing
import Glibc

@main struct Benchmarks {
  static func main() async {
    let program = Program(
      name: "Benchmarks",
      version: "1",
      summary: "Measure the speed of swiftllm's modules inside one process.",
      commands: [
        cellsCommand, kernelsCommand, ceilingsCommand, perplexityCommand, answerCommand,
      ]
    )
    do {
      switch try program.parse(Array(CommandLine.arguments.dropFirst())) {
      case .run(let work): try await work()
      case .help(let text): Output.write(text, to: STDOUT_FILENO)
      case .version: Output.write(program.version + "\n", to: STDOUT_FILENO)
      case .generate: throw UsageError("there is nothing to generate")
      case .usage(let text): fail(text, status: 2)
      }
    } catch let error as UsageError {
      fail("\(error)\n", status: 2)
    } catch {
      fail("Benchmarks: \(error)\n", status: 1)
    }
  }

  private static func fail(_ text: String, status: Int32) -> Never {
    Output.error(text)
    exit(status)
  }
}

/// Something that cannot be measured, and why.
struct BenchmarkError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
