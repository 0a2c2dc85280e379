import Foundation
import TestSupport
import Testing

/// What the program prints of itself is what is committed; `make snapshots` writes it anew.
@Suite struct Snapshots {
  private func expect(_ arguments: [String], in file: String) throws {
    let result = try Swiftllm.run(arguments, in: Fixtures.packageRoot)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    let committed = try? Data(contentsOf: Fixtures.packageRoot.appending(path: file))
    #expect(result.output == committed, "\(file): run 'make snapshots' and look at the difference")
  }

  @Test func `of help`() throws {
    try expect(["--help"], in: "Tests/Snapshots/help/swiftllm.txt")
    let help = try Swiftllm.run(["--help"]).text
    let lines = help.split(separator: "\n", omittingEmptySubsequences: false)
      .drop { $0 != "Commands:" }.dropFirst().prefix { !$0.isEmpty }
    let commands = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(commands.contains("generate"))
    for command in commands {
      try expect([command, "--help"], in: "Tests/Snapshots/help/\(command).txt")
    }
    let folder = Fixtures.packageRoot.appending(path: "Tests/Snapshots/help").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.sorted() == (commands + ["swiftllm"]).map { $0 + ".txt" }.sorted())
  }

  @Test(arguments: [
    ("man", "man/swiftllm.1"), ("complete-bash", "completions/swiftllm.bash"),
    ("complete-zsh", "completions/_swiftllm"), ("complete-fish", "completions/swiftllm.fish"),
  ])
  func `of manual and completions`(_ kind: String, _ file: String) throws {
    try expect(["--generate", kind], in: file)
  }

  @Test func `are not needed of the version, which names the kernels`() throws {
    let version = try Swiftllm.run(["--version"])
    #expect(version.status == 0)
    #expect(version.text.wholeMatch(of: #/swiftllm \d+\.\d+\.\d+\nkernels: \w+\n/#) != nil)
  }
}
