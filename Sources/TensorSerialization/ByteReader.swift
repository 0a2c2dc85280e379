/// Reads little-endian numbers and text in order, never past the end of the bytes.
struct ByteReader: ~Escapable {
  /// All the bytes, also those already read.
  let bytes: RawSpan
  /// The next byte to read, counted from the start of `bytes`.
  private(set) var offset = 0

  /// Starts at the first byte of `bytes`.
  @_lifetime(copy bytes)
  init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// The number of bytes not read yet.
  var remaining: Int { bytes.byteCount - offset }

  /// Moves to `offset`, which may be the end.
  mutating func seek(to offset: Int) throws(TensorFileError) {
    guard offset >= 0 else { throw .invalid("offset \(offset)", offset: self.offset) }
    guard offset <= bytes.byteCount else {
      throw .truncated(offset: bytes.byteCount, needed: offset - bytes.byteCount)
    }
    self.offset = offset
  }

  /// Passes over `count` bytes and returns where they are.
  @discardableResult
  mutating func skip(_ count: Int) throws(TensorFileError) -> Range<Int> {
    guard count >= 0 else { throw .invalid("length \(count)", offset: offset) }
    guard count <= remaining else {
      throw .truncated(offset: bytes.byteCount, needed: count - remaining)
    }
    defer { offset += count }
    return offset..<offset + count
  }

  /// Reads a little-endian number.
  mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self
  ) throws(TensorFileError) -> T {
    let range = try skip(MemoryLayout<T>.size)
    return unsafe T(
      littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: T.self)
    )
  }

  /// Reads a little-endian float32.
  mutating func readFloat32() throws(TensorFileError) -> Float {
    Float(bitPattern: try read(UInt32.self))
  }

  /// Reads a little-endian float64.
  mutating func readFloat64() throws(TensorFileError) -> Double {
    Double(bitPattern: try read(UInt64.self))
  }

  /// Reads a number of things that take at least `byteCount` bytes each, all still to come.
  ///
  /// So a count is never larger than the file allows, and may be used to reserve memory.
  mutating func readCount<T: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ type: T.Type,
    of what: StaticString,
    byteCount: Int
  ) throws(TensorFileError) -> Int {
    let start = offset
    let number = try read(type)
    guard let count = Int(exactly: number) else {
      throw .invalid("\(what) \(number)", offset: start)
    }
    let (needed, overflow) = count.multipliedReportingOverflow(by: byteCount)
    guard !overflow else { throw .invalid("\(what) \(number)", offset: start) }
    guard needed <= remaining else {
      throw .truncated(offset: bytes.byteCount, needed: needed - remaining)
    }
    return count
  }

  /// Reads `count` bytes.
  mutating func readBytes(_ count: Int) throws(TensorFileError) -> [UInt8] {
    bytes.array(try skip(count))
  }

  /// Reads `count` bytes of UTF-8 text.
  mutating func readText(_ count: Int, of what: StaticString) throws(TensorFileError) -> String {
    let start = offset
    guard let text = String(validating: try readBytes(count), as: UTF8.self) else {
      throw .invalid("\(what) that is not UTF-8", offset: start)
    }
    return text
  }
}

extension RawSpan {
  /// The byte at `offset`, which must lie inside.
  subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < byteCount, "byte \(offset) of \(byteCount)")
    return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  /// Whether the bytes are text in UTF-8.
  var isUTF8: Bool {
    do {
      _ = try UTF8Span(validating: Span<UInt8>(_bytes: self))
      return true
    } catch {
      return false
    }
  }

  /// A copy of the bytes in `range`, which must lie inside.
  func array(_ range: Range<Int>) -> [UInt8] {
    let part = extracting(range)
    return unsafe part.withUnsafeBytes { unsafe [UInt8]($0) }
  }
}
