/// Text with the semantics of Python's `str`: code points, compared one by one.
///
/// The bytes are UTF-8, which lets most operations work on bytes. Swift's own `String` compares
/// by canonical equivalence and counts grapheme clusters, neither of which Python does.
struct Text: Hashable, Sendable, ExpressibleByStringLiteral {
  var bytes: [UInt8]
  /// Whether this is markupsafe's `Markup`, which escapes what is added to it.
  var isMarkup = false

  init(bytes: [UInt8], isMarkup: Bool = false) {
    self.bytes = bytes
    self.isMarkup = isMarkup
  }

  init(_ slice: ArraySlice<UInt8>) { bytes = Array(slice) }

  init(_ string: String) { bytes = Array(string.utf8) }

  init(stringLiteral value: String) { self.init(value) }

  init(_ scalars: some Sequence<Unicode.Scalar>) {
    bytes = []
    for scalar in scalars { bytes.append(scalar: scalar) }
  }

  static func == (left: Text, right: Text) -> Bool { left.bytes == right.bytes }

  func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

  /// The text as a Swift string.
  var string: String { String(decoding: bytes, as: UTF8.self) }

  var isEmpty: Bool { bytes.isEmpty }

  /// Whether each byte is one code point.
  var isASCII: Bool { bytes.allSatisfy { $0 < 0x80 } }

  /// The number of code points.
  var count: Int {
    var count = 0
    for byte in bytes where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The code points.
  var scalars: [Unicode.Scalar] {
    if isASCII { return bytes.map { Unicode.Scalar($0) } }
    return Array(string.unicodeScalars)
  }

  /// The same text, marked as `isMarkup` says.
  func marked(_ isMarkup: Bool) -> Text { Text(bytes: bytes, isMarkup: isMarkup) }

  /// The text with `transform` applied to its bytes, marked like this one.
  func derived(_ bytes: some Sequence<UInt8>) -> Text {
    Text(bytes: Array(bytes), isMarkup: isMarkup)
  }
}

extension Text: Comparable {
  /// Order by code points, which is the order of UTF-8 bytes.
  static func < (left: Text, right: Text) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension [UInt8] {
  /// Appends the UTF-8 of `scalar`.
  mutating func append(scalar: Unicode.Scalar) {
    if scalar.value < 0x80 {
      append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }

  /// Appends the UTF-8 of `string`.
  mutating func append(_ string: String) { append(contentsOf: string.utf8) }
}
