/// Python's `pprint.pformat` with its width of 80 columns.
enum PrettyPrinter {
  private static let width = 80

  static func print(_ value: Value) -> [UInt8] {
    var output: [UInt8] = []
    write(value, indent: 0, allowance: 0, isOutermost: true, to: &output)
    return output
  }

  private static func write(
    _ value: Value,
    indent: Int,
    allowance: Int,
    isOutermost: Bool = false,
    to output: inout [UInt8]
  ) {
    let flat = flat(value)
    if Text(bytes: flat).count <= width - indent - allowance {
      output += flat
      return
    }
    switch value {
    case .mapping(let mapping) where mapping.count > 0:
      output.append("{")
      let positions = sortedPositions(mapping)
      for (index, position) in positions.enumerated() {
        if index > 0 { separate(indent + 1, &output) }
        let key = mapping.keys[position].representation
        output += key.bytes
        output.append(": ")
        write(
          mapping.values[position],
          indent: indent + key.count + 3,
          allowance: index == positions.count - 1 ? allowance + 1 : 1,
          to: &output
        )
      }
      output.append("}")
    case .text(let text) where !text.isMarkup:
      write(text, indent, allowance, isOutermost: isOutermost, to: &output)
    case .list(let sequence) where !sequence.elements.isEmpty:
      writeElements(sequence.elements, "[", "]", indent, allowance, &output)
    case .tuple(let sequence) where !sequence.elements.isEmpty:
      let end = sequence.elements.count == 1 ? ",)" : ")"
      writeElements(sequence.elements, "(", end, indent, allowance, &output)
    default: output += flat
    }
  }

  private static func writeElements(
    _ elements: [Value],
    _ start: String,
    _ end: String,
    _ indent: Int,
    _ allowance: Int,
    _ output: inout [UInt8]
  ) {
    output.append(start)
    for (index, element) in elements.enumerated() {
      if index > 0 { separate(indent + 1, &output) }
      let isLast = index == elements.count - 1
      let behind = isLast ? allowance + end.utf8.count : 1
      write(element, indent: indent + 1, allowance: behind, to: &output)
    }
    output.append(end)
  }

  /// A long text as several literals, cut behind white space.
  private static func write(
    _ text: Text,
    _ indent: Int,
    _ allowance: Int,
    isOutermost: Bool,
    to output: inout [UInt8]
  ) {
    let indent = isOutermost ? indent + 1 : indent
    let allowance = isOutermost ? allowance + 1 : allowance
    let widest = width - indent
    var chunks: [[UInt8]] = []
    let lines = text.lines(keepingEnds: true)
    for (index, line) in lines.enumerated() {
      let isLast = index == lines.count - 1
      let whole = line.representation
      if whole.count <= (isLast ? widest - allowance : widest) {
        chunks.append(whole.bytes)
        continue
      }
      let parts = line.partsWithSpace
      var current = Text("")
      for (position, part) in parts.enumerated() {
        let limit = isLast && position == parts.count - 1 ? widest - allowance : widest
        let candidate = Text(bytes: current.bytes + part.bytes)
        if candidate.representation.count > limit {
          if !current.isEmpty { chunks.append(current.representation.bytes) }
          current = part
        } else {
          current = candidate
        }
      }
      if !current.isEmpty { chunks.append(current.representation.bytes) }
    }
    let parenthesized = isOutermost && chunks.count > 1
    if parenthesized { output.append("(") }
    for (index, chunk) in chunks.enumerated() {
      if index > 0 { output.append("\n" + String(repeating: " ", count: indent)) }
      output += chunk
    }
    if parenthesized { output.append(")") }
  }

  private static func separate(_ indent: Int, _ output: inout [UInt8]) {
    output.append(",\n" + String(repeating: " ", count: indent))
  }

  /// A key that cannot be put in order with the others of its mapping.
  static func undefinedKey(in value: Value) -> UndefinedObject? {
    switch value {
    case .list(let sequence), .tuple(let sequence):
      return sequence.elements.lazy.compactMap(undefinedKey).first
    case .mapping(let mapping):
      if mapping.count > 1 {
        for key in mapping.keys { if case .undefined(let undefined) = key { return undefined } }
      }
      return mapping.values.lazy.compactMap(undefinedKey).first
    default: return nil
    }
  }

  private static func sortedPositions(_ mapping: MappingObject) -> [Int] {
    let keys = mapping.keys
    let sorted = try? Array(keys.indices).stablySorted { (first, second) throws(TemplateError) in
      // Keys of types that Python does not compare come in the order of the types' names.
      (try? keys[first].isOrdered(.less, keys[second]))
        ?? (keys[first].typeName < keys[second].typeName)
    }
    return sorted ?? Array(keys.indices)
  }

  /// The value in one line, mappings in the order of their keys.
  private static func flat(_ value: Value) -> [UInt8] {
    switch value {
    case .mapping(let mapping):
      let members = sortedPositions(mapping).map {
        mapping.keys[$0].representation.bytes + Array(": ".utf8) + flat(mapping.values[$0])
      }
      return Array("{".utf8) + members.joined(separator: ", ".utf8) + Array("}".utf8)
    case .list(let sequence):
      return Array("[".utf8) + sequence.elements.map(flat).joined(separator: ", ".utf8)
        + Array("]".utf8)
    case .tuple(let sequence):
      let end = sequence.elements.count == 1 ? ",)" : ")"
      return Array("(".utf8) + sequence.elements.map(flat).joined(separator: ", ".utf8)
        + Array(end.utf8)
    default: return value.representation.bytes
    }
  }
}

extension Text {
  /// The words of the text, each with the white space behind it.
  fileprivate var partsWithSpace: [Text] {
    var parts: [Text] = []
    var start = 0
    var offset = 0
    var isInSpace = false
    while offset < bytes.count {
      let (scalar, next) = scalar(at: offset)
      if isInSpace, !scalar.isPythonSpace {
        parts.append(Text(bytes[start..<offset]))
        start = offset
      }
      isInSpace = scalar.isPythonSpace
      offset = next
    }
    if start < bytes.count { parts.append(Text(bytes[start...])) }
    return parts
  }
}
