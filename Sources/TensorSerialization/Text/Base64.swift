public import Tensors

/// Base64 with the standard alphabet, padded.
///
/// Source: https://www.rfc-editor.org/rfc/rfc4648 section 4
public enum Base64 {
  /// The text that stands for `bytes`, in ASCII.
  public static func encode(_ bytes: [UInt8]) -> [UInt8] { unsafe encode(bytes.span.bytes) }

  /// The text that stands for `bytes`, in ASCII.
  static func encode(_ bytes: RawSpan) -> [UInt8] {
    let groupCount = (bytes.byteCount + 2) / 3
    return unsafe [UInt8](unsafeUninitializedCapacity: 4 * groupCount) { output, count in
      unsafe bytes.withUnsafeBytes { bytes in
        let input = unsafe bytes.bindMemory(to: UInt8.self)
        unsafe pairs.withUnsafeBufferPointer { pairs in
          unsafe encode(input, to: UnsafeMutableRawBufferPointer(output), pairs)
        }
      }
      count = 4 * groupCount
    }
  }

  private static func encode(
    _ input: UnsafeBufferPointer<UInt8>,
    to output: UnsafeMutableRawBufferPointer,
    _ pairs: UnsafeBufferPointer<UInt16>
  ) {
    var read = 0
    var write = 0
    while read + 3 <= input.count {
      let group = unsafe Int(input[read]) << 16 | Int(input[read + 1]) << 8 | Int(input[read + 2])
      let text = unsafe UInt32(pairs[group >> 12]) | UInt32(pairs[group & 0xFFF]) << 16
      unsafe output.storeBytes(of: text.littleEndian, toByteOffset: write, as: UInt32.self)
      read += 3
      write += 4
    }
    guard read < input.count else { return }
    let hasTwo = read + 2 == input.count
    let group = unsafe Int(input[read]) << 16 | (hasTwo ? Int(input[read + 1]) << 8 : 0)
    let second = unsafe pairs[group & 0xFFF]
    let text =
      unsafe UInt32(pairs[group >> 12]) | UInt32(hasTwo ? second & 0xFF | 0x3D00 : 0x3D3D) << 16
    unsafe output.storeBytes(of: text.littleEndian, toByteOffset: write, as: UInt32.self)
  }

  /// The bytes that `text` stands for, as strict as Python's `b64decode(text, validate=True)`.
  ///
  /// - Throws: `.invalid` for any other character, also white space, and for wrong padding.
  public static func decode(_ text: String) throws(TensorFileError) -> [UInt8] {
    try bytes(of: text).array
  }

  /// As for a string, for text in ASCII.
  public static func decode(_ text: [UInt8]) throws(TensorFileError) -> [UInt8] {
    unsafe try bytes(of: text.span.bytes).array
  }

  /// As for a string; the bytes are not copied once more.
  public static func bytes(of text: String) throws(TensorFileError) -> SharedBytes {
    unsafe try bytes(of: text.utf8Span.span.bytes)
  }

  /// As for a string, for text in ASCII; the bytes are not copied once more.
  public static func bytes(of text: RawSpan) throws(TensorFileError) -> SharedBytes {
    let count = text.byteCount
    guard count % 4 == 0 else {
      throw .invalid("base64 text of \(count) characters", offset: count)
    }
    var padding = 0
    while padding < min(2, count), text[count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
    let digitCount = count - padding
    // The last group may stand for fewer bytes than are written of it.
    return unsafe try SharedBytes(capacity: count / 4 * 3) { output throws(TensorFileError) in
      let isValid = unsafe text.withUnsafeBytes { input in
        unsafe values.withUnsafeBufferPointer { values in
          unsafe decode(
            input.bindMemory(to: UInt8.self),
            digitCount,
            to: output.bindMemory(to: UInt8.self),
            values
          )
        }
      }
      guard isValid else {
        let place = (0..<digitCount).first { values[Int(text[$0])] == invalid } ?? digitCount
        throw .invalid("character that is not base64", offset: place)
      }
      return count / 4 * 3 - padding
    }
  }

  private static func decode(
    _ input: UnsafeBufferPointer<UInt8>,
    _ digitCount: Int,
    to output: UnsafeMutableBufferPointer<UInt8>,
    _ values: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var seen: UInt8 = 0
    let digits = unsafe UnsafeBufferPointer(rebasing: input[..<(digitCount & ~3)])
    let done = unsafe VectorBytes.decodeBase64(digits, to: output)
    var write = done / 4 * 3
    for read in stride(from: done, to: input.count, by: 4) {
      var group: UInt32 = 0
      for index in read..<read + 4 {
        let value = unsafe index < digitCount ? values[Int(input[index])] : 0
        seen |= value
        group = group << 6 | UInt32(value & 0x3F)
      }
      unsafe output[write] = UInt8(truncatingIfNeeded: group >> 16)
      unsafe output[write + 1] = UInt8(truncatingIfNeeded: group >> 8)
      unsafe output[write + 2] = UInt8(truncatingIfNeeded: group)
      write += 3
    }
    return seen & 0x80 == 0
  }

  /// Whether `character` is one of the 64.
  static func isDigit(_ character: UInt8) -> Bool { values[Int(character)] != invalid }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  /// The two characters of each twelve bits, the first in the low byte.
  private static let pairs: [UInt16] = (0..<4096).map {
    UInt16(alphabet[$0 >> 6]) | UInt16(alphabet[$0 & 0x3F]) << 8
  }

  private static let invalid: UInt8 = 0xFF

  /// The six bits of each character.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
}
