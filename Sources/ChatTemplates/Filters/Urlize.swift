/// jinja2's `urlize`: makes links of the addresses in a text.
struct Urlize {
  private let evaluator: Evaluator
  private let limit: Value?
  private let attributes: [UInt8]
  private let schemes: [Text]

  init(_ evaluator: Evaluator, _ passed: [Value?]) throws(TemplateError) {
    self.evaluator = evaluator
    limit = passed.some(1)
    var relations: Set<Text> = ["noopener"]
    if passed.isTrue(2) { relations.insert("nofollow") }
    if let given = passed[4], given.isTrue {
      guard case .text(let text) = given else {
        throw given.attributeError("split")
      }
      relations.formUnion(text.splitOnWhiteSpace(limit: -1))
    }
    var attributes = Array(" rel=\"".utf8)
    for (index, relation) in relations.sorted().enumerated() {
      if index > 0 { attributes.append(UInt8(ascii: " ")) }
      attributes += relation.marked(false).escaped().bytes
    }
    attributes.append(UInt8(ascii: "\""))
    if let target = passed[3], target.isTrue {
      attributes += Array(" target=\"".utf8) + target.softDisplay.escaped().bytes
      attributes.append(UInt8(ascii: "\""))
    }
    self.attributes = attributes
    var schemes: [Text] = []
    if let given = passed.some(5) {
      for scheme in try evaluator.values(of: given) {
        guard case .text(let text) = scheme else {
          throw .type("expected string or bytes-like object, got '\(scheme.typeName)'")
        }
        try evaluator.charge(1 + text.bytes.count / 2)
        guard text.isSchemePrefix else {
          throw .argument("\(text.representation.string) is not a valid URI scheme prefix.")
        }
        schemes.append(text)
      }
    }
    self.schemes = schemes
  }

  /// The text, escaped and with its links.
  func apply(to value: Value) throws(TemplateError) -> Text {
    let text = value.softDisplay.escaped().bytes
    try evaluator.charge(bytes: text.count)
    try evaluator.charge(20 + text.count / 4)
    var output: [UInt8] = []
    var start = 0
    let source = Text(bytes: text)
    while start < text.count {
      var end = start
      let isSpace = source.scalar(at: start).scalar.isPythonSpace
      while end < text.count {
        let (scalar, next) = source.scalar(at: end)
        guard scalar.isPythonSpace == isSpace else { break }
        end = next
      }
      if isSpace {
        output += text[start..<end]
      } else {
        output += try linked(Array(text[start..<end]))
      }
      try evaluator.charge(bytes: output.count - start)
      start = end
    }
    return Text(bytes: output)
  }

  private static let less = Array("&lt;".utf8)
  private static let greater = Array("&gt;".utf8)

  private func linked(_ word: [UInt8]) throws(TemplateError) -> [UInt8] {
    let word = Text(bytes: word)
    var start = 0
    while start < word.bytes.count {
      if word.bytes[start] == UInt8(ascii: "(") || word.bytes[start] == UInt8(ascii: "<") {
        start += 1
      } else if word.matches(Self.less, at: start) {
        start += Self.less.count
      } else {
        break
      }
    }
    var end = word.bytes.count
    while end > start {
      if ")>.,".utf8.contains(word.bytes[end - 1]) {
        end -= 1
      } else if end - start >= Self.greater.count,
        word.matches(Self.greater, at: end - Self.greater.count)
      {
        end -= Self.greater.count
      } else {
        break
      }
    }
    for (opening, closing) in [
      (Array("(".utf8), Array(")".utf8)), (Array("<".utf8), Array(">".utf8)),
      (Self.less, Self.greater),
    ] {
      let opened = word.occurrences(of: opening, in: start..<end)
      guard opened > word.occurrences(of: closing, in: start..<end) else { continue }
      // As many as possible come from what was cut off.
      for _ in 0..<opened {
        try evaluator.charge()
        guard let found = word.firstOffset(of: closing, in: end..<word.bytes.count) else { break }
        end = found + closing.count
      }
    }
    let link = try link(Text(word.bytes[start..<end]))
    return word.bytes[..<start] + link + word.bytes[end...]
  }

  private func anchor(
    _ address: [UInt8],
    _ shown: Text,
    prefix: String = ""
  ) throws(TemplateError) -> [UInt8] {
    var text = shown.bytes
    if let limit, try Value.integer(shown.count).isOrdered(.greater, limit) {
      guard let limit = limit.clampedIndex else {
        throw .type("slice indices must be integers or None or have an __index__ method")
      }
      let end = limit < 0 ? max(0, shown.count + limit) : limit
      text = shown.slice(0..<end).bytes + Array("...".utf8)
    }
    return Array("<a href=\"\(prefix)".utf8) + address + Array("\"".utf8) + attributes
      + Array(">".utf8) + text + Array("</a>".utf8)
  }

  private func link(_ word: Text) throws(TemplateError) -> [UInt8] {
    if word.isWebAddress {
      let hasScheme = word.hasPrefix("https://") || word.hasPrefix("http://")
      return try anchor(word.bytes, word, prefix: hasScheme ? "" : "https://")
    }
    if word.hasPrefix("mailto:") {
      let address = Text(word.bytes[7...])
      if address.isMailAddress {
        return Array("<a href=\"".utf8) + word.bytes + Array("\">".utf8) + address.bytes
          + Array("</a>".utf8)
      }
    } else if !word.hasPrefix("www."), !word.hasPrefix("@"),
      !word.bytes.contains(UInt8(ascii: ":")), word.isMailAddress
    {
      return Array("<a href=\"mailto:".utf8) + word.bytes + Array("\">".utf8) + word.bytes
        + Array("</a>".utf8)
    }
    var result = word
    for scheme in schemes {
      try evaluator.charge(1 + min(scheme.bytes.count, result.bytes.count) / 32)
      guard result.bytes != scheme.bytes, result.hasPrefix(scheme) else { continue }
      result = Text(
        bytes: Array("<a href=\"".utf8) + result.bytes + Array("\"".utf8) + attributes
          + Array(">".utf8) + result.bytes + Array("</a>".utf8)
      )
    }
    return result.bytes
  }
}

/// The patterns of addresses that `urlize` knows.
extension Text {
  fileprivate var isSchemePrefix: Bool {
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let name = Text(bytes[..<colon])
    let slashes = bytes[(colon + 1)...]
    return name.count >= 2 && slashes.count <= 2
      && slashes.allSatisfy { $0 == UInt8(ascii: "/") }
      && name.scalars.allSatisfy { $0.isWord || $0 == "." || $0 == "+" || $0 == "-" }
  }

  fileprivate var isMailAddress: Bool {
    guard let at = bytes.lastIndex(of: UInt8(ascii: "@")), at > 0 else { return false }
    let scalars = Text(bytes[(at + 1)...]).scalars
    guard let first = scalars.first, first.isWord, let dot = scalars.lastIndex(of: "."),
      dot + 1 < scalars.count
    else { return false }
    return scalars[..<dot].allSatisfy { $0.isWord || $0 == "." || $0 == "-" }
      && scalars[(dot + 1)...].allSatisfy(\.isWord)
  }

  fileprivate var isWebAddress: Bool {
    let text = lowercased()
    var start = 0
    var hasScheme = false
    for scheme in ["https://", "http://"] where text.hasPrefix(Text(scheme)) {
      start = scheme.utf8.count
      hasScheme = true
      break
    }
    let end =
      text.bytes[start...].firstIndex { "/?#".utf8.contains($0) } ?? text.bytes.count
    var host = Text(text.bytes[start..<end])
    if let colon = host.bytes.lastIndex(of: UInt8(ascii: ":")), host.bytes.last != UInt8(ascii: "]")
    {
      let port = Text(host.bytes[(colon + 1)...])
      guard (1...5).contains(port.count), port.scalars.allSatisfy(\.isPythonDecimal) else {
        return false
      }
      host = Text(host.bytes[..<colon])
    }
    if hasScheme { return host.isDomain(from: 0) || host.isInternetAddress }
    return host.hasPrefix("www.") && host.isDomain(from: 1) || host.isKnownDomain
  }

  /// Whether the labels from `first` on are those of a domain.
  private func isDomain(from first: Int) -> Bool {
    let labels = split(on: ".", limit: -1).dropFirst(first)
    guard let last = labels.last else { return false }
    let isLetters =
      (2...63).contains(last.bytes.count) && last.bytes.allSatisfy { (0x61...0x7A).contains($0) }
    let name = Text(last.bytes.dropFirst(4))
    let isEncoded =
      last.hasPrefix("xn--") && (2...59).contains(name.count)
      && name.scalars.allSatisfy { $0.isWord || $0 == "%" }
    return (isLetters || isEncoded)
      && labels.dropLast().allSatisfy { !$0.isEmpty && $0.isLabel }
  }

  private var isLabel: Bool { scalars.allSatisfy { $0.isWord || $0 == "%" || $0 == "-" } }

  private var isKnownDomain: Bool {
    let labels = split(on: ".", limit: -1)
    guard labels.count > 1 else { return false }
    return ["com", "net", "int", "edu", "gov", "org", "info", "mil"].contains(
      labels[labels.count - 1]
    )
      && labels.dropLast().allSatisfy { (2...63).contains($0.count) && $0.isLabel }
  }

  private var isInternetAddress: Bool {
    let parts = split(on: ".", limit: -1)
    if parts.count == 4,
      parts.allSatisfy({ (1...3).contains($0.count) && $0.scalars.allSatisfy(\.isPythonDecimal) })
    {
      return true
    }
    guard bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") else { return false }
    let groups = Text(bytes[1..<(bytes.count - 1)]).split(on: ":", limit: -1)
    guard groups.count > 2,
      groups.allSatisfy({
        $0.scalars.allSatisfy { $0.isPythonDecimal || (0x61...0x66).contains($0.value) }
      }),
      groups.prefix(2).allSatisfy({ $0.count <= 4 })
    else { return false }
    var pieces = 0
    for (index, group) in groups.dropFirst(2).enumerated() {
      let isLast = index == groups.count - 3
      pieces += isLast ? (group.count + 3) / 4 : max(1, (group.count + 3) / 4)
    }
    return pieces <= 6
  }
}

extension Unicode.Scalar {
  /// What `\w` matches in Python.
  fileprivate var isWord: Bool { self == "_" || isPythonAlphanumeric }
}
