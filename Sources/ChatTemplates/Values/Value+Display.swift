extension Value {
  /// Python's `str`.
  var display: Text {
    switch self {
    case .text(let text): text.isMarkup ? text.marked(false) : text
    case .undefined: ""
    case .integer(let value): Text(String(value))
    default: representation
    }
  }

  /// markupsafe's `soft_str`: `str`, but text keeps its mark.
  var softDisplay: Text { if case .text(let text) = self { text } else { display } }

  /// Python's `repr`.
  var representation: Text {
    var output: [UInt8] = []
    writeRepresentation(to: &output, within: Nesting())
    return Text(bytes: output)
  }

  private func writeRepresentation(to output: inout [UInt8], within nesting: Nesting) {
    switch self {
    case .none: output.append("None")
    case .boolean(let value): output.append(value ? "True" : "False")
    case .integer(let value): output.append(String(value))
    case .large(let value): output.append(value.decimal)
    case .float(let value): output.append(value.pythonRepresentation)
    case .text(let value): output.append(contentsOf: value.representation.bytes)
    case .bytes(let value): output += value.representation
    case .list(let value): Self.write(value.elements, "[", "]", to: &output, within: nesting)
    case .tuple(let value):
      let end = value.elements.count == 1 ? ",)" : ")"
      Self.write(value.elements, "(", end, to: &output, within: nesting)
    case .mapping(let value):
      output.append("{")
      for index in value.keys.indices {
        if index > 0 { output.append(", ") }
        value.keys[index].writeRepresentation(to: &output, within: nesting.deeper)
        output.append(": ")
        value.values[index].writeRepresentation(to: &output, within: nesting.deeper)
      }
      output.append("}")
    case .undefined: output.append("Undefined")
    case .range(let value):
      if let (start, stop, step) = value.bounds {
        let shown = step.isEqual(to: .integer(1)) ? [start, stop] : [start, stop, step]
        return Self.write(shown, "range(", ")", to: &output, within: nesting)
      }
      let step = value.step == 1 ? "" : ", \(value.step)"
      output.append("range(\(value.start), \(value.stop)\(step))")
    case .view(let value):
      let elements = value.mapping.keys.indices.compactMap { try? value.element($0) }
      output.append(value.part.rawValue)
      Self.write(elements, "([", "])", to: &output, within: nesting)
    case .namespace(let value): Self.write(value, to: &output, within: nesting)
    case .function(.template): output.append("<TemplateReference None>")
    case .function(let function) where function.className != nil:
      output.append("<class '\(function.className ?? "")'>")
    case .function(let function) where function.typeName == "function":
      output.append("<function \(function.pythonName) at 0x7f0000000000>")
    case .macro(let value): output.append("<Macro \(value.displayName)>")
    case .loop(let value): output.append(value.displayText)
    case .method(let value): Self.write(value, to: &output, within: nesting)
    // Where an object lies tells nothing; the text is as long as Python's.
    case .iterator(let value):
      let name = value.functionName.map { " \($0)" } ?? ""
      output.append("<\(typeName) object\(name) at 0x7f0000000000>")
    case .function(.dict):
      output.append(
        "<transformers.utils.chat_template_utils.\(Evaluator.local("TemplateDict")) object at 0x7f0000000000>"
      )
    default: output.append("<\(objectDescription) at 0x7f0000000000>")
    }
  }

  private static func write(
    _ method: MethodObject,
    to output: inout [UInt8],
    within nesting: Nesting
  ) {
    let name = method.name.string
    let className: String? =
      switch method.receiver {
      case .cycler: "Cycler"
      case .loop: "LoopContext"
      case .function: Evaluator.local("TemplateDict")
      case .text(let text) where text.isMarkup: "Markup"
      default: nil
      }
    guard let className else {
      let owner = method.receiver.typeName
      output.append("<built-in method \(name) of \(owner) object at 0x7f0000000000>")
      return
    }
    output.append("<bound method \(className).\(name) of ")
    method.receiver.writeRepresentation(to: &output, within: nesting.deeper)
    output.append(">")
  }

  private static func write(
    _ elements: [Value],
    _ start: String,
    _ end: String,
    to output: inout [UInt8],
    within nesting: Nesting
  ) {
    output.append(start)
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(", ") }
      element.writeRepresentation(to: &output, within: nesting.deeper)
    }
    output.append(end)
  }

  /// A namespace may hold itself, which Python shows as dots.
  private static func write(
    _ namespace: NamespaceObject,
    to output: inout [UInt8],
    within nesting: Nesting
  ) {
    output.append("<Namespace {")
    if nesting.namespaces.contains(ObjectIdentifier(namespace))
      || nesting.depth >= TemplateLimits.valueDepth
    {
      output.append("...")
    } else {
      let inner = nesting.inside(namespace)
      for (index, name) in namespace.names.enumerated() {
        if index > 0 { output.append(", ") }
        output.append(contentsOf: name.representation.bytes)
        output.append(": ")
        (namespace[name] ?? .none).writeRepresentation(to: &output, within: inner)
      }
    }
    output.append("}>")
  }
}

/// Where in a value its parts are being written, or counted.
struct Nesting {
  private(set) var depth = 0
  /// The namespaces around.
  private(set) var namespaces: [ObjectIdentifier] = []

  var deeper: Nesting {
    var nesting = self
    nesting.depth += 1
    return nesting
  }

  func inside(_ namespace: NamespaceObject) -> Nesting {
    var nesting = deeper
    nesting.namespaces.append(ObjectIdentifier(namespace))
    return nesting
  }
}

extension Double {
  /// Python's `repr`: the shortest digits that read back as the same number.
  var pythonRepresentation: String {
    if isNaN { return "nan" }
    if isInfinite { return self < 0 ? "-inf" : "inf" }
    let sign = self.sign == .minus ? "-" : ""
    let (digits, point) = shortestDigits
    if point > 16 || point < -3 {
      let fraction = digits.count > 1 ? "." + String(digits.dropFirst()) : ""
      let exponent = point - 1
      let padding = abs(exponent) < 10 ? "0" : ""
      return
        "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(padding)\(abs(exponent))"
    }
    if point <= 0 { return "\(sign)0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.count {
      return sign + digits + String(repeating: "0", count: point - digits.count) + ".0"
    }
    return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
  }

  /// The shortest digits, and where the decimal point is among them.
  private var shortestDigits: (digits: String, point: Int) {
    let parts = magnitude.description.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let number = parts[0].split(separator: ".")
    let fraction = number.count > 1 ? String(number[1]) : ""
    var digits = String(number[0]) + fraction
    var point = number[0].count + exponent
    while digits.count > 1, digits.hasPrefix("0") {
      digits.removeFirst()
      point -= 1
    }
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    return digits == "0" ? ("0", 1) : (digits, point)
  }
}
