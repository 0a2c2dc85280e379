import Glibc

/// How a number or text is to be laid out, as `%` and `format` describe it.
struct FormatSpecification {
  enum Alignment { case left, right, center, afterSign }

  var fill: Text = " "
  var alignment: Alignment?
  /// `+` or a space for numbers that are not negative; zero or `-` for none.
  var sign: UInt8 = 0
  /// Whether a negative number that is shown as zero has no sign.
  var coercesZero = false
  var isAlternate = false
  var width = 0
  var grouping: UInt8?
  var groupLength = 3
  var precision: Int?
  /// The presentation type, zero if none is given.
  var type: UInt8 = 0

  /// The text padded to the width.
  func padded(_ text: Text, defaultAlignment: Alignment) -> Text {
    let missing = width - text.count
    guard missing > 0 else { return text }
    let left: Int
    switch alignment ?? defaultAlignment {
    case .left: left = 0
    case .right, .afterSign: left = missing
    case .center: left = missing / 2
    }
    var bytes: [UInt8] = []
    for _ in 0..<left { bytes += fill.bytes }
    bytes += text.bytes
    for _ in 0..<(missing - left) { bytes += fill.bytes }
    return Text(bytes: bytes)
  }

  /// A number whose `digits` have no sign, padded to the width.
  func padded(digits: String, isNegative: Bool, prefix: String = "") -> Text {
    var start = prefix
    if isNegative {
      start = "-" + prefix
    } else if sign == UInt8(ascii: "+") || sign == UInt8(ascii: " ") {
      start = String(Unicode.Scalar(sign)) + prefix
    }
    let digits = grouped(digits, reserved: start.utf8.count)
    if alignment == .afterSign {
      let missing = width - start.utf8.count - digits.utf8.count
      var bytes = Array(start.utf8)
      for _ in 0..<max(0, missing) { bytes += fill.bytes }
      return Text(bytes: bytes + Array(digits.utf8))
    }
    return padded(Text(start + digits), defaultAlignment: .right)
  }

  /// The digits with separators between groups; zeros that fill the width are grouped too.
  private func grouped(_ digits: String, reserved: Int) -> String {
    guard let grouping else { return digits }
    let bytes = Array(digits.utf8)
    let isHexadecimal = groupLength == 4
    let whole = bytes.prefix {
      (0x30...0x39).contains($0) || isHexadecimal && (0x41...0x66).contains($0)
    }
    let tail = bytes[whole.endIndex...]
    let fillsWithZeros = alignment == .afterSign && fill == "0"
    var missing = fillsWithZeros ? width - reserved - tail.count : 0
    var rest = whole
    var groups: [[UInt8]] = []
    while true {
      let length = min(groupLength, max(rest.count, missing, 1))
      let taken = rest.suffix(length)
      groups.append([UInt8](repeating: 0x30, count: length - taken.count) + taken)
      rest = rest.dropLast(taken.count)
      missing -= length
      if rest.isEmpty, missing <= 0 { break }
      missing -= 1
    }
    let joined = groups.reversed().joined(separator: [grouping])
    return String(decoding: Array(joined) + tail, as: UTF8.self)
  }

  /// An integer in the presentation of `type`.
  func format(_ value: BigInteger) -> Text {
    var prefix = ""
    var digits: String
    switch type {
    case UInt8(ascii: "x"):
      digits = value.digits(radix: 16)
      prefix = "0x"
    case UInt8(ascii: "X"):
      digits = value.digits(radix: 16, uppercase: true)
      prefix = "0X"
    case UInt8(ascii: "o"):
      digits = value.digits(radix: 8)
      prefix = "0o"
    case UInt8(ascii: "b"):
      digits = value.digits(radix: 2)
      prefix = "0b"
    default: digits = value.digits(radix: 10)
    }
    if let precision, digits.utf8.count < precision {
      digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
    }
    return padded(digits: digits, isNegative: value.isNegative, prefix: isAlternate ? prefix : "")
  }

  /// A float in the presentation of `type`, one of `e f g E F G %`.
  func format(_ value: Double) -> Text {
    var digits: String
    let magnitude = value.magnitude
    if type == 0, let precision, magnitude.isFinite {
      digits = Self.general(magnitude, max(1, precision))
    } else if type == 0 {
      digits = magnitude.pythonRepresentation
    } else if type == UInt8(ascii: "%") {
      digits = (magnitude * 100).systemFormatted(
        UInt8(ascii: "f"),
        precision ?? 6,
        isAlternate: isAlternate
      )
    } else {
      let conversion = type == UInt8(ascii: "n") ? UInt8(ascii: "g") : type
      digits = magnitude.systemFormatted(conversion, precision ?? 6, isAlternate: isAlternate)
    }
    var isNegative = value.sign == .minus && !value.isNaN
    if coercesZero,
      !digits.utf8.prefix(while: { $0 | 0x20 != 0x65 }).contains(where: {
        (0x31...0x39).contains($0)
      })
    {
      isNegative = isNegative && !magnitude.isFinite
    }
    if type == UInt8(ascii: "%") { digits += "%" }
    return padded(digits: digits, isNegative: isNegative)
  }

  /// As `g`, but with a digit behind the point, and so with an exponent one digit earlier.
  private static func general(_ magnitude: Double, _ precision: Int) -> String {
    let scientific = magnitude.systemFormatted(UInt8(ascii: "e"), precision - 1)
    let exponent = scientific.split(separator: "e").last.flatMap { Int($0) } ?? 0
    if exponent >= precision - 1 || exponent < -4 { return trimmed(scientific) }
    let text = magnitude.systemFormatted(UInt8(ascii: "g"), precision)
    return text.contains(".") || text.contains("e") ? text : text + ".0"
  }

  /// A number with an exponent, without zeros at the end of its fraction.
  private static func trimmed(_ scientific: String) -> String {
    let parts = scientific.split(separator: "e")
    guard parts.count == 2, parts[0].contains(".") else { return scientific }
    var digits = parts[0]
    while digits.last == "0" { digits.removeLast() }
    if digits.last == "." { digits.removeLast() }
    return "\(digits)e\(parts[1])"
  }
}

extension Double {
  /// The number as C's `printf` writes it.
  func systemFormatted(
    _ conversion: UInt8,
    _ precision: Int,
    isAlternate: Bool = false
  ) -> String {
    let format = "%\(isAlternate ? "#" : "").\(precision)\(Unicode.Scalar(conversion))"
    var buffer = [CChar](repeating: 0, count: precision + 512)
    let size = buffer.count
    let count = unsafe withVaList([self]) { arguments in
      unsafe vsnprintf(&buffer, size, format, arguments)
    }
    let bytes = buffer.prefix(Int(max(0, min(count, Int32(clamping: size - 1)))))
    return String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
