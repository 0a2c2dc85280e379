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
  /// How it is spelled in decoded text: as it is looked for.
  var spelling: [UInt8] = []
  /// Left out of decoded text on request: its spelling is that of a special token.
  var isSkipped = false
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
  /// The position of each id from the lowest on, or -1.
  private var positionsByID: [Int32] = []
  private var lowestID: UInt32 = 0
  private var raw = TokenTrie()
  private var normalized = TokenTrie()

  /// The id of the added token `content`.
  func id(of content: String) -> UInt32? {
    positionsByContent[Array(content.utf8)].map { tokens[$0].id }
  }

  /// The added token numbered `id`.
  subscript(id: UInt32) -> AddedToken? { position(of: id).map { tokens[$0] } }

  /// Where the added token numbered `id` stands in ``tokens``.
  @inline(__always)
  func position(of id: UInt32) -> Int? {
    let index = Int(id) - Int(lowestID)
    guard index >= 0, index < positionsByID.count, positionsByID[index] >= 0 else { return nil }
    return Int(positionsByID[index])
  }

  /// The highest id.
  private(set) var highestID: UInt32?

  /// Adds `token` unless its content is there or empty.
  mutating func append(_ token: AddedToken) {
    let content = Array(token.content.utf8)
    guard !content.isEmpty, positionsByContent[content] == nil else { return }
    positionsByContent[content] = tokens.count
    place(token.id)
    tokens.append(token)
  }

  private mutating func place(_ id: UInt32) {
    guard id < TokenTable.idLimit else { return }
    if positionsByID.isEmpty { lowestID = id }
    if id < lowestID {
      // At least twice as many, so that ids in falling order do not move all the others each time.
      let missing = max(Int(lowestID - id), min(Int(lowestID), positionsByID.count))
      positionsByID.insert(contentsOf: repeatElement(-1, count: missing), at: 0)
      lowestID -= UInt32(missing)
    }
    let index = Int(id - lowestID)
    if index >= positionsByID.count {
      positionsByID += repeatElement(-1, count: index + 1 - positionsByID.count)
    }
    positionsByID[index] = Int32(truncatingIfNeeded: tokens.count)
    highestID = max(highestID ?? 0, id)
  }

  /// Makes the tokens known to ``parts(of:normalized:findsSpecial:)``.
  ///
  /// - Parameter normalizer: normalized tokens are looked for in the form that it gives them.
  mutating func index(normalizer: Normalizer?) throws(TokenizerError) {
    raw = TokenTrie()
    normalized = TokenTrie()
    let limits = WorkLimits(byteCount: tokens.reduce(0) { $0 + $1.content.utf8.count })
    var length = 0
    let specialContents = Set(tokens.filter(\.isSpecial).map { Array($0.content.utf8) })
    for (position, token) in tokens.enumerated() {
      let content = Array(token.content.utf8)
      tokens[position].spelling = content
      if token.isNormalized {
        let text = TracedText(content.span, 0..<content.count, isTraced: false, limits: limits)
        let spelling = try normalizer?.apply(to: text).bytes ?? content
        length += spelling.count
        guard length <= limits.byteLimit else { throw .textTooLong(limit: limits.byteLimit) }
        normalized.insert(spelling, value: position)
        tokens[position].spelling = spelling
      } else {
        raw.insert(content, value: position)
      }
      tokens[position].isSkipped = specialContents.contains(tokens[position].spelling)
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
      // What the token before took along is gone, but only for tokens that look to their left.
      if token.stripsLeft { start = max(start, position) }
      guard start < end else { continue }
      if position < start { parts.append(Part(token: nil, range: position..<start)) }
      parts.append(Part(token: token.id, range: start..<end))
      position = end
    }
    if position < text.count { parts.append(Part(token: nil, range: position..<text.count)) }
    return parts
  }

  private func isInWord(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    range.lowerBound > 0 && ScalarClass(text.scalar(before: range.lowerBound).value).contains(.word)
      || range.upperBound < text.count
        && ScalarClass(text.scalar(at: range.upperBound).value).contains(.word)
  }
}
