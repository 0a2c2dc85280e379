internal import Tensors

/// Bytes inside shared bytes.
struct ByteRegion: Sendable {
  let storage: SharedBytes
  let range: Range<Int>
  /// The zip checksum that the bytes must have, where the file tells and nobody has looked yet.
  var expectedChecksum: UInt32?

  /// The number of bytes.
  var count: Int { range.count }

  /// The first bytes, at most `limit` of them, as text.
  func text(_ limit: Int) -> String {
    String(decoding: storage.span.array(range.prefix(limit)), as: UTF8.self)
  }

  /// Compares the checksum, if the file tells one.
  func check() throws(TensorFileError) {
    guard let expectedChecksum,
      CRC32.checksum(storage.span.extracting(range)) != expectedChecksum
    else { return }
    throw .invalid("data whose checksum differs", offset: range.lowerBound)
  }
}
