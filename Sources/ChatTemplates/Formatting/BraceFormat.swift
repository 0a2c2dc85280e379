/// Python's `format.format(...)` as the sandbox has it: `string.Formatter` with the sandbox's access
/// to attributes and elements.
struct BraceFormat {
  private let evaluator: Evaluator
  private let format: Text
  private var arguments = CallArguments()
  private var members: MappingObject?
  /// The number of the next field without a name; `nil` once a field has had a number.
  private var nextIndex: Int? = 0

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
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
        output.append(byte)
        continue
      }
      if rest.first == byte {
        rest.removeFirst()
        output.append(byte)
      } else if byte == UInt8(ascii: "}") {
        throw .value("Single '}' encountered in format string")
      } else if rest.isEmpty {
        throw .value("Single '{' encountered in format string")
      } else {
        output += try expanded(try BraceField(takingFrom: &rest), depth: depth).bytes
        try evaluator.charge(bytes: output.count)
      }
    }
    return output
  }

  private mutating func expanded(
    _ field: BraceField,
    depth: Int
  ) throws(TemplateError) -> Text {
    var value = try value(of: Text(field.name))
    if field.conversion != nil { try evaluator.charge(displaying: value) }
    switch field.conversion {
    case nil: break
    case "s": value = .text(value.display)
    case "r": value = .text(value.representation)
    case "a": value = .text(value.representation.asciiEscaped)
    case .some(let letter): throw .value("Unknown conversion specifier \(letter)")
    }
    let specification = Text(bytes: try expand(field.specification, depth: depth - 1))
    let text = try ValueFormat(evaluator, specification).apply(to: value)
    return format.isMarkup ? text.escaped() : text
  }

  // MARK: Fields

  private mutating func value(of name: Text) throws(TemplateError) -> Value {
    let switchError = TemplateError.value(
      "cannot switch from manual field specification to automatic field numbering"
    )
    if name.isEmpty {
      guard let index = nextIndex else { throw switchError }
      nextIndex = index + 1
      return try argument(index)
    }
    if name.isNonemptyAnd(all: \.isPythonDigit) {
      if let nextIndex, nextIndex > 0 { throw switchError }
      nextIndex = nil
    }
    return try resolve(name)
  }

  private func argument(_ index: Int) throws(TemplateError) -> Value {
    guard members == nil, index < arguments.positional.count else {
      throw .runtime(.indexError, message: "tuple index out of range")
    }
    return arguments.positional[index]
  }

  private func resolve(_ name: Text) throws(TemplateError) -> Value {
    func isSeparator(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[")
    }
    let end = name.bytes.firstIndex(where: isSeparator) ?? name.bytes.count
    var value = try firstValue(Text(name.bytes[..<end]))
    var rest = name.bytes[end...]
    while let byte = rest.popFirst() {
      let isAttribute = byte == UInt8(ascii: ".")
      guard isAttribute || byte == UInt8(ascii: "[") else {
        throw .value("Only '.' or '[' may follow ']' in format field specifier")
      }
      let end = isAttribute ? rest.firstIndex(where: isSeparator) : rest.firstIndex(of: 0x5D)
      guard let end = end ?? (isAttribute ? rest.endIndex : nil) else {
        throw .value("Missing ']' in format string")
      }
      let key = Text(rest[..<end])
      if key.isEmpty { throw .value("Empty attribute in format string") }
      if isAttribute {
        value = try evaluator.attribute(key, of: value)
      } else {
        value = try evaluator.element(
          try Self.number(key).map(Value.integer) ?? .text(key),
          of: value
        )
      }
      rest = isAttribute ? rest[end...] : rest[(end + 1)...]
    }
    return value
  }

  private func firstValue(_ name: Text) throws(TemplateError) -> Value {
    if let index = try Self.number(name) { return try argument(index) }
    if let members {
      if let value = members[name] { return value }
    } else if let (_, value) = arguments.keywords.first(where: { $0.name == name }) {
      return value
    }
    throw .runtime(.keyError, message: name.representation.string)
  }

  private static func number(_ name: Text) throws(TemplateError) -> Int? {
    guard name.isNonemptyAnd(all: \.isPythonDecimal) else { return nil }
    guard let value = name.parsedInteger(base: 10)?.int else {
      throw .value("Too many decimal digits in format string")
    }
    return value
  }
}

/// One field of a format: what is between braces.
private struct BraceField {
  private(set) var name = ArraySlice<UInt8>()
  private(set) var conversion: Unicode.Scalar?
  private(set) var specification = ArraySlice<UInt8>()

  /// Removes a field and the brace that closes it from the start of `rest`.
  init(takingFrom rest: inout ArraySlice<UInt8>) throws(TemplateError) {
    let whole = rest
    var end: UInt8?
    while end == nil, let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "{"): throw .value("unexpected '{' in field name")
      case UInt8(ascii: "["):
        let close = rest.firstIndex(of: UInt8(ascii: "]")) ?? rest.endIndex
        rest = rest[close...]
      case UInt8(ascii: "}"), UInt8(ascii: ":"), UInt8(ascii: "!"): end = byte
      default: break
      }
    }
    guard let end else { throw .value("expected '}' before end of string") }
    name = whole[..<(rest.startIndex - 1)]
    if end == UInt8(ascii: "}") { return }
    if end == UInt8(ascii: "!") {
      guard !rest.isEmpty else {
        throw .value("end of string while looking for conversion specifier")
      }
      let (scalar, next) = Text(rest).scalar(at: 0)
      conversion = scalar
      rest = rest.dropFirst(next)
      if let byte = rest.popFirst() {
        if byte == UInt8(ascii: "}") { return }
        guard byte == UInt8(ascii: ":") else {
          throw .value("expected ':' after conversion specifier")
        }
      }
    }
    try takeSpecification(from: &rest)
  }

  private mutating func takeSpecification(
    from rest: inout ArraySlice<UInt8>
  ) throws(TemplateError) {
    var depth = 1
    for index in rest.indices {
      if rest[index] == UInt8(ascii: "{") { depth += 1 }
      if rest[index] == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 {
        specification = rest[..<index]
        rest = rest[(index + 1)...]
        return
      }
    }
    throw .value("unmatched '{' in format spec")
  }
}
