import Foundation
import JSON
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

@Suite(.enabled(if: Fixtures.conformance != nil))
struct `GGUF conformance` {
  @Test func `agrees with llama.cpp on every file`() throws {
    var counts = ConformanceCount("gguf")
    for (file, expected) in Conformance.expectations("gguf", "files_expected.json") {
      let contents = try Conformance.bytes("gguf/files", file)
      guard expected["kind"] == "ok" else {
        #expect(throws: TensorFileError.self, "\(file)") { try GGUFFile(contents) }
        counts.refused += 1
        continue
      }
      let gguf = try GGUFFile(contents)
      for (name, value) in try #require(expected["tensors"]?.objectValue) {
        let shape = value["shape"]?.arrayValue?.compactMap(\.integerValue)
        #expect(gguf.shape(of: name) == shape, "\(file) \(name)")
        guard let first = value["f32"]?.arrayValue?.compactMap(\.doubleValue) else { continue }
        if let dtype = try? gguf.tensor(name).dtype, !dtype.isFloatingPoint, !dtype.isQuantized {
          continue
        }
        let bytes = try gguf.numbers(of: name).storage.array
        let numbers = plainBits(bytes).map { Double(Float(bitPattern: $0)) }
        #expect(Array(numbers.prefix(first.count)) == first, "\(file) \(name)")
        let sum = try #require(value["sum"]?.doubleValue)
        #expect(abs(numbers.reduce(0, +) - sum) <= 1e-3 + 1e-4 * abs(sum), "\(file) \(name)")
        counts.tensors += 1
      }
      counts.read += 1
    }
    counts.report()
    #expect(counts.read + counts.refused > 0)
  }

  @Test func `equals gguf-py bit for bit on blocks of every type`() throws {
    var counts = ConformanceCount("gguf/dequant_golden")
    let json = try Conformance.decompressed("gguf/dequant_golden.json.gz")
    for vector in try #require(try JSON(parsing: json)["vectors"]?.arrayValue) {
      let name = try #require(vector["type"]?.stringValue)
      let id = try #require(vector["id"]?.integerValue.flatMap { UInt32(exactly: $0) })
      let shape = try #require(vector["shape"]?.arrayValue).compactMap(\.integerValue)
      let stored = try Base64.decode(try #require(vector["data_b64"]?.stringValue))
      let expected = try Base64.decode(try #require(vector["dequant_f32le_b64"]?.stringValue))
      let numbers = try GGUFFile(ggufTensor(type: id, shape: shape, stored)).numbers(of: "t")
      #expect(numbers.shape == shape, "\(name)")
      #expect(plainBits(numbers.storage.array) == plainBits(expected), "\(name)")
      counts.tensors += 1
    }
    counts.report()
    #expect(counts.tensors > 0)
  }
}

/// A GGUF file with the one tensor "t" of blocks.
private func ggufTensor(type: UInt32, shape: [Int], _ blocks: [UInt8]) -> SharedBytes {
  var writer = ByteWriter()
  writer.append(text: "GGUF")
  writer.append(number: UInt32(3))
  writer.append(number: UInt64(1))
  writer.append(number: UInt64(0))
  writer.append(number: UInt64(1))
  writer.append(text: "t")
  writer.append(number: UInt32(shape.count))
  for size in shape.reversed() { writer.append(number: UInt64(size)) }
  writer.append(number: type)
  writer.append(number: UInt64(0))
  let padding = (32 - writer.count % 32) % 32
  return SharedBytes(writer.bytes + [UInt8](repeating: 0, count: padding) + blocks)
}

extension Conformance {
  /// The contents of a .gz file without a name in its header or with one.
  fileprivate static func decompressed(_ path: String) throws -> [UInt8] {
    let root = try #require(Fixtures.conformance)
    let bytes = [UInt8](try Data(contentsOf: root.appending(path: path)))
    // Flag 8: a name, ended by a zero, stands before the data.
    var start = 10
    if bytes[3] & 8 != 0 { start = try #require(bytes[10...].firstIndex(of: 0)) + 1 }
    let count = bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    return try Inflate.decompress(bytes.span.bytes, start..<bytes.count - 8, count: count)
  }
}
