import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Files of torch 2.13, 1.12 and 1.6, of burn, candle and picklescan, and hostile ones, with torch's verdict.
@Suite(.enabled(if: Fixtures.conformance != nil))
struct `Torch conformance` {
  @Test func `agrees with torch on every file`() throws {
    try check("torch", Conformance.expectations("torch"))
  }

  @Test func `agrees with torch on files of other projects`() throws {
    try check("torch/peer", Conformance.expectations("torch", "peer_expected.json"))
  }

  private func check(_ folder: String, _ files: [(file: String, JSON)]) throws {
    var counts = ConformanceCount(folder)
    for (file, expected) in files {
      let bytes = try Conformance.bytes("torch", file)
      guard expected["kind"] == "ok" else {
        counts.refused += 1
        // Of random damage torch's own verdict is chance: only that it ends with one counts.
        if file.contains("/fuzz_") {
          _ = try? read(bytes)
        } else {
          let error = #expect(throws: TensorFileError.self, "\(file)") { try read(bytes) }
          expectKind(error, expected["reason"]?.stringValue, file)
        }
        continue
      }
      do {
        let root = try read(bytes)
        let json = try #require(expected["root"])
        expectEqual(root, json, file, &counts.tensors)
        counts.read += 1
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
    counts.report()
    #expect(counts.read + counts.refused > 0)
  }

  /// What the file holds, after all tensors in it have been made dense.
  private func read(_ bytes: SharedBytes) throws(TensorFileError) -> TorchValue {
    let root = try TorchFile(bytes).root
    try touch(root)
    return root
  }

  private func touch(_ value: TorchValue) throws(TensorFileError) {
    switch value {
    case .tensor(let tensor): _ = try tensor.dense()
    case .list(let items), .tuple(let items), .set(let items):
      for item in items { try touch(item) }
    case .dictionary(let members):
      for member in members { try touch(member.value) }
    default: break
    }
  }

  /// Whether the refusal is of the kind that the file was made for.
  private func expectKind(_ error: TensorFileError?, _ reason: String?, _ file: String) {
    let isRight =
      switch (reason, error) {
      case ("forbidden_global", .forbidden), ("forbidden_opcode", .forbidden),
        ("reduce_on_non_callable", .forbidden), ("truncated_storage", .truncated),
        ("truncated_pickle", .truncated), ("truncated_zip", .truncated),
        ("compression_bomb", .tooLarge), ("exponential_sharing", .tooLarge), ("cycle", .tooLarge),
        ("too_deep", .tooLarge), ("too_large_when_densified", .tooLarge),
        ("too_large_when_materialised", .tooLarge):
        true
      case ("forbidden_global", _), ("forbidden_opcode", _), ("reduce_on_non_callable", _),
        ("truncated_storage", _), ("truncated_pickle", _), ("truncated_zip", _),
        ("compression_bomb", _), ("exponential_sharing", _), ("cycle", _), ("too_deep", _),
        ("too_large_when_densified", _), ("too_large_when_materialised", _):
        false
      case (_, .invalid), (_, .truncated), (_, .forbidden), (_, .unsupported), (_, .tooLarge): true
      default: false
      }
    #expect(isRight, "\(file): \(String(describing: error)) where \(reason ?? "") is expected")
  }

  private func expectEqual(
    _ value: TorchValue,
    _ expected: JSON,
    _ place: String,
    _ tensorCount: inout Int
  ) {
    let kind = expected["t"]?.stringValue ?? ""
    switch (value, kind) {
    case (.tensor(let tensor), "tensor"), (.tensor(let tensor), "parameter"):
      tensorCount += 1
      #expect(tensor.dtype.rawValue == expected["dtype"]?.stringValue, "\(place)")
      let shape = expected["shape"]?.arrayValue?.compactMap(\.integerValue)
      #expect(tensor.shape == shape, "\(place)")
      let digest = try? tensor.dense().digest
      #expect(digest == expected["sha256"]?.stringValue, "\(place)")
    case (.tensor(let tensor), "sparse"):
      tensorCount += 1
      let digest = try? tensor.dense().digest
      #expect(digest == expected["dense_sha256"]?.stringValue, "\(place)")
    case (.none, "none"): break
    case (.bool(let flag), "bool"): #expect(expected["v"]?.boolValue == flag, "\(place)")
    case (.integer(let number), "int"):
      #expect(expected["v"]?.stringValue == String(number), "\(place)")
    case (.largeInteger, "int"):
      #expect(expected["v"]?.stringValue.flatMap { Int($0) } == nil, "\(place)")
    case (.number(let number), "float"):
      let text = expected["v"]?.stringValue ?? ""
      let other = Double(text) ?? .nan
      #expect(number == other || number.isNaN && other.isNaN, "\(place): \(text)")
    case (.string(let text), "str"): #expect(expected["v"]?.stringValue == text, "\(place)")
    case (.bytes(let bytes), "bytes"), (.bytes(let bytes), "bytearray"):
      let hex = bytes.map { String(format: "%02x", $0) }.joined()
      #expect(expected["hex"]?.stringValue == hex, "\(place)")
    case (.list(let items), "list"), (.tuple(let items), "tuple"), (.set(let items), "set"):
      let others = expected["items"]?.arrayValue ?? []
      #expect(items.count == others.count, "\(place)")
      for (index, (item, other)) in zip(items, others).enumerated() {
        expectEqual(item, other, "\(place)[\(index)]", &tensorCount)
      }
    case (.tuple(let items), "torch.Size"):
      let sizes = items.map { if case .integer(let size) = $0 { size } else { -1 } }
      #expect(sizes == expected["v"]?.arrayValue?.compactMap(\.integerValue), "\(place)")
    case (.dictionary(let members), "dict"), (.dictionary(let members), "OrderedDict"),
      (.dictionary(let members), "Counter"):
      let others = expected["items"]?.arrayValue ?? []
      #expect(members.count == others.count, "\(place)")
      for (index, (member, other)) in zip(members, others).enumerated() {
        let pair = other.arrayValue ?? []
        guard pair.count == 2 else {
          Issue.record("\(place)[\(index)]")
          continue
        }
        expectEqual(member.key, pair[0], "\(place) key \(index)", &tensorCount)
        expectEqual(member.value, pair[1], "\(place)[\(index)]", &tensorCount)
      }
    case (.complex(let real, let imaginary), "complex"):
      #expect(expected["v"]?.stringValue == "(\(Int(real))\(Int(imaginary))j)", "\(place)")
    case (.opaque(let text), "dtype"): #expect(expected["v"]?.stringValue == text, "\(place)")
    case (.opaque, "device"), (.opaque, "other"), (.opaque, "storage"), (.unreadable, "meta"),
      (.unreadable, "quantized"), (.unreadable, "other"):
      break
    default: Issue.record("\(place): \(value) where \(kind) is expected")
    }
  }
}
