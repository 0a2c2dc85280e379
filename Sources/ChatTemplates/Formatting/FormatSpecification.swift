import Glibc

/// How a number or text is to be laid out, as `%` and `format` describe it.
struct FormatSpecification {
  enum Alignment { case left, right, center, afterSign }

  var fill: Text = " "
  var alignment: Alignment?
  /// `+` or a space for numbers that are not negative, `-` for none.
  var sign: UInt8 = UInt8(ascii: "-")
  var isAlternate = false
  var width = 0
  var grouping: UInt8?
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
    } else if sign != UInt8(ascii: "-") {
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

  private func grouped(_ digits: String, reserved: Int) -> String {
    guard let grouping else { return digits }
    let end = digits.firstIndex { $0 == "." || $0 == "e" || $0 == "E" || $0 == "%" }
    let whole = Array(digits[..<(end ?? digits.endIndex)].utf8)
    let size =
      [UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "b"), UInt8(ascii: "o")]
        .contains(type) ? 4 : 3
    var result: [UInt8] = []
    for (index, byte) in whole.enumerated() {
      if index > 0, (whole.count - index) % size == 0 { result.append(grouping) }
      result.append(byte)
    }
    return String(decoding: result, as: UTF8.self) + (end.map { String(digits[$0...]) } ?? "")
  }

  /// An integer in the presentation of `type`.
  func format(_ value: Int) -> Text {
    var prefix = ""
    var digits: String
    switch type {
    case UInt8(ascii: "x"):
      digits = String(value.magnitude, radix: 16)
      prefix = "0x"
    case UInt8(ascii: "X"):
      digits = String(value.magnitude, radix: 16, uppercase: true)
      prefix = "0X"
    case UInt8(ascii: "o"):
      digits = String(value.magnitude, radix: 8)
      prefix = "0o"
    case UInt8(ascii: "b"):
      digits = String(value.magnitude, radix: 2)
      prefix = "0b"
    default: digits = String(value.magnitude)
    }
    if let precision, digits.utf8.count < precision {
      digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
    }
    return padded(digits: digits, isNegative: value < 0, prefix: isAlternate ? prefix : "")
  }

  /// A float in the presentation of `type`, one of `e f g E F G %`.
  func format(_ value: Double) -> Text {
    var digits: String
    let magnitude = value.magnitude
    if type == 0, precision == nil {
      digits = magnitude.pythonRepresentation
    } else if type == UInt8(ascii: "%") {
      digits = (magnitude * 100).systemFormatted(UInt8(ascii: "f"), precision ?? 6) + "%"
    } else {
      let conversion = type == 0 || type == UInt8(ascii: "n") ? UInt8(ascii: "g") : type
      digits = magnitude.systemFormatted(conversion, precision ?? 6, isAlternate: isAlternate)
      if type == 0, !digits.contains("."), !digits.contains("e"), magnitude.isFinite {
        digits += ".0"
      }
    }
    let isNegative = value.sign == .minus && !value.isNaN
    return padded(digits: digits, isNegative: isNegative)
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
