import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// The file was written by gguf-py with one tensor of each type; types_gguf.json says what is in it.
@Suite struct GGUF {
  private func file() throws -> GGUFFile { try GGUFFile(path: Fixtures.path("tensors/types.gguf")) }

  @Test func `reads metadata of every type`() throws {
    let metadata = try file().metadata
    #expect(metadata["general.architecture"]?.stringValue == "llama")
    #expect(metadata["test.u32"]?.integerValue == 4_000_000_000)
    #expect(metadata["test.i8"]?.integerValue == -3)
    #expect(metadata["test.u64"]?.doubleValue == 0x1p64)
    #expect(metadata["test.f32"]?.doubleValue == 0.5)
    #expect(metadata["test.f64"]?.doubleValue == 0.1)
    #expect(metadata["test.bool"]?.boolValue == true)
    #expect(metadata["test.string"]?.stringValue == "grüß dich")
    #expect(metadata["test.floats"]?.floatsValue == [0.5, -1.5, 2])
    #expect(metadata["test.integers"]?.integersValue == [1, -2, 3])
  }

  @Test func `leaves strings in place until they are asked for`() throws {
    let expected = try #require(try Fixtures.tensorJSON("types_gguf.json")["strings"]?.arrayValue)
      .compactMap(\.stringValue)
    let strings = try #require(try file().metadata["test.strings"]?.stringsValue)
    #expect(strings.count == 100)
    #expect(Array(strings) == expected)
    #expect(strings[99] == expected[99] && strings[33] == expected[33])
    let (bytes, ends) = strings.packed()
    var start = 0
    for (end, string) in zip(ends, expected) {
      #expect(String(decoding: bytes[start..<end], as: UTF8.self) == string)
      start = end
    }
    #expect(ends.count == 100 && start == bytes.count)
  }

  @Test func `gives tensors in torch's order of dimensions`() throws {
    let file = try file()
    let tensors = try #require(try Fixtures.tensorJSON("types_gguf.json")["tensors"]?.objectValue)
    #expect(file.tensorNames == tensors.keys)
    for (name, expected) in tensors {
      let shape = expected["shape"]?.arrayValue?.compactMap(\.integerValue)
      #expect(file.shape(of: name) == shape, "\(name)")
      let tensor = try file.tensor(name)
      #expect(tensor.shape == shape, "\(name)")
      #expect(tensor.digest == expected["sha256"]?.stringValue, "\(name)")
    }
    #expect(throws: TensorFileError.missingTensor("t.none")) { try file.tensor("t.none") }
  }

  @Test func `refuses data that end too early`() throws {
    let bytes = try Fixtures.bytes("tensors/types.gguf")
    #expect(throws: TensorFileError.truncated(offset: bytes.count - 1, needed: 1)) {
      try GGUFFile(SharedBytes(Array(bytes.dropLast())))
    }
  }
}
