internal import Tensors

/// Bytes inside shared bytes.
struct ByteRegion: Sendable {
  let storage: SharedBytes
  let range: Range<Int>

  /// The number of bytes.
  var count: Int { range.count }

  /// A copy of the bytes.
  var bytes: [UInt8] { storage.span.array(range) }

  /// The zip checksum of the bytes.
  var checksum: UInt32 { CRC32.checksum(storage.span.extracting(range)) }
}
