/// The `tojson` filter: Python's `json.dumps`, without the escaping of HTML that jinja2 adds.
struct JSONWriter {
  private let evaluator: Evaluator
  private let escapesNonASCII: Bool
  private let indention: [UInt8]?
  private let itemSeparator: [UInt8]
  private let keySeparator: [UInt8]
  private let sortsKeys: Bool
  private var output: [UInt8] = []

  /// Writes the first of `passed` as the others say.
  static func write(
    _ passed: [Value?],
    _ evaluator: Evaluator
  ) throws(TemplateError) -> [UInt8] {
    try evaluator.charge(writing: passed.value(0))
    var writer = try JSONWriter(passed, evaluator)
    try writer.write(passed.value(0), level: 0)
    try evaluator.charge(bytes: writer.output.count)
    return writer.output
  }

  private init(_ passed: [Value?], _ evaluator: Evaluator) throws(TemplateError) {
    self.evaluator = evaluator
    escapesNonASCII = passed.isTrue(1)
    sortsKeys = passed.isTrue(4)
    switch passed.some(2) {
    case nil: indention = nil
    case .text(let text): indention = text.bytes
    default:
      let width = max(0, try passed.integer(2, 0))
      try evaluator.charge(bytes: width)
      indention = [UInt8](repeating: UInt8(ascii: " "), count: width)
    }
    if let separators = passed.some(3) {
      let pair = try evaluator.unpack(separators, count: 2)
      guard case .text(let key) = pair[1] else { throw Self.separatorError(5, pair[1]) }
      guard case .text(let item) = pair[0] else { throw Self.separatorError(6, pair[0]) }
      itemSeparator = item.bytes
      keySeparator = key.bytes
    } else {
      itemSeparator = Array((indention == nil ? ", " : ",").utf8)
      keySeparator = Array(": ".utf8)
    }
  }

  /// What Python says of a separator, the argument `position` of a function of its own, that is no text.
  private static func separatorError(_ position: Int, _ value: Value) -> TemplateError {
    .type("make_encoder() argument \(position) must be str, not \(value.argumentTypeName)")
  }

  private mutating func write(_ value: Value, level: Int) throws(TemplateError) {
    switch value {
    case .none: output.append("null")
    case .boolean(let value): output.append(value ? "true" : "false")
    case .integer(let value): output.append(String(value))
    case .large(let value): output.append(value.decimal)
    case .float(let value): output.append(Self.number(value))
    case .text(let text): writeString(text)
    case .list(let sequence), .tuple(let sequence):
      try writeContainer("[", "]", count: sequence.elements.count, level) {
        (writer, index) throws(TemplateError) in
        try writer.write(sequence.elements[index], level: level + 1)
      }
    case .mapping(let mapping):
      let positions = try sortedPositions(mapping)
      try writeContainer("{", "}", count: mapping.count, level) {
        (writer, index) throws(TemplateError) in
        writer.writeString(try Self.key(mapping.keys[positions[index]]))
        writer.output += writer.keySeparator
        try writer.write(mapping.values[positions[index]], level: level + 1)
      }
    default: throw .type("Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private mutating func writeContainer(
    _ start: String,
    _ end: String,
    count: Int,
    _ level: Int,
    _ writeElement: (inout JSONWriter, Int) throws(TemplateError) -> Void
  ) throws(TemplateError) {
    output.append(start)
    for index in 0..<count {
      if index > 0 { output += itemSeparator }
      try startLine(level + 1)
      try writeElement(&self, index)
      try evaluator.charge()
      if output.count > evaluator.limits.textBytes { try evaluator.charge(bytes: output.count) }
    }
    if count > 0 { try startLine(level) }
    output.append(end)
  }

  private mutating func startLine(_ level: Int) throws(TemplateError) {
    guard let indention else { return }
    try evaluator.charge(bytes: indention.count, times: level)
    output.append(UInt8(ascii: "\n"))
    for _ in 0..<level { output += indention }
  }

  private func sortedPositions(_ mapping: MappingObject) throws(TemplateError) -> [Int] {
    let positions = Array(mapping.keys.indices)
    guard sortsKeys else { return positions }
    return try positions.stablySorted { (first, second) throws(TemplateError) in
      try mapping.keys[first].isOrdered(.less, mapping.keys[second])
    }
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.pythonRepresentation
  }

  private static func key(_ key: Value) throws(TemplateError) -> Text {
    switch key {
    case .text(let text): return text
    case .none: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return Text(String(value))
    case .large(let value): return Text(value.decimal)
    case .float(let value): return Text(number(value))
    default:
      throw .type("keys must be str, int, float, bool or None, not \(key.typeName)")
    }
  }

  private mutating func writeString(_ text: Text) {
    output.append(UInt8(ascii: "\""))
    if escapesNonASCII {
      for scalar in text.scalars {
        if scalar.isASCII { writeByte(UInt8(scalar.value)) } else { writeEscape(scalar) }
      }
    } else {
      for byte in text.bytes { writeByte(byte) }
    }
    output.append(UInt8(ascii: "\""))
  }

  private mutating func writeByte(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): output.append("\\\"")
    case UInt8(ascii: "\\"): output.append("\\\\")
    case 0x0A: output.append("\\n")
    case 0x0D: output.append("\\r")
    case 0x09: output.append("\\t")
    case 0x08: output.append("\\b")
    case 0x0C: output.append("\\f")
    case 0..<0x20: writeUnit(UInt16(byte))
    case 0x7F where escapesNonASCII: writeUnit(0x7F)
    default: output.append(byte)
    }
  }

  private mutating func writeEscape(_ scalar: Unicode.Scalar) {
    for unit in String(scalar).utf16 { writeUnit(unit) }
  }

  private mutating func writeUnit(_ unit: UInt16) {
    let digits = String(unit, radix: 16)
    output.append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
  }
}
