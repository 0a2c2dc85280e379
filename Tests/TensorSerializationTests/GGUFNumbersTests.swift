import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// The bits of little-endian float32 numbers; every NaN becomes the same one.
func plainBits(_ bytes: [UInt8]) -> [UInt32] {
  bytes.withUnsafeBytes { bytes in
    (0..<bytes.count / 4).map {
      let bits = bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
      return Float(bitPattern: bits).isNaN ? 0x7FC0_0000 : bits
    }
  }
}

/// What gguf-py makes of blocks; digests are in gguf_blocks.json.
@Suite struct `GGUF numbers` {
  @Test func `equal gguf-py's bit for bit for each block type`() throws {
    let cases = try #require(try Fixtures.tensorJSON("gguf_blocks.json").arrayValue)
    #expect(Set(cases.compactMap { $0["type"]?.stringValue }) == Set(GGUFBlock.decoders.keys))
    for item in cases {
      let name = try #require(item["type"]?.stringValue)
      let type = try #require(item["id"]?.integerValue.flatMap { GGUFTensorType(id: UInt32($0)) })
      #expect(type.name == name)
      let bytes = try Base64.decode(try #require(item["blocks"]?.stringValue))
      let decode = try #require(GGUFBlock.decoders[name])
      let size = type.blockByteCount
      let numbers = stride(from: 0, to: bytes.count, by: size).flatMap { start in
        decode(GGUFBlock(bytes: Array(bytes[start..<start + size])))
      }
      #expect(numbers.count == item["count"]?.integerValue)
      let bits = numbers.withUnsafeBytes { plainBits(Array($0)) }
      let digest = bits.withUnsafeBytes { sha256($0) }
      #expect(digest == item["sha256"]?.stringValue, "\(name)")
    }
  }

  @Test func `are given for every float and block type of a file`() throws {
    let file = try GGUFFile(path: Fixtures.path("tensors/types.gguf"))
    let expected = try SafetensorsFile(path: Fixtures.path("tensors/types_dequantized.safetensors"))
    for name in expected.tensorNames {
      #expect(try file.numbers(of: name).digest == expected.tensor(name).digest, "\(name)")
    }
    #expect(throws: TensorFileError.unsupported("type I32 of tensor 't.I32'")) {
      try file.numbers(of: "t.I32")
    }
    #expect(throws: TensorFileError.tooLarge("size of tensor 't.F16' as float32", limit: 100)) {
      try file.numbers(of: "t.F16", byteLimit: 100)
    }
  }
}
