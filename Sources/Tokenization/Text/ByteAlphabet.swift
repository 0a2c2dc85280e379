/// GPT-2's printable stand-ins for bytes: each byte is one character, so a vocabulary is text.
///
/// Printable bytes of Latin-1 stand for themselves; the other 68 are U+0100 and following.
/// Source: https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode)
enum ByteAlphabet {
  /// Whether `byte` stands for itself.
  private static func isPrintable(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
  }

  /// What stands for a space.
  static let space: UInt32 = 0x120

  /// The characters of all bytes, in the order of the bytes.
  static let characters: [UInt32] = {
    var next: UInt32 = 0x100
    return (0...UInt8.max).map { byte in
      if isPrintable(byte) { return UInt32(byte) }
      defer { next += 1 }
      return next
    }
  }()

  /// Stands for no byte.
  static let none = UInt16.max

  /// The bytes of characters U+0000…U+0143, or ``none``.
  static let bytes: [UInt16] = {
    var bytes = [UInt16](repeating: none, count: 0x144)
    for (byte, character) in characters.enumerated() {
      bytes[Int(character)] = UInt16(byte)
    }
    return bytes
  }()

  /// Appends the characters of `source` in UTF-8 to `output`.
  static func encode(_ source: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    let characters = characters
    for index in range {
      let character = characters[Int(source[index])]
      if character < 0x80 {
        output.append(UInt8(character))
      } else {
        output.append(UInt8(0xC0 | character >> 6))
        output.append(UInt8(0x80 | character & 0x3F))
      }
    }
  }

  /// Appends the bytes that the text of `range` stands for; all as they are if one stands for none.
  static func decode(_ source: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) {
    let bytes = bytes
    let start = output.count
    var index = range.lowerBound
    while index < range.upperBound {
      let scalar = source.scalar(at: index)
      guard scalar.value < bytes.count, bytes[Int(scalar.value)] != none else {
        output.removeLast(output.count - start)
        source.copy(range, to: &output)
        return
      }
      output.append(UInt8(truncatingIfNeeded: bytes[Int(scalar.value)]))
      index += scalar.length
    }
  }
}
