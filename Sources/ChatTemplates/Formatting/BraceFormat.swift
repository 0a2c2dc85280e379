/// Python's `format.format(...)`, with the sandbox's access to attributes and elements.
struct BraceFormat {
  private let evaluator: Evaluator
  private let format: Text
  private var arguments = CallArguments()
  private var members: MappingObject?
  private var nextIndex = 0
  private var usesNumbers: Bool?

  init(_ evaluator: Evaluator, _ format: Text) {
    self.evaluator = evaluator
    self.format = format
  }

  /// The format with its fields replaced.
  func apply(
    to arguments: CallArguments,
    members: MappingObject? = nil
  ) throws(TemplateError) -> Text {
    var copy = self
    copy.arguments = arguments
    copy.members = members
    return format.derived(try copy.expand(format.bytes[...], depth: 2))
  }

  private mutating func expand(
    _ source: ArraySlice<UInt8>,
    depth: Int
  ) throws(TemplateError) -> [UInt8] {
    guard depth >= 0 else { throw .value("Max string recursion exceeded") }
    var output: [UInt8] = []
    var rest = source
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "}") {
        guard rest.popFirst() == byte else {
          throw .value("Single '}' encountered in format string")
        }
        output.append(byte)
      } else if byte != UInt8(ascii: "{") {
        output.append(byte)
      } else if rest.first == byte {
        rest.removeFirst()
        output.append(byte)
      } else {
        output += try expandField(try Self.takeField(&rest), depth: depth)
        try evaluator.charge(bytes: output.count)
      }
    }
    return output
  }

  /// Removes and returns the inside of a field, up to the brace that closes it.
  private static func takeField(
    _ rest: inout ArraySlice<UInt8>
  ) throws(TemplateError) -> ArraySlice<UInt8> {
    if rest.isEmpty { throw .value("Single '{' encountered in format string") }
    var depth = 1
    for index in rest.indices {
      if rest[index] == UInt8(ascii: "{") { depth += 1 }
      if rest[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 {
        let field = rest[..<index]
        rest = rest[(index + 1)...]
        return field
      }
    }
    throw .value("expected '}' before end of string")
  }

  private mutating func expandField(
    _ field: ArraySlice<UInt8>,
    depth: Int
  ) throws(TemplateError) -> [UInt8] {
    var name = field
    var conversion: UInt8?
    var specification = ArraySlice<UInt8>()
    var brackets = 0
    for index in field.indices {
      let byte = field[index]
      if byte == UInt8(ascii: "[") { brackets += 1 }
      if byte == UInt8(ascii: "]") { brackets -= 1 }
      guard brackets <= 0 else { continue }
      if byte == UInt8(ascii: "!") {
        name = field[..<index]
        let tail = field[(index + 1)...]
        conversion = tail.first
        let behind = tail.dropFirst()
        guard behind.isEmpty || behind.first == UInt8(ascii: ":") else {
          throw .value("expected ':' after conversion specifier")
        }
        specification = behind.dropFirst()
        break
      }
      if byte == UInt8(ascii: ":") {
        name = field[..<index]
        specification = field[(index + 1)...]
        break
      }
    }
    var value = try resolve(Text(name))
    switch conversion {
    case nil: break
    case UInt8(ascii: "s"): value = .text(value.display)
    case UInt8(ascii: "r"): value = .text(value.representation)
    case UInt8(ascii: "a"): value = .text(value.representation.asciiEscaped)
    case .some(let letter):
      throw .value("Unknown conversion specifier \(Unicode.Scalar(letter))")
    }
    let expanded = Text(bytes: try expand(specification, depth: depth - 1))
    let text = try formatted(value, expanded)
    return (format.isMarkup ? text.escaped() : text).bytes
  }

  // MARK: Fields

  private mutating func resolve(_ name: Text) throws(TemplateError) -> Value {
    let end =
      name.bytes.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") }
      ?? name.bytes.count
    var value = try argument(Text(name.bytes[..<end]))
    var rest = name.bytes[end...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: ".") {
        let end =
          rest.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "[") } ?? rest.endIndex
        let attribute = Text(rest[..<end])
        if attribute.isEmpty { throw .value("Empty attribute in format string") }
        value = try evaluator.attribute(attribute, of: value)
        rest = rest[end...]
      } else {
        guard byte == UInt8(ascii: "["), let end = rest.firstIndex(of: UInt8(ascii: "]")) else {
          throw .value(
            byte == UInt8(ascii: "[")
              ? "Missing ']' in format string"
              : "Only '.' or '[' may follow ']' in format field specifier"
          )
        }
        let key = Text(rest[..<end])
        if key.isEmpty { throw .value("Empty attribute in format string") }
        value = try evaluator.element(Int(key.string).map(Value.integer) ?? .text(key), of: value)
        rest = rest[(end + 1)...]
      }
    }
    return value
  }

  private mutating func argument(_ name: Text) throws(TemplateError) -> Value {
    let number = name.isEmpty ? nil : Int(name.string)
    if name.isEmpty || number != nil {
      if usesNumbers == name.isEmpty {
        throw .value(
          name.isEmpty
            ? "cannot switch from manual field specification to automatic field numbering"
            : "cannot switch from automatic field numbering to manual field specification"
        )
      }
      usesNumbers = !name.isEmpty
      let index = number ?? nextIndex
      if number == nil { nextIndex += 1 }
      guard index >= 0, index < arguments.positional.count else {
        throw .runtime(
          .indexError,
          message: "tuple index out of range"
        )
      }
      return arguments.positional[index]
    }
    if let value = members?[name] ?? arguments.keywords.first(where: { $0.name == name })?.value {
      return value
    }
    throw .runtime(.keyError, message: name.representation.string)
  }

  // MARK: Specifications

  private func formatted(_ value: Value, _ text: Text) throws(TemplateError) -> Text {
    if text.isEmpty { return value.display }
    var specification = try Self.parse(text)
    try evaluator.charge(bytes: max(specification.width, specification.precision ?? 0))
    switch value {
    case .text(let text):
      guard specification.type == 0 || specification.type == UInt8(ascii: "s") else {
        throw unknownCode(specification.type, value)
      }
      if specification.alignment == .afterSign {
        guard specification.fill == "0" else {
          throw .value("'=' alignment not allowed in string format specifier")
        }
        specification.alignment = .left
      }
      let cut = specification.precision.map { text.slice(0..<min($0, text.count)) } ?? text
      return specification.padded(cut, defaultAlignment: .left)
    case .float(let number):
      guard specification.type == 0 || "eEfFgGn%".utf8.contains(specification.type) else {
        throw unknownCode(specification.type, value)
      }
      return specification.format(number)
    case .integer, .boolean:
      let integer = value.index ?? 0
      if "eEfFgG%".utf8.contains(specification.type) {
        return specification.format(Double(integer))
      }
      if specification.type == UInt8(ascii: "c") {
        let scalar = UInt32(exactly: integer).flatMap(Unicode.Scalar.init)
        guard let scalar else {
          throw .runtime(.overflowError, message: "%c arg not in range(0x110000)")
        }
        return specification.padded(Text([scalar]), defaultAlignment: .left)
      }
      guard specification.type == 0 || "bdnoxX".utf8.contains(specification.type) else {
        throw unknownCode(specification.type, value)
      }
      if specification.precision != nil {
        throw .value("Precision not allowed in integer format specifier")
      }
      return specification.format(integer)
    default:
      throw .type("unsupported format string passed to \(value.typeName).__format__")
    }
  }

  private func unknownCode(_ type: UInt8, _ value: Value) -> TemplateError {
    .value(
      "Unknown format code '\(Unicode.Scalar(type))' for object of type '\(value.typeName)'"
    )
  }

  private static func parse(_ text: Text) throws(TemplateError) -> FormatSpecification {
    var specification = FormatSpecification()
    var rest = text.scalars[...]
    func alignment(_ scalar: Unicode.Scalar?) -> FormatSpecification.Alignment? {
      switch scalar {
      case "<": .left
      case ">": .right
      case "^": .center
      case "=": .afterSign
      default: nil
      }
    }
    if rest.count > 1, let found = alignment(rest[rest.startIndex + 1]) {
      specification.fill = Text(rest.prefix(1))
      specification.alignment = found
      rest.removeFirst(2)
    } else if let found = alignment(rest.first) {
      specification.alignment = found
      rest.removeFirst()
    }
    if let first = rest.first, first == "+" || first == "-" || first == " " {
      specification.sign = UInt8(first.value)
      rest.removeFirst()
    }
    if rest.first == "#" {
      specification.isAlternate = true
      rest.removeFirst()
    }
    if rest.first == "0" {
      if specification.alignment == nil {
        specification.fill = "0"
        specification.alignment = .afterSign
      }
      rest.removeFirst()
    }
    func number() throws(TemplateError) -> Int? {
      let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
      if digits.isEmpty { return nil }
      rest.removeFirst(digits.count)
      guard let value = Int(Text(digits).string) else {
        throw .value("Too many decimal digits in format string")
      }
      return value
    }
    specification.width = try number() ?? 0
    if let first = rest.first, first == "," || first == "_" {
      specification.grouping = UInt8(first.value)
      rest.removeFirst()
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let precision = try number() else { throw .value("Format specifier missing precision") }
      specification.precision = precision
    }
    if let type = rest.popFirst() {
      guard type.isASCII, rest.isEmpty else { throw .value("Invalid format specifier") }
      specification.type = UInt8(type.value)
    }
    return specification
  }
}
