import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite struct `npy files` {
  @Test(arguments: [
    ("float32_3x64", DType.float32, [3, 64]), ("float64_5", .float64, [5]),
    ("float16_0x8", .float16, [0, 8]), ("int64_scalar", .int64, []), ("bool_2x3", .bool, [2, 3]),
    ("complex64_2", .complex64, [2]), ("uint8_100000x1", .uint8, [100000, 1]),
  ])
  func `gives numpy's bytes`(_ name: String, _ dtype: DType, _ shape: [Int]) throws {
    let golden = try Fixtures.bytes("tensors/golden/\(name).npy")
    let bytes = try NpyFile.write(ramp(dtype, shape))
    // Of the large one only the start is kept.
    #expect(shape == [100000, 1] ? Array(bytes.prefix(256)) == golden : bytes == golden)
    #expect(try NpyFile.read(SharedBytes(bytes)).digest == ramp(dtype, shape).digest)
  }

  @Test func `refuses types that numpy lacks`() {
    #expect(throws: TensorFileError.unsupported("bfloat16 in a npy file")) {
      try NpyFile.write(ramp(.bfloat16, [2]))
    }
  }

  @Test(.enabled(if: Fixtures.conformance != nil))
  func `agrees with numpy on every file`() throws {
    var counts = (read: 0, refused: 0)
    for (file, expected) in Conformance.expectations("npy") {
      let bytes = try Conformance.bytes("npy", file)
      guard file.hasPrefix("ok/") else {
        #expect(throws: TensorFileError.self, "\(file)") { try TensorFile(bytes) }
        counts.refused += 1
        continue
      }
      let tensors = try TensorFile(bytes)
      var arrays = expected["arrays"]?.objectValue.map { Array($0) } ?? []
      if let array = expected["array"] { arrays.append((key: "", value: array)) }
      #expect(tensors.tensorNames == arrays.map(\.key), "\(file)")
      for (name, array) in arrays {
        let tensor = try tensors.tensor(name)
        let shape = array["shape"]?.arrayValue?.compactMap(\.integerValue)
        #expect(tensor.shape == shape, "\(file)")
        #expect(tensor.digest == array["sha256_c_order_le"]?.stringValue, "\(file)")
      }
      counts.read += 1
    }
    print("npy: \(counts.read) files read, \(counts.refused) refused, as expected")
    #expect(counts.read > 15 && counts.refused > 10)
  }
}
