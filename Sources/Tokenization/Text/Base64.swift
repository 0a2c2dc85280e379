/// Base64 with the standard alphabet.
///
/// Source: https://www.rfc-editor.org/rfc/rfc4648
enum Base64 {
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for (value, byte) in alphabet.utf8.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()

  /// Appends the bytes that `text[range]` spells; `false` if it is not base64.
  static func decode(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout [UInt8]) -> Bool {
    var end = range.upperBound
    while end > range.lowerBound, range.upperBound - end < 2, text[end - 1] == UInt8(ascii: "=") {
      end -= 1
    }
    guard (range.count % 4 == 0 || end == range.upperBound) && (end - range.lowerBound) % 4 != 1
    else { return false }
    var bits: UInt32 = 0
    var count = 0
    for index in range.lowerBound..<end {
      let value = values[Int(text[index])]
      guard value != 0xFF else { return false }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return true
  }
}
