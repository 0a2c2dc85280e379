import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Every file must be what torch 2.13 writes, byte for byte; digests are in torch_saved.json.
@Suite struct `Torch writing` {
  @Test func `gives torch's bytes for a matrix`() throws {
    let expected = try Fixtures.bytes("tensors/golden/float32_3x64.pt")
    #expect(try TorchFile.write(ramp(.float32, [3, 64])) == expected)
  }

  @Test func `gives torch's bytes for every type and shape`() throws {
    let cases = try #require(try Fixtures.tensorJSON("torch_saved.json")["tensors"]?.arrayValue)
    for item in cases {
      let dtype = try #require(item["dtype"]?.stringValue.flatMap(DType.init))
      let shape = try #require(item["shape"]?.arrayValue).compactMap(\.integerValue)
      let bytes = try TorchFile.write(ramp(dtype, shape))
      #expect(sha256(bytes) == item["sha256"]?.stringValue, "\(dtype) \(shape)")
    }
    print("torch writing: \(cases.count) tensors identical to torch's")
    #expect(cases.count == 180)
  }

  @Test func `gives torch's bytes for lists and dictionaries of any length`() throws {
    let cases = try #require(try Fixtures.tensorJSON("torch_saved.json")["containers"]?.arrayValue)
    for item in cases {
      let count = try #require(item["count"]?.integerValue)
      let tensors = (0..<count).map { ramp(.float32, [1 + $0 % 3, 2]) }
      let members = tensors.enumerated().map { (name: "layer.\($0).weight", tensor: $1) }
      let list = try TorchFile.write(list: tensors)
      #expect(sha256(list) == item["list"]?.stringValue, "list of \(count)")
      let dictionary = try TorchFile.write(dictionary: members)
      #expect(sha256(dictionary) == item["dictionary"]?.stringValue, "dict of \(count)")
      let ordered = try TorchFile.write(dictionary: members, isOrdered: true)
      #expect(sha256(ordered) == item["ordered"]?.stringValue, "OrderedDict of \(count)")
    }
    #expect(cases.count == 11)
  }

  @Test func `takes data for a zip record where torch does`() throws {
    let expected = try Fixtures.tensorJSON("torch_saved.json")["quirk"]?.stringValue
    let bytes: [UInt8] = [0x50, 0x4B, 0x07, 0x08, 1, 2, 3, 4, 5, 6, 7, 8]
    #expect(sha256(try TorchFile.write(tensor(.uint8, [12], bytes))) == expected)
  }

  @Test func `refuses quantized tensors`() {
    let blocks = tensor(.q8_0, [1, 32], [UInt8](repeating: 0, count: 34))
    #expect(throws: TensorFileError.unsupported("q8_0 in a torch file")) {
      try TorchFile.write(blocks)
    }
  }
}
