/// The methods of `str`.
extension Evaluator {
  func callTextMethod(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    switch name {
    case "format":
      return try made(try BraceFormat(self, text).apply(to: arguments))
    case "format_map":
      try arguments.expectOne("format_map")
      guard case .mapping(let mapping) = arguments.positional[0] else {
        throw .type("format_map() argument must be a mapping")
      }
      return try made(try BraceFormat(self, text).apply(to: CallArguments(), members: mapping))
    case "split", "rsplit": return try split(name, text, arguments)
    case "splitlines":
      let values = try Signature("splitlines", ["keepends"], required: 0, isMethod: true).bind(
        arguments
      )
      try charge(text.bytes.count / 16)
      let keepsEnds = try values[0].map { (value) throws(TemplateError) in try width(value) }
      return try list(text.lines(keepingEnds: (keepsEnds ?? 0) != 0))
    case "encode": return try encode(text, arguments)
    case "expandtabs":
      let values = try Signature("expandtabs", ["tabsize"], required: 0, isMethod: true).bind(
        arguments
      )
      let size = try values[0].map { (value) throws(TemplateError) in try width(value) }
      return try expandTabs(text, size ?? 8)
    default: break
    }
    if !arguments.keywords.isEmpty { throw .type("str.\(name)() takes no keyword arguments") }
    switch name {
    case "strip", "lstrip", "rstrip": return try strip(name, text, arguments)
    case "startswith", "endswith": return try checkAffix(name, text, arguments)
    case "find", "rfind", "index", "rindex", "count": return try find(name, text, arguments)
    case "replace": return try replace(text, arguments)
    case "join":
      try arguments.expectOne("str.join")
      return try join(arguments.positional[0], with: text)
    case "translate": return try translate(text, arguments)
    case "partition", "rpartition": return try partition(name, text, arguments)
    case "removeprefix", "removesuffix":
      try arguments.expectOne("str.\(name)")
      guard case .text(let affix) = arguments.positional[0] else {
        throw .type(
          "\(name)() argument must be str, not \(arguments.positional[0].argumentTypeName)"
        )
      }
      if name == "removeprefix" {
        return .text(
          text.hasPrefix(affix) ? text.derived(text.bytes.dropFirst(affix.bytes.count)) : text
        )
      }
      return .text(
        text.hasSuffix(affix) ? text.derived(text.bytes.dropLast(affix.bytes.count)) : text
      )
    case "center", "ljust", "rjust": return try justify(name, text, arguments)
    case "zfill":
      try arguments.expectOne("str.zfill")
      return try fillWithZeros(text, try width(arguments.positional[0]))
    default:
      try arguments.expectNone("str.\(name)")
      if name == "title" || name == "capitalize" || name.hasSuffix("case") || !text.isASCII {
        try charge(text.bytes.count / 2)
      }
      if let result = Self.converted(name, text) { return try made(result) }
      return .boolean(Self.classified(name, try charge(classifying: text)))
    }
  }

  private func list(_ texts: [Text]) throws(TemplateError) -> Value {
    try madeList(texts.map(Value.text))
  }

  private func width(_ value: Value) throws(TemplateError) -> Int {
    try value.expectedIndex()
  }

  // MARK: Case and classes

  private static func converted(_ name: String, _ text: Text) -> Text? {
    switch name {
    case "upper": text.uppercased()
    case "lower": text.lowercased()
    case "capitalize": text.capitalized()
    case "title": text.titlecased()
    case "swapcase": text.swappingCase()
    case "casefold": text.casefolded()
    default: nil
    }
  }

  private static func classified(_ name: String, _ text: Text) -> Bool {
    switch name {
    case "isalnum": text.isNonemptyAnd(all: \.isPythonAlphanumeric)
    case "isalpha": text.isNonemptyAnd(all: \.isPythonAlphabetic)
    case "isascii": text.isASCII
    case "isdecimal": text.isNonemptyAnd(all: \.isPythonDecimal)
    case "isdigit": text.isNonemptyAnd(all: \.isPythonDigit)
    case "isnumeric": text.isNonemptyAnd(all: \.isPythonNumeric)
    case "isspace": text.isNonemptyAnd(all: \.isPythonSpace)
    case "isprintable": text.scalars.allSatisfy(\.isPythonPrintable)
    case "isidentifier": text.isIdentifier
    case "islower": text.isLower
    case "isupper": text.isUpper
    default: text.isTitle
    }
  }

  // MARK: Cutting

  private func strip(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    try arguments.expect(name, 0...1)
    var characters: Text?
    switch arguments[0] {
    case nil, .some(.none): break
    case .text(let text): characters = text
    default: throw .type("\(name) arg must be None or str")
    }
    return try made(
      text.stripped(characters, leading: name != "rstrip", trailing: name != "lstrip")
    )
  }

  private func split(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    let values = try Signature(name, ["sep", "maxsplit"], required: 0, isMethod: true).bind(
      arguments
    )
    let limit = try values[1].map { (value) throws(TemplateError) in try width(value) } ?? -1
    try charge(bytes: text.bytes.count)
    switch values[0] {
    case nil, .some(.none):
      try charge(3 * text.wordCount)
      return try list(
        name == "split"
          ? text.splitOnWhiteSpace(limit: limit) : text.splitOnWhiteSpaceFromEnd(limit: limit)
      )
    case .text(let separator):
      if separator.isEmpty { throw .value("empty separator") }
      try charge(3 * text.occurrences(of: separator.bytes, in: 0..<text.bytes.count))
      return try list(
        name == "split"
          ? text.split(on: separator, limit: limit)
          : text.splitFromEnd(on: separator, limit: limit)
      )
    case .some(let value): throw .type("must be str or None, not \(value.typeName)")
    }
  }

  private func partition(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    try arguments.expectOne("str.\(name)")
    guard case .text(let separator) = arguments.positional[0] else {
      throw .type("must be str, not \(arguments.positional[0].typeName)")
    }
    if separator.isEmpty { throw .value("empty separator") }
    let all = 0..<text.bytes.count
    let isFirst = name == "partition"
    let found =
      isFirst
      ? text.firstOffset(of: separator.bytes, in: all)
      : text.lastOffset(of: separator.bytes, in: all)
    let empty = Value.text(text.derived([]))
    guard let found else {
      return try .tuple(of: isFirst ? [.text(text), empty, empty] : [empty, empty, .text(text)])
    }
    return try .tuple(of: [
      .text(text.derived(text.bytes[..<found])), .text(text.derived(separator.bytes)),
      .text(text.derived(text.bytes[(found + separator.bytes.count)...])),
    ])
  }

  // MARK: Searching

  private func bounds(
    _ arguments: CallArguments,
    of text: Text
  ) throws(TemplateError) -> Range<Int>? {
    func bound(_ index: Int) throws(TemplateError) -> Int? {
      guard let value = arguments[index], !value.isNone else { return nil }
      guard let bound = value.clampedIndex else {
        throw .type("slice indices must be integers or None or have an __index__ method")
      }
      return bound
    }
    return text.byteRange(from: try bound(1), to: try bound(2))
  }

  private func checkAffix(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    if arguments.positional.isEmpty {
      throw .type("\(name)() takes at least 1 argument (0 given)")
    }
    if arguments.positional.count > 3 {
      throw .type("\(name)() takes at most 3 arguments (\(arguments.positional.count) given)")
    }
    guard let range = try bounds(arguments, of: text) else { return .boolean(false) }
    func holds(_ value: Value) throws(TemplateError) -> Bool {
      guard case .text(let affix) = value else {
        throw .type("tuple for \(name) must only contain str, not \(value.typeName)")
      }
      guard affix.bytes.count <= range.count else { return false }
      let offset =
        name == "startswith" ? range.lowerBound : range.upperBound - affix.bytes.count
      return text.matches(affix.bytes, at: offset)
    }
    switch arguments.positional[0] {
    case .text: return .boolean(try holds(arguments.positional[0]))
    case .tuple(let sequence):
      for affix in sequence.elements where try holds(affix) { return .boolean(true) }
      return .boolean(false)
    default:
      let found = arguments.positional[0].typeName
      throw .type("\(name) first arg must be str or a tuple of str, not \(found)")
    }
  }

  private func find(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    if arguments.positional.isEmpty {
      throw .type("\(name)() takes at least 1 argument (0 given)")
    }
    if arguments.positional.count > 3 {
      throw .type("\(name)() takes at most 3 arguments (\(arguments.positional.count) given)")
    }
    guard case .text(let needle) = arguments.positional[0] else {
      throw .type("must be str, not \(arguments.positional[0].typeName)")
    }
    try charge(bytes: text.bytes.count)
    let range = try bounds(arguments, of: text)
    if name == "count" {
      return .integer(range.map { text.occurrences(of: needle.bytes, in: $0) } ?? 0)
    }
    let offset = range.flatMap {
      name.hasPrefix("r")
        ? text.lastOffset(of: needle.bytes, in: $0) : text.firstOffset(of: needle.bytes, in: $0)
    }
    if let offset { return .integer(text.codePointIndex(ofByte: offset)) }
    if name.hasSuffix("index") { throw .value("substring not found") }
    return .integer(-1)
  }

  // MARK: Building

  private func replace(_ text: Text, _ arguments: CallArguments) throws(TemplateError) -> Value {
    try arguments.expect("replace", 2...3)
    guard case .text(let old) = arguments.positional[0] else {
      let found = arguments.positional[0].argumentTypeName
      throw .type("replace() argument 1 must be str, not \(found)")
    }
    guard case .text(let new) = arguments.positional[1] else {
      let found = arguments.positional[1].argumentTypeName
      throw .type("replace() argument 2 must be str, not \(found)")
    }
    let limit = try arguments[2].map { (value) throws(TemplateError) in try width(value) } ?? -1
    return try replace(old, in: text, with: text.isMarkup ? new.escaped() : new, limit: limit)
  }

  /// The text with occurrences of `old` replaced, once it is known not to become too large.
  func replace(
    _ old: Text,
    in text: Text,
    with new: Text,
    limit: Int
  ) throws(TemplateError) -> Value {
    let all = 0..<text.bytes.count
    if new.bytes.count > old.bytes.count {
      let found = text.occurrences(of: old.bytes, in: all)
      let count = limit < 0 ? found : min(found, limit)
      try charge(bytes: new.bytes.count, times: count)
    }
    return try made(text.replacing(old, with: new, limit: limit))
  }

  private func join(_ value: Value, with separator: Text) throws(TemplateError) -> Value {
    let iterator: IteratorObject
    do {
      iterator = try IteratorObject(over: value)
    } catch {
      guard case .runtime(.typeError, _) = error else { throw error }
      throw .type("can only join an iterable")
    }
    var bytes: [UInt8] = []
    var index = 0
    while let element = try iterator.next() {
      guard case .text(let text) = element else {
        throw .type(
          "sequence item \(index): expected str instance, \(element.typeName) found"
        )
      }
      if index > 0 { bytes += separator.bytes }
      bytes += separator.isMarkup ? text.escaped().bytes : text.bytes
      guard bytes.count <= limits.textBytes else { try charge(bytes: bytes.count); break }
      try charge()
      index += 1
    }
    return try made(separator.derived(bytes))
  }

  private func justify(
    _ name: String,
    _ text: Text,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    try arguments.expect(name, 1...2)
    let width = try width(arguments.positional[0])
    var fill: Text = " "
    if let value = arguments[1] {
      guard case .text(let character) = value else {
        throw .type("The fill character must be a unicode character, not \(value.typeName)")
      }
      guard character.count == 1 else {
        throw .type("The fill character must be exactly one character long")
      }
      fill = character
    }
    return try justify(text, width, fill, alignment: name)
  }

  /// `center`, `ljust` or `rjust`.
  func justify(
    _ text: Text,
    _ width: Int,
    _ fill: Text,
    alignment: String
  ) throws(TemplateError) -> Value {
    let count = text.count
    guard width > count else { return .text(text) }
    let total = width - count
    try charge(bytes: fill.bytes.count, times: total)
    let left =
      switch alignment {
      case "ljust": 0
      case "rjust": total
      default: total / 2 + (total & width & 1)
      }
    var bytes: [UInt8] = []
    for _ in 0..<left { bytes += fill.bytes }
    bytes += text.bytes
    for _ in 0..<(total - left) { bytes += fill.bytes }
    return try made(text.derived(bytes))
  }

  private func fillWithZeros(_ text: Text, _ width: Int) throws(TemplateError) -> Value {
    let count = text.count
    guard width > count else { return .text(text) }
    try charge(bytes: width - count)
    let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: width - count)
    let hasSign = text.hasPrefix("+") || text.hasPrefix("-")
    return .text(
      text.derived(
        hasSign ? text.bytes.prefix(1) + zeros + text.bytes.dropFirst() : zeros + text.bytes
      )
    )
  }

  private func expandTabs(_ text: Text, _ size: Int) throws(TemplateError) -> Value {
    var bytes: [UInt8] = []
    var column = 0
    for scalar in text.scalars {
      switch scalar {
      case "\t":
        guard size > 0 else { continue }
        let count = size - column % size
        try charge(bytes: bytes.count &+ count)
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: count)
        column += count
      case "\n", "\r":
        bytes.append(scalar: scalar)
        column = 0
      default:
        bytes.append(scalar: scalar)
        column += 1
      }
    }
    return try made(text.derived(bytes))
  }
}
