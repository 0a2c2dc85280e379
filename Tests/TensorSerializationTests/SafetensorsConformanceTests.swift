import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite(.enabled(if: Fixtures.conformance != nil))
struct `Safetensors conformance` {
  @Test func `agrees with the reference library on every file`() throws {
    var counts = ConformanceCount("safetensors")
    for (file, expected) in Conformance.expectations("safetensors") {
      let bytes = try Conformance.bytes("safetensors", file)
      guard expected["kind"] == "ok" else {
        #expect(throws: TensorFileError.self, "\(file)") { try SafetensorsFile(bytes) }
        counts.refused += 1
        continue
      }
      let tensors = try SafetensorsFile(bytes)
      let entries = try #require(expected["tensors"]?.arrayValue)
      #expect(tensors.tensorNames.count == entries.count, "\(file)")
      for entry in entries {
        let pair = try #require(entry.arrayValue)
        let name = try #require(pair[0].stringValue)
        let shape = pair[1]["shape"]?.arrayValue?.compactMap(\.integerValue)
        #expect(tensors.shape(of: name) == shape, "\(file)")
        let type = try #require(pair[1]["dtype"]?.stringValue.flatMap(SafetensorsType.init))
        guard let dtype = type.dtype else {
          #expect(throws: TensorFileError.self, "\(file)") { try tensors.tensor(name) }
          continue
        }
        let tensor = try tensors.tensor(name)
        #expect(tensor.dtype == dtype, "\(file)")
        #expect(tensor.digest == pair[1]["data"]?.stringValue, "\(file)")
        counts.tensors += 1
      }
      counts.read += 1
    }
    counts.report()
    #expect(counts.read + counts.refused > 0)
  }
}
