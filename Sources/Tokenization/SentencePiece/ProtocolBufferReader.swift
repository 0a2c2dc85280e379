/// Reads the fields of a protocol buffers message, within the bounds of its bytes.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
struct ProtocolBufferReader {
  /// What a field holds.
  enum Value {
    case number(UInt64)
    case word(UInt32)
    case longWord(UInt64)
    /// Text, bytes or a message: where they lie.
    case bytes(Range<Int>)
  }

  private let end: Int
  private(set) var offset: Int

  /// A reader of the message in `range`.
  init(_ range: Range<Int>) {
    offset = range.lowerBound
    end = range.upperBound
  }

  /// The next field; `nil` at the end of the message.
  mutating func next(in bytes: Span<UInt8>) throws(TokenizerError) -> (number: Int, value: Value)? {
    guard offset < end else { return nil }
    let start = offset
    let key = try number(in: bytes)
    let field = key >> 3
    guard field > 0, field < 1 << 29 else { throw damaged(start) }
    switch key & 7 {
    case 0: return (Int(field), .number(try number(in: bytes)))
    case 1: return (Int(field), .longWord(try word(of: 8, in: bytes)))
    case 2:
      let length = try number(in: bytes)
      guard length <= UInt64(end - offset) else { throw damaged(start) }
      defer { offset += Int(length) }
      return (Int(field), .bytes(offset..<offset + Int(length)))
    case 5: return (Int(field), .word(UInt32(truncatingIfNeeded: try word(of: 4, in: bytes))))
    default: throw damaged(start)
    }
  }

  /// What to throw for a field at `offset` that is not what it has to be.
  func damaged(_ offset: Int) -> TokenizerError {
    .invalid(path: "SentencePiece model, byte \(offset)", expected: "a field of the message")
  }

  private mutating func number(in bytes: Span<UInt8>) throws(TokenizerError) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard offset < end else { throw damaged(start) }
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw damaged(start)
  }

  private mutating func word(of size: Int, in bytes: Span<UInt8>) throws(TokenizerError) -> UInt64 {
    guard end - offset >= size else { throw damaged(offset) }
    var value: UInt64 = 0
    for index in 0..<size { value |= UInt64(bytes[offset + index]) << UInt64(8 * index) }
    offset += size
    return value
  }
}
