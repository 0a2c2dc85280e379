internal import Tensors

/// The checksum of zip entries.
///
/// Source: https://www.rfc-editor.org/rfc/rfc1952 section 8
enum CRC32 {
  /// The checksum of `bytes`, or of those with the checksum `previous` and then `bytes`.
  static func checksum(_ bytes: RawSpan, after previous: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe checksum($0, after: previous) }
  }

  /// As of a span.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after previous: UInt32) -> UInt32 {
    var crc = ~previous
    var offset = unsafe VectorBytes.foldChecksum(&crc, bytes)
    let count = bytes.count
    unsafe tables.withUnsafeBufferPointer { tables in
      // Eight bytes a step, one table per byte.
      while offset + 8 <= count {
        let word = unsafe UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        )
        let mixed = word ^ UInt64(crc)
        crc = 0
        for step in 0..<8 {
          let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * step)) & 0xFF
          crc ^= unsafe tables[(7 - step) * 256 + byte]
        }
        offset += 8
      }
      while offset < count {
        crc = unsafe crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
        offset += 1
      }
    }
    return ~crc
  }

  /// What a checksum must be multiplied with to count `byteCount` more bytes after its own: x to the
  /// power of their bits.
  static func shift(by byteCount: Int) -> UInt32 {
    var result: UInt32 = 1 << 31
    var power: UInt32 = 1 << 23  // x⁸
    var rest = byteCount
    while rest > 0 {
      if rest & 1 == 1 { result = product(power, result) }
      power = product(power, power)
      rest >>= 1
    }
    return result
  }

  /// The product of two polynomials modulo that of the checksum, highest power in the lowest bit.
  static func product(_ first: UInt32, _ second: UInt32) -> UInt32 {
    var sum: UInt32 = 0
    var term = second
    for power in 0..<UInt32(32) {
      if first & (1 << 31) >> power != 0 { sum ^= term }
      term = term & 1 == 1 ? term >> 1 ^ 0xEDB8_8320 : term >> 1
    }
    return sum
  }

  /// Table `k` advances a byte over `k` further zero bytes.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}
