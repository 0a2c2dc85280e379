import Foundation
import TestSupport
import Testing

/// The manual's examples, run as a reader would.
@Suite struct `The manual's examples` {
  /// The commands in the section EXAMPLES, as a terminal shows them.
  private static let commands: [String] = {
    let file = Fixtures.packageRoot.appending(path: "man/swiftllm.1")
    let manual = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    let lines = manual.split(separator: "\n").drop { $0 != ".Sh EXAMPLES" }.dropFirst()
      .prefix { !$0.hasPrefix(".Sh ") }
    return lines.split { $0.hasPrefix(".Bd ") || $0 == ".Ed" }.enumerated()
      .filter { $0.offset % 2 == 1 }.map { unescaped($0.element.joined(separator: "\n")) }
  }()

  private static func unescaped(_ text: String) -> String {
    [("\\(dq", "\""), ("\\(aq", "'"), ("\\-", "-"), ("\\e", "\\")].reduce(text) { text, escape in
      text.replacing(escape.0, with: escape.1)
    }
  }

  @Test func `are found`() {
    #expect(Self.commands.count >= 7)
    #expect(Self.commands.allSatisfy { $0.hasPrefix("swiftllm ") && !$0.contains("\\") })
  }

  /// Servers run until they are stopped; `scripts/test-server-client.sh` starts them.
  @Test(arguments: commands.filter { !$0.hasPrefix("swiftllm serve") })
  func `work as they stand`(_ command: String) throws {
    let folder = try TemporaryFolder()
    let texts = (0..<80).map { "text \($0) of \($0 * $0 % 71)" }.joined(separator: "\n")
    _ = try folder.write(Data(texts.utf8), to: "texts.txt")
    let requests = #"{"prompt":"the","max_tokens":2}"# + "\n" + #"{"input":"the"}"#
    _ = try folder.write(Data(requests.utf8), to: "requests.jsonl")
    let before = try folder.names()
    let cache = try TemporaryFolder()
    let models = cache.url.appending(path: "swiftllm/models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: models.appending(path: "all-MiniLM-L6-v2").path,
      withDestinationPath: Fixtures.path("encoders/bert")
    )
    let result = try Swiftllm.shell(
      "set -o pipefail; \(command)",
      environment: [
        "SWIFTLLM_MODEL": Fixtures.path("models/llama-f32"), "XDG_CACHE_HOME": cache.url.path,
      ],
      in: folder.url
    )
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(try !result.output.isEmpty || folder.names() != before)
  }
}
