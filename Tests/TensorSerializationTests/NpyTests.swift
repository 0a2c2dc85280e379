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
}
