/// Cuts a template into tokens, as jinja2 does with `trim_blocks` and `lstrip_blocks`.
///
/// An error in the text does not stop the tokens before it from being parsed first, so that the
/// error that comes first in the template is the one that is reported.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/lexer.py
struct Lexer {
  private(set) var tokens: [Token] = []
  /// Why the text behind the last token is not valid.
  private(set) var error: TemplateError?

  let source: Text
  var position = 0
  private var line = 1
  private var countedPosition = 0
  /// Whether the last match ended with a line break, or nothing was read yet.
  private var isAtLineStart = true
  private var brackets: [UInt8] = []

  var bytes: [UInt8] { source.bytes }

  init(_ template: String) {
    source = Text(bytes: Self.normalizeLineBreaks(Array(template.utf8), droppingLast: true))
    do throws(TemplateError) {
      try readTemplate()
    } catch {
      self.error = error
    }
    tokens.append(Token(kind: .end, line: tokens.last?.line ?? 1))
  }

  /// Makes `\r\n` and `\r` to `\n`; one line break at the end is no part of a template.
  static func normalizeLineBreaks(_ bytes: [UInt8], droppingLast: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\r") {
        if index < bytes.count, bytes[index] == UInt8(ascii: "\n") { index += 1 }
        result.append(UInt8(ascii: "\n"))
      } else {
        result.append(byte)
      }
    }
    if droppingLast, result.last == UInt8(ascii: "\n") { result.removeLast() }
    return result
  }

  // MARK: Text outside of tags

  private mutating func readTemplate() throws(TemplateError) {
    while position < bytes.count {
      guard let tag = nextTag(from: position) else {
        appendData(bytes[position...])
        return
      }
      let second = bytes[tag + 1]
      let sign = byte(tag + 2)
      appendData(trimmedData(position..<tag, sign: sign, isVariable: second == UInt8(ascii: "{")))
      position = tag + 2
      if second == UInt8(ascii: "%"), skipRawBegin() {
        try readRaw()
        continue
      }
      if isSign(sign) { position += 1 }
      switch second {
      case UInt8(ascii: "#"): try skipComment()
      case UInt8(ascii: "{"): try readTag(.variableBegin, end: .variableEnd, at: tag)
      default: try readTag(.blockBegin, end: .blockEnd, at: tag)
      }
    }
  }

  /// The offset of the next `{{`, `{%` or `{#`.
  private func nextTag(from start: Int) -> Int? {
    var offset = start
    while offset + 1 < bytes.count {
      if bytes[offset] == UInt8(ascii: "{") {
        switch bytes[offset + 1] {
        case UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "#"): return offset
        default: break
        }
      }
      offset += 1
    }
    return nil
  }

  /// The text before a tag, without the white space that the tag takes away.
  private func trimmedData(_ range: Range<Int>, sign: UInt8, isVariable: Bool) -> ArraySlice<UInt8>
  {
    let data = bytes[range]
    if sign == UInt8(ascii: "-") { return Text(data).stripped(leading: false).bytes[...] }
    guard sign != UInt8(ascii: "+"), !isVariable else { return data }
    let lineStart = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? range.lowerBound
    guard lineStart > range.lowerBound || isAtLineStart else { return data }
    return Text(data[lineStart...]).stripped(leading: false).isEmpty ? data[..<lineStart] : data
  }

  private mutating func appendData(_ data: ArraySlice<UInt8>) {
    if !data.isEmpty { append(.data(Text(data)), at: position) }
  }

  private mutating func append(_ kind: Token.Kind, at offset: Int) {
    tokens.append(Token(kind: kind, line: line(at: offset)))
  }

  /// The line of `offset`, which never goes back.
  mutating func line(at offset: Int) -> Int {
    while countedPosition < offset {
      if bytes[countedPosition] == UInt8(ascii: "\n") { line += 1 }
      countedPosition += 1
    }
    return line
  }

  mutating func failure(_ message: String, at offset: Int) -> TemplateError {
    .syntax(.templateSyntaxError, message: message, line: line(at: offset))
  }

  // MARK: Ends of tags

  /// The byte at `offset`, or zero behind the end.
  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }

  func skipWhiteSpace(from offset: Int) -> Int {
    var offset = offset
    while offset < bytes.count {
      let (scalar, next) = source.scalar(at: offset)
      guard scalar.isPythonSpace else { break }
      offset = next
    }
    return offset
  }

  /// The offset behind the end of a tag at `offset`, with the white space that it takes away.
  private func tagEnd(_ first: UInt8, at offset: Int, trims: Bool) -> Int? {
    let sign = byte(offset)
    let start =
      sign == UInt8(ascii: "-") || trims && sign == UInt8(ascii: "+") ? offset + 1 : offset
    guard byte(start) == first, byte(start + 1) == UInt8(ascii: "}") else { return nil }
    if sign == UInt8(ascii: "-") { return skipWhiteSpace(from: start + 2) }
    let takesLineBreak = trims && start == offset && byte(start + 2) == UInt8(ascii: "\n")
    return takesLineBreak ? start + 3 : start + 2
  }

  private mutating func move(behindTagAt end: Int) {
    position = end
    isAtLineStart = bytes[end - 1] == UInt8(ascii: "\n")
  }

  private mutating func skipComment() throws(TemplateError) {
    let start = position
    while position < bytes.count {
      if let end = tagEnd(UInt8(ascii: "#"), at: position, trims: true) {
        return move(behindTagAt: end)
      }
      position += 1
    }
    if start < bytes.count { throw failure("Missing end of comment tag", at: start) }
  }

  // MARK: Raw blocks

  private static let raw = Array("raw".utf8)
  private static let endRaw = Array("endraw".utf8)

  private mutating func skipRawBegin() -> Bool {
    var offset = position
    if isSign(byte(offset)) { offset += 1 }
    offset = skipWhiteSpace(from: offset)
    guard source.matches(Self.raw, at: offset) else { return false }
    offset = skipWhiteSpace(from: offset + 3)
    guard let end = tagEnd(UInt8(ascii: "%"), at: offset, trims: false) else { return false }
    move(behindTagAt: end)
    return true
  }

  private mutating func readRaw() throws(TemplateError) {
    let start = position
    var offset = start
    while offset < bytes.count {
      if byte(offset) == UInt8(ascii: "{"), byte(offset + 1) == UInt8(ascii: "%"),
        let end = rawEnd(at: offset + 2)
      {
        appendData(trimmedData(start..<offset, sign: byte(offset + 2), isVariable: false))
        return move(behindTagAt: end)
      }
      offset += 1
    }
    if start < bytes.count { throw failure("Missing end of raw directive", at: start) }
  }

  private func rawEnd(at start: Int) -> Int? {
    var offset = start
    if isSign(byte(offset)) { offset += 1 }
    offset = skipWhiteSpace(from: offset)
    guard source.matches(Self.endRaw, at: offset) else { return nil }
    return tagEnd(UInt8(ascii: "%"), at: skipWhiteSpace(from: offset + 6), trims: true)
  }

  // MARK: Inside of tags

  private mutating func readTag(
    _ begin: Token.Kind,
    end: Token.Kind,
    at start: Int
  ) throws(TemplateError) {
    append(begin, at: start)
    brackets = []
    while position < bytes.count {
      if brackets.isEmpty {
        let isBlock = end == .blockEnd
        if let next = tagEnd(UInt8(ascii: isBlock ? "%" : "}"), at: position, trims: isBlock) {
          append(end, at: position)
          return move(behindTagAt: next)
        }
      }
      let afterSpace = skipWhiteSpace(from: position)
      if afterSpace > position {
        position = afterSpace
        continue
      }
      let start = position
      append(try readLexeme(), at: start)
    }
  }

  private mutating func readLexeme() throws(TemplateError) -> Token.Kind {
    let start = position
    if let number = try readNumber() { return number }
    if let name = try readName() { return .name(name) }
    if let string = try readString() { return .string(string) }
    guard let symbol = readSymbol() else {
      let character = Text([source.scalar(at: start).scalar]).representation.string
      throw failure(
        "unexpected char \(character) at \(source.codePointIndex(ofByte: start))",
        at: start
      )
    }
    try balance(symbol, at: start)
    return .symbol(symbol)
  }

  private mutating func readSymbol() -> Token.Symbol? {
    for length in [2, 1] where position + length <= bytes.count {
      let spelling = String(decoding: bytes[position..<position + length], as: UTF8.self)
      if let symbol = Token.Symbol(rawValue: spelling) {
        position += length
        return symbol
      }
    }
    return nil
  }

  private mutating func balance(_ symbol: Token.Symbol, at offset: Int) throws(TemplateError) {
    switch symbol {
    case .leftBrace: brackets.append(UInt8(ascii: "}"))
    case .leftParenthesis: brackets.append(UInt8(ascii: ")"))
    case .leftBracket: brackets.append(UInt8(ascii: "]"))
    case .rightBrace, .rightParenthesis, .rightBracket:
      guard let expected = brackets.popLast() else {
        throw failure("unexpected '\(symbol.rawValue)'", at: offset)
      }
      if symbol.rawValue.utf8.first != expected {
        let expected = Unicode.Scalar(expected)
        throw failure("unexpected '\(symbol.rawValue)', expected '\(expected)'", at: offset)
      }
    default: break
    }
  }
}
