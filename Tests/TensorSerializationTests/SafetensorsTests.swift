import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite struct Safetensors {
  static let tensors: [(name: String, tensor: Tensor)] = [
    ("b", ramp(.float32, [2, 3])), ("a", ramp(.float32, [5])), ("half", ramp(.float16, [3])),
    ("brain", ramp(.bfloat16, [2, 2])), ("flags", ramp(.bool, [3])), ("scalar", ramp(.int64, [])),
    ("empty", ramp(.uint8, [0, 4])), ("é\"\\\n\t\u{8}\u{C}\u{1}", ramp(.float8E4M3, [3])),
  ]

  @Test func `writes the bytes of the reference library`() throws {
    let all = try SafetensorsFile.write(Self.tensors, metadata: ["format": "pt"])
    #expect(all == (try Fixtures.bytes("tensors/golden/all.safetensors")))
    let plain = try SafetensorsFile.write([("x", ramp(.float64, [2]))])
    #expect(plain == (try Fixtures.bytes("tensors/golden/plain.safetensors")))
  }

  @Test func `reads back what it writes`() throws {
    let file = try SafetensorsFile(
      SharedBytes(try Fixtures.bytes("tensors/golden/all.safetensors"))
    )
    #expect(file.metadata == ["format": "pt"])
    #expect(Set(file.tensorNames) == Set(Self.tensors.map(\.name)))
    for (name, tensor) in Self.tensors {
      let read = try file.tensor(name)
      #expect(read.dtype == tensor.dtype && read.shape == tensor.shape)
      #expect(read.digest == tensor.digest)
    }
    #expect(throws: TensorFileError.missingTensor("c")) { try file.tensor("c") }
  }

  @Test func `refuses a name given twice`() {
    #expect(throws: TensorFileError.self) {
      try SafetensorsFile.write([("x", ramp(.uint8, [1])), ("x", ramp(.uint8, [1]))])
    }
  }

  @Test func `refuses a header longer than the file`() {
    let bytes: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D]
    #expect(throws: TensorFileError.truncated(offset: 10, needed: 7)) {
      try SafetensorsFile(SharedBytes(bytes))
    }
  }
}

@Suite struct Checkpoints {
  /// A directory with two shards and the index `weightMap`, removed afterwards.
  private func withShards(
    _ weightMap: String,
    second: [(name: String, tensor: Tensor)] = [("c", ramp(.float32, [3]))],
    _ body: (String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try SafetensorsFile.write([
      ("a", ramp(.float32, [1])), ("b", ramp(.float32, [2])),
    ])
    try Data(first).write(to: folder.appending(path: "s1.safetensors"))
    try Data(SafetensorsFile.write(second)).write(to: folder.appending(path: "s2.safetensors"))
    try Data("{\"weight_map\":\(weightMap)}".utf8)
      .write(to: folder.appending(path: "model.safetensors.index.json"))
    try body(folder.path)
  }

  @Test func `finds tensors in their shards`() throws {
    let map = #"{"a":"s1.safetensors","b":"s1.safetensors","c":"s2.safetensors"}"#
    try withShards(map) { folder in
      let checkpoint = try Checkpoint(directory: folder)
      #expect(checkpoint.tensorNames == ["a", "b", "c"])
      #expect(checkpoint.shape(of: "c") == [3])
      #expect(try checkpoint.tensor("c").digest == ramp(.float32, [3]).digest)
      #expect(throws: TensorFileError.missingTensor("d")) { try checkpoint.tensor("d") }
    }
  }

  @Test func `reads torch files where there are no safetensors files`() throws {
    let folder = try TemporaryFolder()
    let weights: [(name: String, tensor: Tensor)] = [
      ("a", ramp(.bfloat16, [2, 3])), ("b", ramp(.float32, [4])),
    ]
    let whole = try TorchFile.write(dictionary: weights, isOrdered: true)
    try folder.write(whole, to: "pytorch_model.bin")
    let single = try Checkpoint(directory: folder.path)
    #expect(single.tensorNames == ["a", "b"])
    #expect(try single.tensor("a").digest == weights[0].tensor.digest)

    let sharded = try TemporaryFolder()
    for (name, tensor) in weights {
      let shard = try TorchFile.write(dictionary: [(name, tensor)], isOrdered: true)
      try sharded.write(shard, to: "pytorch_model-\(name).bin")
    }
    let map = #"{"weight_map":{"a":"pytorch_model-a.bin","b":"pytorch_model-b.bin"}}"#
    try sharded.write(Array(map.utf8), to: "pytorch_model.bin.index.json")
    let checkpoint = try Checkpoint(directory: sharded.path)
    #expect(checkpoint.tensorNames == ["a", "b"])
    #expect(checkpoint.shape(of: "a") == [2, 3])
    #expect(try checkpoint.tensor("b").digest == weights[1].tensor.digest)
  }

  @Test(arguments: [
    #"{"a":"../s1.safetensors"}"#, #"{"a":"/etc/passwd"}"#, #"{"a":".."}"#, #"{"a":""}"#,
    #"{"a":1}"#, "[]",
  ])
  func `refuses shards that are no plain file names`(_ map: String) throws {
    try withShards(map) { folder in
      #expect(throws: TensorFileError.self) { try Checkpoint(directory: folder) }
    }
  }

  @Test func `refuses a tensor missing from its shard, and a missing shard`() throws {
    try withShards(#"{"a":"s2.safetensors","b":"s1.safetensors"}"#) { folder in
      #expect(
        throws: TensorFileError.file(path: "\(folder)/s2.safetensors", .missingTensor("a"))
      ) { try Checkpoint(directory: folder) }
    }
    try withShards(#"{"a":"s3.safetensors"}"#) { folder in
      #expect(throws: TensorFileError.self) { try Checkpoint(directory: folder) }
    }
  }

  @Test func `refuses a tensor in two shards`() throws {
    let map = #"{"a":"s1.safetensors","b":"s2.safetensors"}"#
    try withShards(map, second: [("a", ramp(.float32, [1]))]) { folder in
      #expect(throws: TensorFileError.self) { try Checkpoint(directory: folder) }
    }
  }

  @Test func `says what an empty directory lacks`() {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    #expect(throws: TensorFileError.self) { try Checkpoint(directory: folder) }
  }
}
