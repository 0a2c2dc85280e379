import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite(.enabled(if: Fixtures.conformance != nil))
struct `Npy conformance` {
  @Test func `agrees with numpy on every file`() throws {
    var counts = ConformanceCount("npy")
    for (file, expected) in Conformance.expectations("npy") {
      let bytes = try Conformance.bytes("npy", file)
      // Numpy also reads what are no numbers: text and records.
      guard expected["kind"] == "ok", Self.holdsNumbers(expected) else {
        #expect(throws: TensorFileError.self, "\(file)") { try TensorFile.open(bytes: bytes) }
        counts.refused += 1
        continue
      }
      let tensors = try TensorFile.open(bytes: bytes)
      var arrays = expected["arrays"]?.objectValue.map { Array($0) } ?? []
      if let array = expected["array"] { arrays.append((key: "", value: array)) }
      #expect(tensors.tensorNames == arrays.map(\.key), "\(file)")
      for (name, array) in arrays {
        let tensor = try tensors.tensor(name)
        let shape = array["shape"]?.arrayValue?.compactMap(\.integerValue)
        #expect(tensor.shape == shape, "\(file)")
        #expect(tensor.digest == array["sha256_c_order_le"]?.stringValue, "\(file)")
        counts.tensors += 1
      }
      counts.read += 1
    }
    counts.report()
    #expect(counts.read + counts.refused > 0)
  }

  private static func holdsNumbers(_ expected: JSON) -> Bool {
    guard let type = expected["array"]?["descr"]?.stringValue else { return true }
    return !type.contains { "UVSO".contains($0) }
  }
}
