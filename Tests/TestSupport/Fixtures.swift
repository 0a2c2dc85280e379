public import Foundation

/// Where test data lies in the checkout, and what is optional around it.
public enum Fixtures {
  /// The package's root folder.
  public static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `Tests/Fixtures`, written by its `make_fixtures.py`.
  public static let root = packageRoot.appending(path: "Tests/Fixtures")

  /// The path of `relative` inside `Tests/Fixtures`.
  public static func path(_ relative: String) -> String { root.appending(path: relative).path }

  /// The bytes of `relative` inside `Tests/Fixtures`.
  public static func bytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: root.appending(path: relative)))
  }

  /// The model that `make model` fetches; `nil` if it has not been run.
  public static let defaultModel: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
    let path = "\(cache)/swiftllm/models/SmolLM2-135M-Instruct.Q4_1.gguf"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// Conformance data of other projects beside the checkout (`$SWIFTLLM_CONFORMANCE_DATA`, else
  /// `../shared/data`), or `nil` where there is none: suites that need it are then skipped.
  public static let conformance: URL? = {
    let environment = ProcessInfo.processInfo.environment["SWIFTLLM_CONFORMANCE_DATA"]
    let folder =
      environment.map { URL(filePath: $0) } ?? packageRoot.appending(path: "../shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder.standardizedFileURL : nil
  }()
}
