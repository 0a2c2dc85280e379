/// A token that is found in the text itself, before any model sees it.
struct AddedToken: Sendable, Equatable {
  let content: String
  let id: UInt32
  /// Not found inside a word.
  var isSingleWord = false
  /// Takes the white space before it.
  var stripsLeft = false
  /// Takes the white space after it.
  var stripsRight = false
  /// Looked for in normalized text.
  var isNormalized = false
  /// Left out of decoded text on request.
  var isSpecial = false
}

/// The added tokens of a tokenizer, by text and by id, and how they are found.
struct AddedTokens: Sendable {
  /// A part of a text: a token that was found, or text between.
  struct Part {
    var token: UInt32?
    var range: Range<Int>
  }

  private(set) var tokens: [AddedToken] = []
  /// By bytes: equal strings may be spelled differently.
  private var positionsByContent: [[UInt8]: Int] = [:]
  private var positionsByID: [UInt32: Int] = [:]
  private var raw = TokenTrie()
  private var normalized = TokenTrie()

  /// The id of the added token `content`.
  func id(of content: String) -> UInt32? {
    positionsByContent[Array(content.utf8)].map { tokens[$0].id }
  }

  /// The added token numbered `id`.
  subscript(id: UInt32) -> AddedToken? { positionsByID[id].map { tokens[$0] } }

  /// The highest id.
  var highestID: UInt32? { positionsByID.keys.max() }

  /// Adds `token` unless its content is there or empty.
  mutating func append(_ token: AddedToken) {
    let content = Array(token.content.utf8)
    guard !content.isEmpty, positionsByContent[content] == nil else { return }
    positionsByContent[content] = tokens.count
    positionsByID[token.id] = tokens.count
    tokens.append(token)
  }

  /// Makes the tokens known to ``parts(of:normalized:findsSpecial:)``.
  ///
  /// - Parameter normalizer: normalized tokens are looked for in the form that it gives them.
  mutating func index(normalizer: Normalizer?) {
    raw = TokenTrie()
    normalized = TokenTrie()
    for (position, token) in tokens.enumerated() {
      let content = Array(token.content.utf8)
      if token.isNormalized {
        normalized.insert(normalizer?.apply(to: content) ?? content, value: position)
      } else {
        raw.insert(content, value: position)
      }
    }
  }

  /// Whether any token is looked for in normalized text, or, if not `normalized`, in raw text.
  func hasTokens(normalized isNormalized: Bool) -> Bool {
    isNormalized ? !normalized.isEmpty : !raw.isEmpty
  }

  /// Cuts `text` at the added tokens: always the leftmost, of these the longest.
  func parts(of text: Span<UInt8>, normalized isNormalized: Bool, findsSpecial: Bool) -> [Part] {
    var parts: [Part] = []
    var position = 0
    var searchStart = 0
    let trie = isNormalized ? normalized : raw
    while let match = trie.firstMatch(in: text, from: searchStart) {
      searchStart = match.range.upperBound
      let token = tokens[match.value]
      if token.isSpecial && !findsSpecial || token.isSingleWord && isInWord(text, match.range) {
        continue
      }
      var (start, end) = (match.range.lowerBound, match.range.upperBound)
      while token.stripsLeft, start > position {
        let scalar = text.scalar(before: start)
        guard ScalarClass(scalar.value).contains(.space) else { break }
        start -= scalar.length
      }
      if token.stripsRight { end = text.endOfRun(of: .space, from: end, end: text.count) }
      if position < start { parts.append(Part(token: nil, range: position..<start)) }
      parts.append(Part(token: token.id, range: start..<end))
      position = end
    }
    if position < text.count { parts.append(Part(token: nil, range: position..<text.count)) }
    return parts
  }

  private func isInWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.lowerBound > 0 && Self.isWord(text.scalar(before: range.lowerBound).value)
      || range.upperBound < text.count && Self.isWord(text.scalar(at: range.upperBound).value)
  }

  /// `\w`: letters, marks, decimal digits, connectors, joiners.
  private static func isWord(_ value: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(value) else { return false }
    let properties = scalar.properties
    return properties.isAlphabetic || properties.isJoinControl
      || ScalarClass(value).contains(.mark) || properties.generalCategory == .decimalNumber
      || properties.generalCategory == .connectorPunctuation
  }
}
