/// GPT-2's printable stand-ins for bytes: each byte is one character, so a vocabulary is text.
///
/// Printable bytes of Latin-1 stand for themselves; the other 68 are U+0100 and following.
/// Source: https://github.com/openai/gpt-2/blob/master/src/encoder.py (bytes_to_unicode)
enum ByteAlphabet {
  /// Whether `byte` stands for itself.
  private static func isPrintable(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
  }

  /// The characters of all bytes, in the order of the bytes.
  static let characters: [UInt32] = {
    var next: UInt32 = 0x100
    return (0...UInt8.max).map { byte in
      if isPrintable(byte) { return UInt32(byte) }
      defer { next += 1 }
      return next
    }
  }()

  /// The bytes of characters U+0000…U+0143; `nil` where the character stands for none.
  private static let bytes: [UInt8?] = {
    var bytes = [UInt8?](repeating: nil, count: 0x144)
    for (byte, character) in characters.enumerated() {
      bytes[Int(character)] = UInt8(byte)
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
    let start = output.count
    let bytes = bytes
    var index = range.lowerBound
    while index < range.upperBound {
      let scalar = source.scalar(at: index)
      guard scalar.value < 0x144, let byte = bytes[Int(scalar.value)] else {
        output.removeLast(output.count - start)
        for index in range { output.append(source[index]) }
        return
      }
      output.append(byte)
      index += scalar.length
    }
  }
}
