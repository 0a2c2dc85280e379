import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Files that are cut off or changed at one place.
@Suite struct `Damaged files` {
  static let files = [
    "zip.pt", "legacy.pt", "sparse.pt", "dictionary.pt", "strided.pt", "types.gguf",
    "golden/all.safetensors", "golden/float32_3x64.npy",
  ]
  private static let byteLimit = 1 << 20

  /// At most `count` numbers below `end`, evenly spread.
  private func spread(_ end: Int, _ count: Int) -> StrideTo<Int> {
    stride(from: 0, to: end, by: max(1, end / count))
  }

  @Test(arguments: files) func `every prefix is refused`(_ name: String) throws {
    let bytes = try Fixtures.bytes("tensors/\(name)")
    _ = try TensorFile(SharedBytes(bytes), byteLimit: Self.byteLimit)
    for end in spread(bytes.count, 400) {
      #expect(throws: TensorFileError.self, "\(name) cut at \(end)") {
        try TensorFile(SharedBytes(Array(bytes[..<end])), byteLimit: Self.byteLimit)
      }
    }
  }

  @Test(arguments: files) func `a flipped bit is no trap`(_ name: String) throws {
    var bytes = try Fixtures.bytes("tensors/\(name)")
    var refused = 0
    for (index, position) in spread(bytes.count, 1000).enumerated() {
      bytes[position] ^= 1 << UInt8(index % 8)
      do {
        let file = try TensorFile(SharedBytes(bytes), byteLimit: Self.byteLimit)
        _ = try? file.rows()
      } catch {
        #expect(!error.description.isEmpty)
        refused += 1
      }
      bytes[position] ^= 1 << UInt8(index % 8)
    }
    #expect(refused > 0)
  }

  /// Bytes in no order at all, behind the start of each format.
  @Test(arguments: UInt64(0)..<40) func `noise is no trap`(seed: UInt64) {
    var random = SeededGenerator(seed)
    let starts: [[UInt8]] = [
      [0x50, 0x4B, 0x03, 0x04], TorchFile.streamStart, Array("GGUF\u{3}\0\0\0".utf8),
      NpyFile.magic + [1, 0], [60, 0, 0, 0, 0, 0, 0, 0, 0x7B],
    ]
    let noise = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in starts {
      #expect(throws: TensorFileError.self) {
        try TensorFile(SharedBytes(start + noise), byteLimit: Self.byteLimit)
      }
    }
  }
}
