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
    try check("torch", Conformance.expectations("torch"), minimum: (read: 110, refused: 80))
  }

  @Test func `agrees with torch on files of other projects`() throws {
    let files = Conformance.expectations("torch", "peer_expected.json")
    try check("torch", files, minimum: (read: 30, refused: 60))
  }

  private func check(
    _ folder: String,
    _ files: [(file: String, JSON)],
    minimum: (read: Int, refused: Int)
  ) throws {
    var counts = (read: 0, refused: 0, tensors: 0)
    for (file, expected) in files {
      let bytes = try Conformance.bytes(folder, file)
      guard expected["kind"] == "ok" else {
        counts.refused += 1
        // Fuzzed files may be read where torch's own reader gives up, as long as nothing crashes.
        if file.contains("/fuzz_") {
          _ = try? TorchFile(bytes)
        } else {
          let error = #expect(throws: TensorFileError.self, "\(file)") { try TorchFile(bytes) }
          expectKind(error, expected["reason"]?.stringValue, file)
        }
        continue
      }
      do {
        let root = try TorchFile(bytes).root
        let json = try #require(expected["root"])
        expectEqual(root, json, file, &counts.tensors)
        counts.read += 1
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
    print("torch: \(counts.read) files read, \(counts.tensors) tensors, \(counts.refused) refused")
    #expect(counts.read >= minimum.read && counts.refused >= minimum.refused)
  }

  /// Whether the refusal is of the kind that the file was made for.
  private func expectKind(_ error: TensorFileError?, _ reason: String?, _ file: String) {
    switch (reason, error) {
    case ("forbidden_global", .forbidden), ("forbidden_opcode", .forbidden): break
    case ("reduce_on_non_callable", .forbidden), ("truncated_storage", .truncated): break
    case ("compression_bomb", .tooLarge): break
    case ("forbidden_global", _), ("forbidden_opcode", _), ("reduce_on_non_callable", _),
      ("truncated_storage", _), ("compression_bomb", _):
      Issue.record("\(file): \(String(describing: error)) where \(reason ?? "") is expected")
    default: break
    }
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
      #expect(tensor.digest == expected["sha256"]?.stringValue, "\(place)")
    case (.tensor(let tensor), "sparse"):
      tensorCount += 1
      #expect(tensor.digest == expected["dense_sha256"]?.stringValue, "\(place)")
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
    case (.opaque, "device"), (.opaque, "other"), (.opaque, "storage"), (.opaque, "meta"),
      (.opaque, "quantized"):
      break
    default: Issue.record("\(place): \(value) where \(kind) is expected")
    }
  }
}
