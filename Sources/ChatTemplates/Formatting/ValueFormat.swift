/// Python's `format(value, specification)`.
struct ValueFormat {
  private let evaluator: Evaluator
  private let text: Text

  init(_ evaluator: Evaluator, _ specification: Text) {
    self.evaluator = evaluator
    text = specification
  }

  func apply(to value: Value) throws(TemplateError) -> Text {
    try evaluator.charge(displaying: value)
    if text.isEmpty { return value.display }
    switch value {
    case .text(let string): return try format(string)
    case .float(let number):
      let specification = try parse("float", defaultType: 0, isText: false)
      try check(specification, "eEfFgGn%", "float")
      return try format(number, specification)
    case .integer, .large, .boolean:
      let specification = try parse(value.typeName, defaultType: UInt8(ascii: "d"), isText: false)
      if "eEfFgG%".utf8.contains(specification.type) {
        return try format(try value.floatingPoint() ?? 0, specification)
      }
      try check(specification, "bcdoxXn", value.typeName)
      return try format(value.wholeNumber ?? BigInteger(0), specification)
    default: throw .type("unsupported format string passed to \(value.typeName).__format__")
    }
  }

  private func check(
    _ specification: FormatSpecification,
    _ types: String,
    _ typeName: String
  ) throws(TemplateError) {
    guard specification.type == 0 || types.utf8.contains(specification.type) else {
      throw Self.unknownCode(Unicode.Scalar(specification.type), typeName)
    }
  }

  private static func unknownCode(_ type: Unicode.Scalar, _ typeName: String) -> TemplateError {
    let code = String(type.value, radix: 16)
    let shown = type.value > 32 && type.value < 128 ? "\(type)" : "\\x\(code)"
    return .value("Unknown format code '\(shown)' for object of type '\(typeName)'")
  }

  // MARK: Types

  private func format(_ string: Text) throws(TemplateError) -> Text {
    let specification = try parse("str", defaultType: UInt8(ascii: "s"), isText: true)
    try check(specification, "s", "str")
    func refuse(_ what: String) -> TemplateError {
      .value("\(what) not allowed in string format specifier")
    }
    if specification.sign == UInt8(ascii: " ") { throw refuse("Space") }
    if specification.sign != 0 { throw refuse("Sign") }
    if specification.coercesZero { throw refuse("Negative zero coercion (z)") }
    if specification.isAlternate { throw refuse("Alternate form (#)") }
    if specification.alignment == .afterSign { throw refuse("'=' alignment") }
    let cut =
      specification.precision.map { string.slice(0..<min($0, string.count)) } ?? string
    return specification.padded(cut, defaultAlignment: .left)
  }

  private func format(
    _ number: Double,
    _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    specification.format(number)
  }

  private func format(
    _ integer: BigInteger,
    _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    if specification.precision != nil {
      throw .value("Precision not allowed in integer format specifier")
    }
    if specification.coercesZero {
      throw .value("Negative zero coercion (z) not allowed in integer format specifier")
    }
    guard specification.type == UInt8(ascii: "c") else { return specification.format(integer) }
    if specification.sign != 0 {
      throw .value("Sign not allowed with integer format specifier 'c'")
    }
    if specification.isAlternate {
      throw .value("Alternate form (#) not allowed with integer format specifier 'c'")
    }
    guard let code = integer.int else {
      throw .runtime(.overflowError, message: "Python int too large to convert to C long")
    }
    guard code >= 0, code < 0x110000 else {
      throw .runtime(.overflowError, message: "%c arg not in range(0x110000)")
    }
    let scalar = Unicode.Scalar(UInt32(code)) ?? "\u{FFFD}"
    return specification.padded(Text([scalar]), defaultAlignment: .right)
  }

  // MARK: Reading a specification

  private static func alignment(_ scalar: Unicode.Scalar?) -> FormatSpecification.Alignment? {
    switch scalar {
    case "<": .left
    case ">": .right
    case "^": .center
    case "=": .afterSign
    default: nil
    }
  }

  private func parse(
    _ typeName: String,
    defaultType: UInt8,
    isText: Bool
  ) throws(TemplateError) -> FormatSpecification {
    var specification = FormatSpecification()
    specification.type = defaultType
    var rest = text.scalars[...]
    var hasFill = false
    if rest.count > 1, let found = Self.alignment(rest[rest.startIndex + 1]) {
      specification.fill = Text(rest.prefix(1))
      specification.alignment = found
      hasFill = true
      rest.removeFirst(2)
    } else if let found = Self.alignment(rest.first) {
      specification.alignment = found
      rest.removeFirst()
    }
    if let first = rest.first, first == "+" || first == "-" || first == " " {
      specification.sign = UInt8(first.value)
      rest.removeFirst()
    }
    if rest.first == "z" {
      specification.coercesZero = true
      rest.removeFirst()
    }
    if rest.first == "#" {
      specification.isAlternate = true
      rest.removeFirst()
    }
    if !hasFill, rest.first == "0" {
      specification.fill = "0"
      if specification.alignment == nil, !isText { specification.alignment = .afterSign }
      rest.removeFirst()
    }
    specification.width = try Self.number(&rest) ?? 0
    try readSeparators(&rest, &specification)
    if rest.first == "." {
      rest.removeFirst()
      guard let precision = try Self.number(&rest) else {
        throw .value("Format specifier missing precision")
      }
      specification.precision = precision
    }
    guard rest.count < 2 else {
      throw .value(
        "Invalid format specifier '\(text.string)' for object of type '\(typeName)'"
      )
    }
    try evaluator.charge(bytes: specification.width)
    if !isText { try evaluator.charge(bytes: specification.precision ?? 0) }
    if let type = rest.first {
      try Self.checkSeparator(&specification, type)
      guard type.isASCII else { throw Self.unknownCode(type, typeName) }
      specification.type = UInt8(type.value)
    } else {
      try Self.checkSeparator(&specification, defaultType == 0 ? nil : Unicode.Scalar(defaultType))
    }
    return specification
  }

  private func readSeparators(
    _ rest: inout ArraySlice<Unicode.Scalar>,
    _ specification: inout FormatSpecification
  ) throws(TemplateError) {
    let overlap = TemplateError.value("Cannot specify both ',' and '_'.")
    if rest.first == "," {
      specification.grouping = UInt8(ascii: ",")
      rest.removeFirst()
    }
    if rest.first == "_" {
      if specification.grouping != nil { throw overlap }
      specification.grouping = UInt8(ascii: "_")
      rest.removeFirst()
    }
    if rest.first == ",", specification.grouping == UInt8(ascii: "_") { throw overlap }
  }

  private static func checkSeparator(
    _ specification: inout FormatSpecification,
    _ type: Unicode.Scalar?
  ) throws(TemplateError) {
    guard let separator = specification.grouping, let type else { return }
    switch type {
    case "d", "e", "f", "g", "E", "G", "%", "F": return
    case "b", "o", "x", "X":
      if separator == UInt8(ascii: "_") {
        specification.groupLength = 4
        return
      }
    default: break
    }
    let code = String(type.value, radix: 16)
    let shown = type.value > 32 && type.value < 128 ? "\(type)" : "\\x\(code)"
    throw .value("Cannot specify '\(Unicode.Scalar(separator))' with '\(shown)'.")
  }

  private static func number(
    _ rest: inout ArraySlice<Unicode.Scalar>
  ) throws(TemplateError) -> Int? {
    let digits = rest.prefix(while: \.isPythonDecimal)
    if digits.isEmpty { return nil }
    rest.removeFirst(digits.count)
    guard let value = Text(digits).parsedInteger(base: 10)?.int else {
      throw .value("Too many decimal digits in format string")
    }
    return value
  }
}
