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
    var decoded: Set<String> = []
    for item in cases {
      let name = try #require(item["type"]?.stringValue)
      let type = try #require(item["id"]?.integerValue.flatMap { GGUFTensorType(id: UInt32($0)) })
      #expect(type.name == name)
      let bytes = try Base64.decode(try #require(item["blocks"]?.stringValue))
      let size = type.blockByteCount
      let blocks = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<$0 + size]) }
      let numbers: [Float]
      if let decode = GGUFBlock.decoders[name] {
        numbers = blocks.flatMap { decode(GGUFBlock(bytes: $0)) }
        decoded.insert(name)
      } else {
        let shape = [blocks.count, type.blockElementCount]
        let dtype = try #require(type.dtype)
        let tensor = try #require(
          Tensor(
            dtype: dtype,
            shape: shape,
            storage: SharedBytes(bytes),
            byteOffset: 0
          )
        )
        numbers = try WeightMatrix(tensor).dequantizedRows(Array(0..<blocks.count)).storage
      }
      #expect(numbers.count == item["count"]?.integerValue)
      let bits = numbers.withUnsafeBytes { plainBits(Array($0)) }
      let digest = bits.withUnsafeBytes { sha256($0) }
      #expect(digest == item["sha256"]?.stringValue, "\(name)")
    }
    #expect(decoded == Set(GGUFBlock.decoders.keys))
  }

  @Test func `of types that no product reads become float16`() throws {
    let path = Fixtures.path("models/gguf-mixture/model.gguf")
    let file = try GGUFFile(path: path)
    for (name, type) in [("ffn_up", "MXFP4"), ("ffn_down", "TQ2_0")] {
      let name = "blk.0.\(name).weight"
      #expect(file.entries[name]?.type.name == type)
      let exact = try file.numbers(of: name)
      let weights = try file.weights(of: name)
      #expect(weights.dtype == .float16 && weights.shape == exact.shape)
      let halves = try WeightMatrix(weights).dequantizedRows(Array(0..<weights.shape[0])).storage
      let numbers = try WeightMatrix(exact).dequantizedRows(Array(0..<exact.shape[0])).storage
      #expect(halves == numbers.map { Float(Float16($0)) })
    }
    #expect(try file.weights(of: "blk.0.attn_q.weight").dtype == .q2K)
    #expect(throws: TensorFileError.missingTensor("none")) { try file.weights(of: "none") }
  }

  @Test func `are given for every float and block type of a file`() throws {
    let file = try GGUFFile(path: Fixtures.path("tensors/types.gguf"))
    let expected = try SafetensorsFile(path: Fixtures.path("tensors/types_dequantized.safetensors"))
    for name in expected.tensorNames {
      #expect(try file.numbers(of: name).digest == expected.tensor(name).digest, "\(name)")
    }
    let integers = #expect(throws: TensorFileError.self) { try file.numbers(of: "t.I32") }
    #expect(integers?.description.hasPrefix("type I32 of tensor 't.I32' at byte ") == true)
    let large = #expect(throws: TensorFileError.self) {
      try file.numbers(of: "t.F16", byteLimit: 100)
    }
    #expect(large?.description.hasPrefix("size of tensor 't.F16' as float32 at byte ") == true)
  }
}
