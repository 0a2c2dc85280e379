extension Text {
  /// markupsafe's `escape`: the text as `Markup`, escaped unless it is that already.
  func escaped() -> Text {
    if isMarkup { return self }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "&"): result.append("&amp;")
      case UInt8(ascii: "<"): result.append("&lt;")
      case UInt8(ascii: ">"): result.append("&gt;")
      case UInt8(ascii: "'"): result.append("&#39;")
      case UInt8(ascii: "\""): result.append("&#34;")
      default: result.append(byte)
      }
    }
    return Text(bytes: result, isMarkup: true)
  }

  /// Python's `repr` of the text.
  var representation: Text {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + 2)
    let quote =
      bytes.contains(UInt8(ascii: "'")) && !bytes.contains(UInt8(ascii: "\""))
      ? UInt8(ascii: "\"") : UInt8(ascii: "'")
    if isMarkup { result.append("Markup(") }
    result.append(quote)
    for scalar in scalars {
      switch scalar {
      case "\\": result.append("\\\\")
      case "\n": result.append("\\n")
      case "\r": result.append("\\r")
      case "\t": result.append("\\t")
      default:
        if scalar.value == UInt32(quote) {
          result.append("\\")
          result.append(quote)
        } else if scalar.isPythonPrintable {
          result.append(scalar: scalar)
        } else {
          result.append(scalar.backslashEscape)
        }
      }
    }
    result.append(quote)
    if isMarkup { result.append(")") }
    return Text(bytes: result)
  }
}

extension Unicode.Scalar {
  /// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, whichever is the first to suffice.
  var backslashEscape: String {
    let digits = String(value, radix: 16)
    let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
    return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
  }
}
