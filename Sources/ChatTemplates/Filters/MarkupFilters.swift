extension Filter {
  static let markupFilters: [String: Filter] = [
    "safe": Filter(Signature("do_mark_safe", ["value"])) { _, passed throws(TemplateError) in
      .text(passed.value(0).softDisplay.marked(true))
    },
    "e": escape,
    "escape": escape,
    "forceescape": Filter(Signature("do_forceescape", ["value"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.made(passed.value(0).display.escaped())
    },
    "striptags": Filter(Signature("do_striptags", ["value"])) {
      evaluator,
      passed throws(TemplateError) in
      let text = passed.value(0).display
      try evaluator.charge(text.bytes.count / 4)
      return try evaluator.made(text.withoutTags())
    },
    "xmlattr": Filter(Signature("do_xmlattr", ["d", "autospace"], implicit: 1)) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.xmlAttributes(passed)
    },
    "urlencode": Filter(Signature("do_urlencode", ["value"])) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.charge(passed.value(0).size / 4)
      return try evaluator.urlEncoded(passed.value(0))
    },
    "urlize": Filter(
      Signature(
        "do_urlize",
        ["value", "trim_url_limit", "nofollow", "target", "rel", "extra_schemes"],
        implicit: 1
      )
    ) { evaluator, passed throws(TemplateError) in
      let text = try Urlize(evaluator, passed).apply(to: passed.value(0))
      return try evaluator.made(text.marked(evaluator.escapes))
    },
    "tojson": Filter(
      Signature(
        Evaluator.local("tojson"),
        ["x", "ensure_ascii", "indent", "separators", "sort_keys"]
      )
    ) { evaluator, passed throws(TemplateError) in
      .text(Text(bytes: try JSONWriter.write(passed, evaluator)))
    },
  ]

  private static let escape = Filter(Signature("escape", ["s"])) {
    evaluator,
    passed throws(TemplateError) in
    try evaluator.made(passed.value(0).softDisplay.escaped())
  }
}

extension Text {
  /// markupsafe's `striptags`, which also resolves the entities that escaping makes.
  fileprivate func withoutTags() -> Text {
    var parts: [UInt8] = []
    var position = 0
    while let start = firstOffset(of: [UInt8(ascii: "<")], in: position..<bytes.count) {
      let isComment = matches(Array("<!--".utf8), at: start)
      let end = Array((isComment ? "-->" : ">").utf8)
      let from = min(bytes.count, isComment ? start + 4 : start)
      guard let found = firstOffset(of: end, in: from..<bytes.count) else { break }
      parts += bytes[position..<start]
      position = found + end.count
    }
    parts += bytes[position...]
    var text = Text(
      Array(Text(bytes: parts).splitOnWhiteSpace(limit: -1).map(\.string))
        .joined(separator: " ")
    )
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&quot;", "\""), ("&#39;", "'"),
      ("&nbsp;", "\u{A0}"), ("&amp;", "&"),
    ] {
      text = text.replacing(Text(entity), with: Text(character), limit: -1)
    }
    return text
  }
}

extension Evaluator {
  fileprivate func xmlAttributes(_ passed: [Value?]) throws(TemplateError) -> Value {
    let mapping = try mapping(passed.value(0), attribute: "items")
    var bytes: [UInt8] = []
    for index in mapping.keys.indices {
      let value = mapping.values[index]
      if value.isNone || value.isUndefined { continue }
      guard case .text(let key) = mapping.keys[index] else {
        if case .bytes = mapping.keys[index] {
          throw .type("cannot use a string pattern on a bytes-like object")
        }
        let found = mapping.keys[index].typeName
        throw .type("expected string or bytes-like object, got '\(found)'")
      }
      let isInvalid = key.bytes.contains { byte in
        "/>= \t\n\r\u{B}\u{C}".utf8.contains(byte)
      }
      if isInvalid {
        throw .value("Invalid character in attribute name: \(key.representation.string)")
      }
      if !bytes.isEmpty || passed[1]?.isTrue ?? true { bytes.append(UInt8(ascii: " ")) }
      bytes += key.escaped().bytes + Array("=\"".utf8) + value.softDisplay.escaped().bytes
      bytes.append(UInt8(ascii: "\""))
    }
    return try made(Text(bytes: bytes, isMarkup: escapes))
  }

  /// A mapping, for functions that call one of its methods.
  func mapping(_ value: Value, attribute: String) throws(TemplateError) -> MappingObject {
    switch value {
    case .mapping(let mapping): return mapping
    case .undefined(let undefined): throw undefined.error
    default:
      throw value.attributeError(attribute)
    }
  }

  fileprivate func urlEncoded(_ value: Value) throws(TemplateError) -> Value {
    switch value {
    case .mapping(let mapping):
      var parts: [UInt8] = []
      for index in mapping.keys.indices {
        if index > 0 { parts.append(UInt8(ascii: "&")) }
        parts += Self.quoted(mapping.keys[index], inQuery: true)
        parts.append(UInt8(ascii: "="))
        parts += Self.quoted(mapping.values[index], inQuery: true)
      }
      return try made(Text(bytes: parts))
    case .list, .tuple, .iterator, .view, .range, .undefined, .loop, .bytes:
      var parts: [UInt8] = []
      for pair in try values(of: value) {
        let pair = try unpack(pair, count: 2)
        if !parts.isEmpty { parts.append(UInt8(ascii: "&")) }
        parts += Self.quoted(pair[0], inQuery: true)
        parts.append(UInt8(ascii: "="))
        parts += Self.quoted(pair[1], inQuery: true)
      }
      return try made(Text(bytes: parts))
    default: return try made(Text(bytes: Self.quoted(value, inQuery: false)))
    }
  }

  private static func quoted(_ value: Value, inQuery: Bool) -> [UInt8] {
    var result: [UInt8] = []
    for byte in value.display.bytes {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "~"):
        result.append(byte)
      case UInt8(ascii: "/") where !inQuery: result.append(byte)
      case UInt8(ascii: " ") where inQuery: result.append(UInt8(ascii: "+"))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result.append(digits.utf8.count == 1 ? "%0" + digits : "%" + digits)
      }
    }
    return result
  }
}
