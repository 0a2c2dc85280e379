// The standard library's normal forms: the only ones there are without Foundation.
@_spi(_Unicode) import Swift

/// Unicode's canonical normal forms of UTF-8 text.
///
/// Source: https://www.unicode.org/reports/tr15/
enum Normalization {
  /// The composed form. Text below U+0300 is its own.
  static func nfc(_ text: [UInt8]) -> [UInt8] {
    // U+0300 begins with the byte 0xCC; all before are starters that compose with nothing.
    guard text.contains(where: { $0 >= 0xCC }) else { return text }
    return encode(String(decoding: text, as: UTF8.self)._nfc, capacity: text.count)
  }

  /// The decomposed form. ASCII is its own.
  static func nfd(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(where: { $0 >= 0x80 }) else { return text }
    return encode(String(decoding: text, as: UTF8.self)._nfd, capacity: text.count)
  }

  private static func encode(_ scalars: some Sequence<Unicode.Scalar>, capacity: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(capacity)
    for scalar in scalars {
      if scalar.isASCII {
        output.append(UInt8(scalar.value))
      } else {
        output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return output
  }
}
