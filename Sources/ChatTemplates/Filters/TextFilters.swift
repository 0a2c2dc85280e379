extension Filter {
  static let textFilters: [String: Filter] = [
    "upper": Filter(Signature("do_upper", ["s"])) { evaluator, passed throws(TemplateError) in
      try evaluator.made(try evaluator.converting(passed.value(0)).uppercased())
    },
    "lower": Filter(Signature("do_lower", ["s"])) { evaluator, passed throws(TemplateError) in
      try evaluator.made(try evaluator.converting(passed.value(0)).lowercased())
    },
    "capitalize": Filter(Signature("do_capitalize", ["s"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.made(try evaluator.converting(passed.value(0)).capitalized())
    },
    "title": Filter(Signature("do_title", ["s"])) { evaluator, passed throws(TemplateError) in
      try evaluator.made(try evaluator.converting(passed.value(0)).wordsCapitalized())
    },
    "string": Filter(Signature("soft_str", ["s"])) { evaluator, passed throws(TemplateError) in
      try evaluator.made(passed.value(0).softDisplay)
    },
    "trim": Filter(Signature("do_trim", ["value", "chars"])) {
      evaluator,
      passed throws(TemplateError) in
      let text = passed.value(0).softDisplay
      guard let characters = passed.some(1) else { return try evaluator.made(text.stripped()) }
      guard case .text(let characters) = characters else {
        throw .type("strip arg must be None or str")
      }
      return try evaluator.made(text.stripped(characters))
    },
    "replace": Filter(
      Signature("do_replace", ["s", "old", "new", "count"], required: 3, implicit: 1)
    ) { evaluator, passed throws(TemplateError) in
      var text = passed.value(0).softDisplay
      let old = passed.value(1).softDisplay
      var new = passed.value(2).softDisplay
      if evaluator.escapes {
        if old.isMarkup || new.isMarkup && !text.isMarkup { text = text.escaped() }
        if text.isMarkup { new = new.escaped() }
      } else {
        text.isMarkup = false
      }
      let count = passed.some(3) == nil ? -1 : try passed.integer(3, -1)
      return try evaluator.replace(old, in: text, with: new, limit: count)
    },
    "center": Filter(Signature("do_center", ["value", "width"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.justify(
        passed.value(0).softDisplay,
        try passed.integer(1, 80),
        " ",
        alignment: "center"
      )
    },
    "indent": Filter(Signature("do_indent", ["s", "width", "first", "blank"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.indent(passed)
    },
    "truncate": Filter(
      Signature("do_truncate", ["s", "length", "killwords", "end", "leeway"], implicit: 1)
    ) { evaluator, passed throws(TemplateError) in
      try evaluator.truncate(passed)
    },
    "wordcount": Filter(Signature("do_wordcount", ["s"])) {
      evaluator,
      passed throws(TemplateError) in
      let text = passed.value(0).softDisplay
      try evaluator.charge(text.bytes.count / 8)
      var count = 0
      var isInWord = false
      for scalar in text.scalars {
        let isWord = scalar == "_" || scalar.isPythonAlphanumeric
        if isWord, !isInWord { count += 1 }
        isInWord = isWord
      }
      return .integer(count)
    },
    "wordwrap": Filter(
      Signature(
        "do_wordwrap",
        ["s", "width", "break_long_words", "wrapstring", "break_on_hyphens"],
        implicit: 1
      )
    ) { evaluator, passed throws(TemplateError) in
      try evaluator.wrapWords(passed)
    },
    "format": Filter { evaluator, arguments throws(TemplateError) in
      guard let format = arguments.positional.first?.softDisplay else { return .none }
      let values = arguments.dropping(1)
      if !values.positional.isEmpty, !values.keywords.isEmpty {
        throw .argument("can't handle positional and keyword arguments at the same time")
      }
      let operand: Value
      if values.keywords.isEmpty {
        operand = try .tuple(of: values.positional)
      } else {
        var builder = MappingBuilder()
        for (name, value) in values.keywords { builder.set(name, value) }
        operand = .mapping(try builder.finish())
      }
      return try evaluator.made(try PercentFormat(evaluator, format).apply(to: operand))
    },
    "pprint": Filter(Signature("do_pprint", ["value"])) { evaluator, passed throws(TemplateError) in
      let value = passed.value(0)
      try evaluator.charge((value.size + value.digitWork) * (2 + value.depth))
      if let undefined = PrettyPrinter.undefinedKey(in: value) { throw undefined.error }
      return try evaluator.made(Text(bytes: PrettyPrinter.print(value)))
    },
  ]
}

extension Text {
  /// The `title` filter: words begin behind white space, hyphens and opening brackets.
  fileprivate func wordsCapitalized() -> Text {
    var result: [UInt8] = []
    var word: [Unicode.Scalar] = []
    func flush() {
      if let first = word.first { result.append(first.properties.uppercaseMapping) }
      result += Text(word.dropFirst()).lowercased().bytes
      word = []
    }
    for scalar in scalars {
      let separates =
        switch scalar {
        case "-", "(", "{", "[", "<": true
        default: scalar.isPythonSpace
        }
      if separates {
        flush()
        result.append(scalar: scalar)
      } else {
        word.append(scalar)
      }
    }
    flush()
    return Text(bytes: result)
  }
}

extension Evaluator {
  /// The text of `value`, whose case will be changed.
  fileprivate func converting(_ value: Value) throws(TemplateError) -> Text {
    let text = value.softDisplay
    try charge(converting: text)
    return text
  }

  /// A text argument of a filter that does not convert its operand.
  private func text(_ value: Value, attribute: String) throws(TemplateError) -> Text {
    switch value {
    case .text(let text): return text
    case .undefined(let undefined): throw undefined.error
    default:
      throw value.attributeError(attribute)
    }
  }

  fileprivate func indent(_ passed: [Value?]) throws(TemplateError) -> Value {
    var indention: Text
    switch passed[1] {
    case .text(let text): indention = text
    default:
      let width = max(0, try passed.integer(1, 4))
      try charge(bytes: width)
      indention = Text(bytes: [UInt8](repeating: UInt8(ascii: " "), count: width))
    }
    guard case .text(let text) = passed.value(0) else {
      switch passed.value(0) {
      case .undefined(let undefined): throw undefined.error
      case .list: _ = try self.text(passed.value(0), attribute: "splitlines")
      case .tuple: throw .type("can only concatenate tuple (not \"str\") to tuple")
      case .bytes: throw .type("can't concat str to bytes")
      default: break
      }
      throw .type(
        "unsupported operand type(s) for +=: '\(passed.value(0).typeName)' and 'str'"
      )
    }
    if text.isMarkup { indention = indention.marked(true) }
    let indentsBlank = passed.isTrue(3)
    let lines = Text(bytes: text.bytes + [UInt8(ascii: "\n")]).lines(keepingEnds: false)
    try charge(bytes: indention.bytes.count, times: lines.count)
    try charge(lines.count)
    var bytes: [UInt8] = passed.isTrue(2) ? indention.bytes : []
    for (index, line) in lines.enumerated() {
      if index > 0 {
        bytes.append(UInt8(ascii: "\n"))
        if indentsBlank || !line.isEmpty { bytes += indention.bytes }
      }
      bytes += line.bytes
    }
    return try made(text.derived(bytes))
  }

  fileprivate func truncate(_ passed: [Value?]) throws(TemplateError) -> Value {
    let value = passed.value(0)
    let length = passed[1] ?? .integer(255)
    let end = passed[3] ?? .text("...")
    let leeway = passed.some(4) ?? .integer(5)
    let endCount = try end.length()
    for (name, number, least) in [("length", length, endCount), ("leeway", leeway, 0)] {
      if try !number.isOrdered(.greaterOrEqual, .integer(least)) {
        throw .runtime(
          .assertionError,
          message: "expected \(name) >= \(least), got \(number.display.string)"
        )
      }
    }
    let most = try apply(.add, length, leeway)
    if try Value.integer(try value.length()).isOrdered(.lessOrEqual, most) { return value }
    let stop = try apply(.subtract, length, .integer(endCount))
    let start = try slice(value, .none, stop, .none)
    if passed.isTrue(2) { return try apply(.add, start, end) }
    guard case .text(let text) = start else {
      if case .bytes = start { throw .type("a bytes-like object is required, not 'str'") }
      throw start.attributeError("rsplit")
    }
    return try apply(.add, .text(text.splitFromEnd(on: " ", limit: 1)[0]), end)
  }

  fileprivate func wrapWords(_ passed: [Value?]) throws(TemplateError) -> Value {
    let separator: Text
    switch passed.some(3) {
    case nil: separator = "\n"
    case .text(let text): separator = text
    case .bytes: throw .type("sequence item 0: expected a bytes-like object, str found")
    case .undefined(let undefined): throw undefined.error
    case .some(let value): throw value.attributeError("join")
    }
    if case .bytes(let value) = passed.value(0) {
      // Bytes have lines too, but Python's words are those of a text.
      if value.bytes.isEmpty { return .text("") }
      throw .type("cannot use a string pattern on a bytes-like object")
    }
    let text = try self.text(passed.value(0), attribute: "splitlines")
    let lines = text.lines(keepingEnds: false)
    let width = passed[1] ?? .integer(79)
    if !lines.isEmpty, try width.isOrdered(.lessOrEqual, .integer(0)) {
      throw .value("invalid width \(width.representation.string) (must be > 0)")
    }
    guard let number = width.number else { return .text("") }
    let wrapper = WordWrapper(
      width: Int(min(1e9, max(1, number.rounded(.down)))),
      breaksLongWords: passed[2]?.isTrue ?? true,
      breaksOnHyphens: passed[4]?.isTrue ?? true
    )
    try charge(bytes: text.bytes.count)
    // Each line is a text of its own.
    try charge(4 * (text.bytes.count / wrapper.width))
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      if index > 0 { bytes += separator.bytes }
      for (index, part) in wrapper.wrap(line).enumerated() {
        if index > 0 { bytes += separator.bytes }
        bytes += part.bytes
        try charge(1 + separator.bytes.count / 32)
        if bytes.count > limits.textBytes { try charge(bytes: bytes.count) }
      }
      if bytes.count > limits.textBytes { try charge(bytes: bytes.count) }
    }
    return try made(Text(bytes: bytes))
  }
}
