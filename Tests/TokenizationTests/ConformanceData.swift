import Foundation
import JSON
import TestSupport
import Tokenization

/// Tokenizers and expected tokens of other projects, where they are at hand.
enum ConformanceData {
  /// The folder, or `nil` where there is none.
  static let folder = Fixtures.conformance?.appending(path: "tokenizers")

  /// The bytes that `file` unpacks to.
  static func unpacked(_ file: URL) throws -> [UInt8] {
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
    guard let folder else { return [:] }
    var texts: [Int: String] = [:]
    for line in try lines(folder.appending(path: "corpus.jsonl.gz")) {
      if let id = line["id"]?.integerValue { texts[id] = line["text"]?.stringValue }
    }
    return texts
  }

  /// The tokenizer.json called `name`.
  static func tokenizer(_ name: String) throws -> Tokenizer {
    guard let folder else { throw CocoaError(.fileNoSuchFile) }
    return try Tokenizer(
      tokenizerJSON: unpacked(folder.appending(path: "json/\(name).json.gz"))
    )
  }

  /// The token ids in an array.
  static func tokens(_ json: JSON?) -> [TokenID] {
    (json?.arrayValue ?? []).compactMap { $0.integerValue.map { TokenID(UInt32($0)) } }
  }
}
