import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite(.enabled(if: Fixtures.conformance != nil))
struct `GGUF conformance` {
  @Test func `agrees with llama.cpp on every file`() throws {
    var counts = (read: 0, refused: 0)
    for (file, expected) in Conformance.expectations("gguf", "files_expected.json") {
      let bytes = try Conformance.bytes("gguf/files", file)
      guard expected["kind"] == "ok" else {
        #expect(throws: TensorFileError.self, "\(file)") { try GGUFFile(bytes) }
        counts.refused += 1
        continue
      }
      let gguf = try GGUFFile(bytes)
      for (name, value) in try #require(expected["tensors"]?.objectValue) {
        let tensor = try gguf.tensor(name)
        #expect(tensor.shape == value["shape"]?.arrayValue?.compactMap(\.integerValue), "\(name)")
        // Of plain floats the values can be compared here; dequantization is tested elsewhere.
        if tensor.dtype == .float32 {
          let values = tensor.bytes.bindMemory(to: Float.self).prefix(8).map(Double.init)
          #expect(values == value["f32"]?.arrayValue?.compactMap(\.doubleValue), "\(name)")
        }
      }
      counts.read += 1
    }
    print("gguf: \(counts.read) files read, \(counts.refused) refused, as expected")
    #expect(counts.read > 0 && counts.refused > 15)
  }
}
