internal import Tensors

/// The strings of a metadata array, left where they are in the file and decoded one by one.
///
/// A vocabulary is hundreds of thousands of strings; most commands never look at them.
public struct GGUFStringArray: Sendable, RandomAccessCollection {
  private let storage: SharedBytes
  /// All length-prefixed strings.
  private let range: Range<Int>
  /// Where every `stride`-th string begins, so that a look-up walks over less than `stride` lengths.
  private let landmarks: [Int]
  private static let stride = 32

  /// The number of strings.
  public let count: Int

  /// Always 0.
  public var startIndex: Int { 0 }
  /// The number of strings.
  public var endIndex: Int { count }

  /// Passes `reader` over `count` strings of `storage`, checking every length.
  init(count: Int, in storage: SharedBytes, _ reader: inout ByteReader) throws(TensorFileError) {
    self.storage = storage
    self.count = count
    let start = reader.offset
    var landmarks: [Int] = []
    landmarks.reserveCapacity(count / Self.stride + 1)
    for index in 0..<count {
      if index % Self.stride == 0 { landmarks.append(reader.offset) }
      let length = try reader.readCount(UInt64.self, of: "string length", byteCount: 1)
      try reader.skip(length)
    }
    self.landmarks = landmarks
    range = start..<reader.offset
  }

  /// The string at `index`; bytes that are not UTF-8 become U+FFFD.
  public subscript(index: Int) -> String {
    precondition(index >= 0 && index < count, "string \(index) of \(count)")
    var offset = landmarks[index / Self.stride]
    for _ in 0..<index % Self.stride { offset = end(ofStringAt: offset) }
    let bytes = storage.span.extracting(offset + 8..<end(ofStringAt: offset))
    return unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes of all strings one after another, and where each ends in them.
  public func packed() -> (bytes: [UInt8], ends: [Int]) {
    var ends: [Int] = []
    ends.reserveCapacity(count)
    let source = storage.span
    let total = range.count - 8 * count
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: total) { buffer, written in
      var offset = range.lowerBound
      for _ in 0..<count {
        let end = end(ofStringAt: offset)
        for position in offset + 8..<end {
          unsafe buffer[written] = source[position]
          written += 1
        }
        ends.append(written)
        offset = end
      }
    }
    return (bytes, ends)
  }

  private func end(ofStringAt offset: Int) -> Int {
    let length = unsafe storage.span.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    // Fits: init has walked over this length.
    return offset + 8 + Int(truncatingIfNeeded: UInt64(littleEndian: length))
  }
}
