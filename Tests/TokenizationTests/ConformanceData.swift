import Foundation
import JSON
import TestSupport
import Testing
import Tokenization

/// Tokenizers and expected tokens of other projects, where they are at hand.
enum ConformanceData {
  /// The folder, or `nil` where there is none.
  static let folder = Fixtures.conformance.map { folder in
    let inner = folder.appending(path: "tokenizers")
    return FileManager.default.fileExists(atPath: inner.path) ? inner : folder
  }

  /// The files in a folder of the data, by their names without endings.
  static func files(in name: String) -> [(name: String, url: URL)] {
    guard let folder = folder?.appending(path: name),
      let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    else { return [] }
    return files.sorted().map { file in
      var name = file
      for ending in [".gz", ".jsonl", ".json"] where name.hasSuffix(ending) {
        name.removeLast(ending.count)
      }
      return (name, folder.appending(path: file))
    }
  }

  /// The file in a folder of the data, packed or not.
  static func file(_ name: String, in folder: String) -> URL? {
    files(in: folder).first { $0.name == name }?.url
  }

  /// The bytes of `file`, unpacked if they are packed.
  static func unpacked(_ file: URL) throws -> [UInt8] {
    let bytes = [UInt8](try Data(contentsOf: file))
    guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](data)
  }

  /// The JSON values of the lines of `file`.
  static func lines(_ file: URL) throws -> [JSON] {
    try unpacked(file).split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: Array($0)) }
  }

  /// The texts of the corpus by their numbers.
  static func corpus() throws -> [Int: String] {
    var texts: [Int: String] = [:]
    guard let file = file("corpus", in: ".") else { return texts }
    for line in try lines(file) {
      if let id = line["id"]?.integerValue { texts[id] = line["text"]?.stringValue }
    }
    return texts
  }

  /// The tokenizer.json called `name`; `nil` if the data has none.
  static func tokenizer(_ name: String) throws -> Tokenizer? {
    guard let file = file(name, in: "json") else { return nil }
    return try Tokenizer(tokenizerJSON: unpacked(file))
  }

  /// The token ids in an array.
  static func tokens(_ json: JSON?) -> [TokenID] {
    (json?.arrayValue ?? []).compactMap { $0.integerValue.map { TokenID(UInt32($0)) } }
  }

  /// The numbers in an array.
  static func integers(_ json: JSON?) -> [Int] {
    (json?.arrayValue ?? []).compactMap(\.integerValue)
  }
}

/// Counts what agrees, prints the counts, and records the first few of what does not.
final class Tally {
  private let title: String
  private var counts: [(name: String, passed: Int, failed: Int)] = []
  private var skipped: [(reason: String, count: Int)] = []

  init(_ title: String) { self.title = title }

  /// Counts one comparison.
  func check(_ name: String, _ passes: Bool, _ comment: @autoclosure () -> String) {
    let index = counts.firstIndex { $0.name == name } ?? counts.count
    if index == counts.count { counts.append((name, 0, 0)) }
    if passes {
      counts[index].passed += 1
    } else {
      counts[index].failed += 1
      if counts[index].failed <= 5 { Issue.record("\(title), \(name): \(comment())") }
    }
  }

  /// Counts what cannot be compared.
  func skip(_ reason: String, count: Int = 1) {
    if let index = skipped.firstIndex(where: { $0.reason == reason }) {
      skipped[index].count += count
    } else {
      skipped.append((reason, count))
    }
  }

  /// How many comparisons agreed.
  var passed: Int { counts.reduce(0) { $0 + $1.passed } }

  func report() {
    let parts = counts.map { entry in
      "\(entry.name) \(entry.passed)/\(entry.passed + entry.failed)"
    }
    let reasons = skipped.map { "skipped \($0.count) (\($0.reason))" }
    print("\(title): \((parts + reasons).joined(separator: ", "))")
  }
}
