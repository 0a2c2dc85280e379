import Glibc
import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// Small files cut off everywhere, and changed at every byte: each must end soon, with a result or an error.
@Suite struct `Damaged files` {
  static let files =
    [
      "zip.pt", "bfloat16.pt", "float16.pt", "float8.pt", "strided.pt", "expanded.pt", "legacy.pt",
      "conjugate.pt", "parameter.pt", "sparse.pt", "dictionary.pt", "golden/float32_3x64.pt",
      "golden/all.safetensors", "golden/plain.safetensors",
    ]
    + ["float32_3x64", "float64_5", "float16_0x8", "int64_scalar", "bool_2x3", "complex64_2"].map {
      "golden/\($0).npy"
    } + ["small.gguf"]
  /// Nanoseconds of processor time for one file.
  private static let timeLimit = 50_000_000

  private func bytes(_ name: String) throws -> [UInt8] {
    name == "small.gguf"
      ? GGUFBytes.llama(tokens: ["<unk>", "<s>", "</s>", "a"]).bytes
      : try Fixtures.bytes("tensors/\(name)")
  }

  private func processorTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Reads all that `bytes` hold; whether the file could be opened. The time is bounded in any case.
  private func survives(_ bytes: [UInt8], _ place: String) -> Bool {
    var isOpened = false
    var time = Int.max
    // Again where it takes long: a shared machine takes time away from single runs.
    for _ in 0..<3 where time >= Self.timeLimit {
      let start = processorTime()
      isOpened = opens(bytes)
      time = processorTime() - start
    }
    #expect(time < Self.timeLimit, "\(place): \(time) ns")
    return isOpened
  }

  private func opens(_ bytes: [UInt8]) -> Bool {
    do {
      let file = try TensorFile.open(bytes: SharedBytes(bytes))
      for name in file.tensorNames { _ = try? file.tensor(name) }
      _ = try? file.rows()
      return true
    } catch {
      #expect(!error.description.isEmpty)
      return false
    }
  }

  @Test(arguments: files) func `every prefix is refused`(_ name: String) throws {
    let bytes = try bytes(name)
    #expect(survives(bytes, name))
    for end in bytes.indices {
      #expect(!survives(Array(bytes[..<end]), "\(name) cut at \(end)"), "\(name) cut at \(end)")
    }
  }

  @Test(arguments: files) func `every flipped byte ends with a result or an error`(
    _ name: String
  ) throws {
    var bytes = try bytes(name)
    var refused = 0
    for position in bytes.indices {
      for mask in [UInt8(1) << UInt8(position % 8), 0xFF] {
        bytes[position] ^= mask
        if !survives(bytes, "\(name) at \(position)") { refused += 1 }
        bytes[position] ^= mask
      }
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
    for start in starts { #expect(!survives(start + noise, "noise \(seed)")) }
  }
}
