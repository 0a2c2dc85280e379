import Foundation
import TestSupport
import Testing

/// A folder that is removed with its owner.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "swiftllm-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes `bytes` to `name`; returns the path.
  @discardableResult func write(_ bytes: Data, to name: String) throws -> String {
    let file = url.appending(path: name)
    try bytes.write(to: file)
    return file.path
  }

  func path(_ name: String) -> String { url.appending(path: name).path }

  /// The names of all files, sorted.
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
  }

  /// Copies the tiny model `name`, to be damaged; returns the path of the copy.
  func copy(model name: String) throws -> String {
    try FileManager.default.copyItem(
      atPath: Fixtures.path("models/\(name)"),
      toPath: path("model")
    )
    return path("model")
  }

  /// Replaces `key` of a JSON file by `value`, itself JSON, or removes it if there is none.
  func set(_ key: String, to value: String?, in name: String) throws {
    let file = url.appending(path: name)
    let json = try JSONSerialization.jsonObject(with: try Data(contentsOf: file))
    var object = try #require(json as? [String: Any])
    object[key] = try value.map {
      try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
    }
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }

  /// Replaces all occurrences of `old` in the bytes of a file by `new`, which is as long.
  func replace(_ old: String, by new: String, in name: String) throws {
    precondition(old.utf8.count == new.utf8.count, "lengths differ")
    let file = url.appending(path: name)
    var bytes = try Data(contentsOf: file)
    while let range = bytes.range(of: Data(old.utf8)) {
      bytes.replaceSubrange(range, with: Data(new.utf8))
    }
    try bytes.write(to: file)
  }
}
