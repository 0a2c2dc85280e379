import Foundation
import JSON
import Tensors
import TestSupport

/// Files of other projects and what the real readers say of them.
enum Conformance {
  /// The members of `folder/name` by file name, in order; empty where the data is absent.
  static func expectations(_ folder: String, _ name: String = "expected.json") -> [(
    file: String, JSON
  )] {
    guard let root = Fixtures.conformance,
      let data = try? Data(contentsOf: root.appending(path: "\(folder)/\(name)")),
      let members = try? JSON(parsing: [UInt8](data)).objectValue
    else { return [] }
    return members.map { (file: $0.key, $0.value) }
  }

  /// The bytes of a file of `folder`.
  static func bytes(_ folder: String, _ file: String) throws -> SharedBytes {
    guard let root = Fixtures.conformance else { return SharedBytes([]) }
    return try SharedBytes.mapping(path: root.appending(path: "\(folder)/\(file)").path)
  }
}

/// How many files of a folder had the outcome that the real reader gives them.
struct ConformanceCount {
  let folder: String
  var read = 0
  var refused = 0
  /// Tensors compared in the files that were read.
  var tensors = 0
  /// Files of which nothing was expected, and why.
  var skipped: [(file: String, reason: String)] = []

  init(_ folder: String) { self.folder = folder }

  /// Prints the counts, and a line for each file that was skipped.
  func report() {
    print(
      "conformance: \(folder): \(read) files read, \(tensors) tensors equal, \(refused) refused, "
        + "\(skipped.count) skipped"
    )
    for (file, reason) in skipped { print("conformance: \(folder): skipped \(file): \(reason)") }
  }
}

extension Tensor {
  /// The digest of the bytes.
  var digest: String { sha256(bytes) }
}
