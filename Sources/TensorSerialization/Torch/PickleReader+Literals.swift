/// Numbers, texts and names as a pickle spells them.
extension PickleReader {
  mutating func readLong(at offset: Int) throws(TensorFileError) -> PickleValue {
    let count = Int(try reader.read(UInt8.self))
    var bytes = try reader.readBytes(count)
    let fill: UInt8 = bytes.last ?? 0 >= 0x80 ? 0xFF : 0
    // Drop what only repeats the sign.
    while bytes.count > 1, bytes[bytes.count - 1] == fill,
      bytes[bytes.count - 2] & 0x80 == fill & 0x80
    {
      bytes.removeLast()
    }
    guard bytes.count <= 8 else { return try allocate(.largeInteger(bytes), at: offset) }
    var bits: UInt64 = fill == 0 ? 0 : .max
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    return .integer(Int(truncatingIfNeeded: bits))
  }

  /// Passes over text that is UTF-8, or as Python writes lone surrogates.
  mutating func readText() throws(TensorFileError) -> PickleText {
    let start = reader.offset
    let count = try reader.readCount(UInt32.self, of: "pickle text length", byteCount: 1)
    let text = try skipText(count)
    let bytes = reader.bytes.extracting(reader.offset - count..<reader.offset)
    guard bytes.isUTF8 || String(bytesWithSurrogates: self.bytes(text)) != nil else {
      throw .invalid("pickle text that is not UTF-8", offset: start)
    }
    return text
  }

  mutating func skipText(_ count: Int) throws(TensorFileError) -> PickleText {
    let range = try reader.skip(count)
    guard let start = UInt32(exactly: range.lowerBound - base),
      let count = UInt32(exactly: count)
    else { throw .tooLarge("size of the pickle", limit: Int(UInt32.max), offset: range.lowerBound) }
    return PickleText(start: start, count: count)
  }

  /// The bytes of `text`.
  func bytes(_ text: PickleText) -> [UInt8] {
    let start = base + Int(text.start)
    return reader.bytes.array(start..<start + Int(text.count))
  }

  /// The bytes up to the next line feed, which must be within `limit`.
  private mutating func readLine(limit: Int = 256) throws(TensorFileError) -> String {
    let start = reader.offset
    while try reader.read(UInt8.self) != UInt8(ascii: "\n") {
      guard reader.offset - start <= limit else {
        throw .invalid("pickle name of more than \(limit) bytes", offset: start)
      }
    }
    let bytes = reader.bytes.array(start..<reader.offset - 1)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("pickle name that is not UTF-8", offset: start)
    }
    return text
  }

  mutating func readGlobal(at offset: Int) throws(TensorFileError) -> PickleGlobal {
    let module = try readLine()
    let name = try readLine()
    guard let global = PickleGlobal(module: module, name: name) else {
      throw .forbidden("global '\(quoting: "\(module).\(name)")'", offset: offset)
    }
    guard global != .unsupported else {
      throw .unsupported("'\(quoting: "\(module).\(name)")'", offset: offset)
    }
    return global
  }
}
