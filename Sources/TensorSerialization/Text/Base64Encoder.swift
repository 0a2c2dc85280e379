internal import Tensors

/// Makes base64 text of bytes that come piece by piece.
public struct Base64Encoder {
  /// Bytes at the end of the last piece that make no whole group yet.
  private var rest: [UInt8] = []
  /// Bytes that are encoded at once: whole groups, and little enough to stay in the cache.
  private static let chunkByteCount = 3 << 14

  /// An encoder of no bytes yet.
  public init() {}

  /// Hands the text of `piece` to `sink`, but for bytes at its end that later ones must complete.
  public mutating func encode<Failure>(
    _ piece: RawSpan,
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    var start = 0
    if !rest.isEmpty {
      start = min(3 - rest.count, piece.byteCount)
      rest += piece.array(0..<start)
      guard rest.count == 3 else { return }
      try finish(to: sink)
    }
    let end = piece.byteCount - (piece.byteCount - start) % 3
    while start < end {
      let next = min(end, start + Self.chunkByteCount)
      unsafe try sink(Base64.encode(piece.extracting(start..<next)).span.bytes)
      start = next
    }
    rest = piece.array(end..<piece.byteCount)
  }

  /// Hands the text of the last bytes to `sink`.
  public mutating func finish<Failure>(
    to sink: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    unsafe try sink(Base64.encode(rest).span.bytes)
    rest = []
  }
}
