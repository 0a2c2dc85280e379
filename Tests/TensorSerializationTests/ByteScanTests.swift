import Tensors
import TestSupport
import Testing

@testable import TensorSerialization

/// One walk over bytes, in blocks and on threads, tells what a plain loop does.
@Suite struct `Byte scans` {
  private func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
  }

  /// By the definition, bit by bit.
  private func plainChecksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  @Test func `know the checksum of the standard`() {
    let scan = ByteScan(Array("123456789".utf8).span.bytes, computesChecksum: true)
    #expect(scan.checksum == 0xCBF4_3926)
  }

  @Test func `have the same checksum at every length`() {
    let all = bytes(1300)
    for count in 0...1200 {
      let part = all[count % 17..<count % 17 + count]
      #expect(CRC32.checksum(Array(part).span.bytes) == plainChecksum(part), "\(count)")
    }
  }

  @Test(arguments: [(1 << 21) - 1, 1 << 21, 5_000_003]) func `put parts together`(_ count: Int) {
    let all = bytes(count)
    let pattern = ByteScan.Pattern(width: 2, mask: 0x7F80, value: 0xFFFF)
    let scan = ByteScan(all.span.bytes, computesChecksum: true, finding: pattern)
    #expect(scan.checksum == plainChecksum(all[...]) && !scan.holdsPattern)
  }

  @Test(arguments: [1, 2, 4]) func `find a number wherever it is`(_ width: Int) {
    let pattern = ByteScan.Pattern(width: width, mask: 0xF0, value: 0xF0)
    var all = [UInt8](repeating: 0x0F, count: 3_000_000)
    func isFound() -> Bool {
      ByteScan(all.span.bytes, computesChecksum: false, finding: pattern).holdsPattern
    }
    #expect(!isFound())
    for place in [0, 1, 40, 63, 64, 16_383, 16_384, 700_001, 749_999] {
      all[place * width] = 0xFF
      #expect(isFound(), "\(place)")
      all[place * width] = 0x0F
    }
  }
}
