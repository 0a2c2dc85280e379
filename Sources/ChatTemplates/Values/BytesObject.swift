/// Python's `bytes`, as `str.encode` makes them.
final class BytesObject {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The bytes as a text to read a number from, which those beyond ASCII never are.
  var numeral: Text { Text(bytes: bytes.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }) }

  /// Python's `repr`.
  var representation: [UInt8] {
    let quote =
      bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
      ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    var result: [UInt8] = [UInt8(ascii: "b"), quote]
    for byte in bytes {
      switch byte {
      case quote, UInt8(ascii: "\\"): result += [UInt8(ascii: "\\"), byte]
      case 0x09: result.append("\\t")
      case 0x0A: result.append("\\n")
      case 0x0D: result.append("\\r")
      case 0x20..<0x7F: result.append(byte)
      default:
        let digits = String(byte, radix: 16)
        result.append("\\x" + (digits.utf8.count == 1 ? "0" : "") + digits)
      }
    }
    result.append(quote)
    return result
  }
}

/// The encodings that templates can ask for.
enum TextEncoding {
  case utf8, ascii, latin1

  init(_ name: Text) throws(TemplateError) {
    let key = name.lowercased().replacing("_", with: "-", limit: -1).string
    switch key {
    case "utf-8", "utf8", "u8": self = .utf8
    case "ascii", "us-ascii", "646": self = .ascii
    case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "8859", "l1": self = .latin1
    default: throw .runtime(.lookupError, message: "unknown encoding: \(name.string)")
    }
  }

  /// How Python names the encoding where it fails.
  private var name: String { self == .ascii ? "ascii" : "latin-1" }

  private var limit: UInt32 { self == .ascii ? 0x80 : 0x100 }

  /// The bytes of `text`.
  func encode(_ text: Text, errors: Text) throws(TemplateError) -> [UInt8] {
    if self == .utf8 { return text.bytes }
    var result: [UInt8] = []
    let scalars = text.scalars
    for (index, scalar) in scalars.enumerated() {
      if scalar.value < limit {
        result.append(UInt8(scalar.value))
        continue
      }
      switch errors {
      case "ignore": break
      case "replace": result.append(UInt8(ascii: "?"))
      case "backslashreplace": result.append(scalar.backslashEscape)
      case "xmlcharrefreplace": result.append("&#\(scalar.value);")
      default:
        let end = scalars[index...].firstIndex { $0.value < limit } ?? scalars.count
        let place =
          end == index + 1
          ? "character '\(scalar.backslashEscape)' in position \(index)"
          : "characters in position \(index)-\(end - 1)"
        throw .runtime(
          .unicodeEncodeError,
          message: "'\(name)' codec can't encode \(place): ordinal not in range(\(limit))"
        )
      }
    }
    return result
  }

  /// The text of `bytes`, with the replacement character where they are not valid.
  func decode(_ bytes: [UInt8]) -> Text {
    switch self {
    case .utf8: Text(String(decoding: bytes, as: UTF8.self))
    case .ascii: Text(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" })
    case .latin1: Text(bytes.map { Unicode.Scalar($0) })
    }
  }
}
