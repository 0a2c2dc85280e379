/// Python's `format % values`.
struct PercentFormat {
  private let evaluator: Evaluator
  private let format: Text
  private var position = 0
  private var operand = Value.none
  private var arguments: [Value] = []
  private var nextArgument = 0

  /// Whether the format is Python's `bytes`.
  private let isBytes: Bool

  init(_ evaluator: Evaluator, _ format: Text, isBytes: Bool = false) {
    self.isBytes = isBytes
    self.evaluator = evaluator
    self.format = format
  }

  /// The format with its directives replaced by `value`, or by its elements if it is a tuple.
  func apply(to value: Value) throws(TemplateError) -> Text {
    var copy = self
    return try copy.run(value)
  }

  private mutating func run(_ value: Value) throws(TemplateError) -> Text {
    operand = value
    var members: MappingObject?
    var isMapping = false
    switch value {
    case .tuple(let sequence): arguments = sequence.elements
    case .mapping(let mapping):
      arguments = [value]
      members = mapping
      isMapping = true
    case .list, .range, .undefined, .bytes:
      arguments = [value]
      isMapping = true
    default: arguments = [value]
    }
    var output: [UInt8] = []
    while position < format.bytes.count {
      let byte = format.bytes[position]
      position += 1
      if byte != UInt8(ascii: "%") {
        output.append(byte)
        continue
      }
      output += try directive(members).bytes
      guard output.count <= evaluator.limits.textBytes else {
        try evaluator.charge(bytes: output.count)
        break
      }
      try evaluator.charge()
    }
    if nextArgument < arguments.count, !isMapping {
      let kind = isBytes ? "bytes" : "string"
      throw .type("not all arguments converted during \(kind) formatting")
    }
    return format.derived(output)
  }

  private func peek() throws(TemplateError) -> UInt8 {
    guard position < format.bytes.count else { throw .value("incomplete format") }
    return format.bytes[position]
  }

  private mutating func argument() throws(TemplateError) -> Value {
    guard nextArgument < arguments.count else {
      throw .type("not enough arguments for format string")
    }
    nextArgument += 1
    return arguments[nextArgument - 1]
  }

  private mutating func directive(_ members: MappingObject?) throws(TemplateError) -> Text {
    if try peek() == UInt8(ascii: "%") {
      position += 1
      return "%"
    }
    if try peek() == UInt8(ascii: "(") { try selectMember(of: members) }
    var specification = FormatSpecification()
    try readFlags(&specification)
    if try peek() == UInt8(ascii: "*") {
      position += 1
      specification.width = try starValue()
      if specification.width < 0 {
        specification.alignment = .left
        specification.width = -specification.width
      }
    } else {
      specification.width = try number("width")
    }
    if try peek() == UInt8(ascii: ".") {
      position += 1
      if try peek() == UInt8(ascii: "*") {
        position += 1
        specification.precision = max(0, try starValue())
      } else {
        specification.precision = try number("precision")
      }
    }
    while [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains(try peek()) {
      position += 1
    }
    let conversion = try peek()
    let conversionScalar = format.scalar(at: position)
    position = conversionScalar.next
    let value = try argument()
    guard "diouxXeEfFgGcrsa".utf8.contains(conversion) else {
      let index = format.codePointIndex(ofByte: conversionScalar.next) - 1
      let code = String(conversionScalar.scalar.value, radix: 16)
      throw .value(
        "unsupported format character '\(conversionScalar.scalar)' (0x\(code)) at index \(index)"
      )
    }
    specification.type = conversion
    return try convert(value, specification)
  }

  private mutating func readFlags(
    _ specification: inout FormatSpecification
  ) throws(TemplateError) {
    while true {
      switch try peek() {
      case UInt8(ascii: "-"): specification.alignment = .left
      case UInt8(ascii: "+"): specification.sign = UInt8(ascii: "+")
      case UInt8(ascii: " "):
        if specification.sign != UInt8(ascii: "+") { specification.sign = UInt8(ascii: " ") }
      case UInt8(ascii: "#"): specification.isAlternate = true
      case UInt8(ascii: "0"):
        if specification.alignment == nil { specification.alignment = .afterSign }
      default: return
      }
      position += 1
    }
  }

  private mutating func starValue() throws(TemplateError) -> Int {
    switch try argument() {
    case .integer(let value): return max(-.max, value)
    case .boolean(let value): return value ? 1 : 0
    case .large:
      throw .runtime(
        .overflowError,
        message: "Python int too large to convert to C ssize_t"
      )
    default: throw .type("* wants int")
    }
  }

  private mutating func number(_ name: String) throws(TemplateError) -> Int {
    var value = 0
    while try peek() >= 0x30, try peek() <= 0x39 {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflows) = product.addingReportingOverflow(Int(try peek() - 0x30))
      if overflows || sumOverflows { throw .value("\(name) too big") }
      value = sum
      position += 1
    }
    return value
  }

  /// Reads a key in parentheses; the member is the only argument from there on.
  private mutating func selectMember(of members: MappingObject?) throws(TemplateError) {
    if members == nil {
      switch operand {
      case .undefined(let undefined): throw undefined.error
      case .list, .range, .bytes: break
      default: throw .type("format requires a mapping")
      }
    }
    position += 1
    let start = position
    var depth = 1
    while depth > 0 {
      guard position < format.bytes.count else { throw .value("incomplete format key") }
      if format.bytes[position] == UInt8(ascii: "(") { depth += 1 }
      if format.bytes[position] == UInt8(ascii: ")") { depth -= 1 }
      position += 1
    }
    let key = Text(format.bytes[start..<position - 1])
    guard let members else {
      let name = operand.typeName
      let subject = name == "bytes" ? "byte" : name
      throw .type("\(subject) indices must be integers or slices, not str")
    }
    guard let value = members[key] else {
      throw .runtime(.keyError, message: key.representation.string)
    }
    arguments = [value]
    nextArgument = 0
  }

  // MARK: Conversions

  private func convert(
    _ value: Value,
    _ specification: FormatSpecification
  ) throws(TemplateError) -> Text {
    try evaluator.charge(displaying: value)
    var specification = specification
    let type = specification.type
    switch type {
    case UInt8(ascii: "s") where isBytes:
      guard case .bytes(let bytes) = value else {
        throw .type(
          "%b requires a bytes-like object, or an object that implements __bytes__, not"
            + " '\(value.typeName)'"
        )
      }
      try charge(specification)
      return specification.padded(Text(bytes: bytes.bytes), defaultAlignment: .right)
    case UInt8(ascii: "s"), UInt8(ascii: "r"), UInt8(ascii: "a"):
      var text = type == UInt8(ascii: "s") ? value.softDisplay : value.representation
      if type == UInt8(ascii: "a") { text = text.asciiEscaped }
      if format.isMarkup { text = text.escaped() }
      if let precision = specification.precision, precision < text.count {
        text = text.slice(0..<precision)
      }
      try charge(specification)
      if specification.alignment == .afterSign { specification.alignment = .right }
      return specification.padded(text, defaultAlignment: .right)
    case UInt8(ascii: "c"):
      let character = try character(value)
      try charge(specification)
      return specification.padded(character, defaultAlignment: .right)
    case UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "f"), UInt8(ascii: "F"),
      UInt8(ascii: "g"), UInt8(ascii: "G"):
      if case .undefined(let undefined) = value { throw undefined.error }
      guard let number = try value.floatingPoint() else {
        throw .type("must be real number, not \(value.typeName)")
      }
      applyZeroFill(&specification)
      try charge(specification)
      return specification.format(number)
    default:
      let letter = Unicode.Scalar(type)
      let isDecimal = "diu".utf8.contains(type)
      if isDecimal, case .undefined(let undefined) = value { throw undefined.error }
      var integer = value.wholeNumber
      if isDecimal, case .float(let number) = value {
        if number.isNaN { throw .value("cannot convert float NaN to integer") }
        if number.isInfinite {
          throw .runtime(.overflowError, message: "cannot convert float infinity to integer")
        }
        integer = BigInteger(truncating: number)
      }
      guard let integer else {
        let wanted = isDecimal ? "a real number is required" : "an integer is required"
        throw .type("%\(letter) format: \(wanted), not \(value.typeName)")
      }
      applyZeroFill(&specification)
      try charge(specification)
      return specification.format(integer)
    }
  }

  /// Counts the bytes that width and precision ask for.
  private func charge(_ specification: FormatSpecification) throws(TemplateError) {
    try evaluator.charge(bytes: max(specification.width, specification.precision ?? 0))
  }

  private func applyZeroFill(_ specification: inout FormatSpecification) {
    if specification.alignment == .afterSign { specification.fill = "0" }
  }

  private func character(_ value: Value) throws(TemplateError) -> Text {
    if case .text(let text) = value, text.count == 1 { return text }
    guard let whole = value.wholeNumber else { throw .type("%c requires int or char") }
    guard let code = whole.int, code >= 0, code < 0x110000 else {
      throw .runtime(.overflowError, message: "%c arg not in range(0x110000)")
    }
    return Text([Unicode.Scalar(UInt32(code)) ?? "\u{FFFD}"])
  }
}

extension Text {
  /// The text with everything beyond ASCII escaped, as Python's `ascii` has it.
  var asciiEscaped: Text {
    var result: [UInt8] = []
    for scalar in scalars {
      if scalar.isASCII {
        result.append(scalar: scalar)
      } else {
        result.append(scalar.backslashEscape)
      }
    }
    return Text(bytes: result)
  }
}
