extension Tokenizer {
  /// The tokens of `text`, or of `text` and `pair` together, with all that is known of them.
  ///
  /// - Parameters:
  ///   - pair: a second text.
  ///   - addSpecialTokens: put around the texts what the model expects there.
  ///   - parseSpecialTokens: let the names of special tokens in a text stand for the tokens.
  ///   - truncation: cut the texts; ``truncation`` is how the file wants it. As in the reference, a length that
  ///     the added tokens alone exceed cuts nothing.
  /// - Throws: `TokenizerError` if an expression of the tokenizer takes too long on the text, or if the texts
  ///   cannot be cut so.
  public func encoding(
    of text: String,
    and pair: String? = nil,
    addSpecialTokens: Bool,
    parseSpecialTokens: Bool = true,
    truncation: Truncation? = nil
  ) throws(TokenizerError) -> Encoding {
    var first = try encoding(of: text, parseSpecialTokens: parseSpecialTokens)
    var second: Encoding?
    if let pair { second = try encoding(of: pair, parseSpecialTokens: parseSpecialTokens) }
    if let count = second?.tokens.count {
      second?.typeIDs = Array(repeating: 1, count: count)
    }
    if var truncation {
      let count = addSpecialTokens ? postProcessor.tokenCount(isPair: pair != nil) : 0
      if truncation.length >= count {
        truncation.length -= count
        try truncation.apply(to: &first, &second)
      }
    }
    for hasPrefixSpace in postProcessor.trims {
      first.trimOffsets(hasPrefixSpace: hasPrefixSpace, spelledEdges)
      second?.trimOffsets(hasPrefixSpace: hasPrefixSpace, spelledEdges)
    }
    return postProcessor.apply(to: first, second, addSpecialTokens: addSpecialTokens)
  }

  /// The tokens of `text` alone.
  func untracedTokens(of text: String, parseSpecialTokens: Bool) throws(TokenizerError) -> [TokenID]
  {
    var tokens: [TokenID] = []
    let isTraced = needsTracing
    try forEachPart(of: Array(text.utf8), parseSpecialTokens, isTraced: isTraced) {
      text,
      token throws(TokenizerError) in
      if let token {
        tokens.append(TokenID(token))
        return
      }
      var pieces = Pieces(text)
      try preTokenizer?.apply(to: &pieces)
      var row = TokenRow(isTraced: false)
      try model.encode(pieces, to: &row)
      if tokens.isEmpty { tokens = row.ids } else { tokens += row.ids }
    }
    return tokens
  }

  /// One text without special tokens around it.
  private func encoding(of text: String, parseSpecialTokens: Bool) throws(TokenizerError)
    -> Encoding
  {
    var result = Encoding()
    let bytes = Array(text.utf8)
    var word = 0
    try forEachPart(of: bytes, parseSpecialTokens, isTraced: true) {
      text,
      token throws(TokenizerError) in
      if let token {
        let start = text.sources.first.map { Int($0.start) } ?? text.origin
        let end = text.sources.last.map { Int($0.end) } ?? start
        result.append(token, from: start, to: end, word: word)
        result.edges.append(Encoding.Edges(of: text.bytes))
        word += 1
        return
      }
      var pieces = Pieces(text)
      try preTokenizer?.apply(to: &pieces)
      var row = TokenRow(isTraced: true)
      try model.encode(pieces, to: &row)
      result.append(row, pieces, &word, spelledAsInText: model.unknownAsInText)
    }
    let count = result.tokens.count
    result.typeIDs = Array(repeating: 0, count: count)
    result.isAdded = Array(repeating: false, count: count)
    result.isPadding = Array(repeating: false, count: count)
    let characters = CharacterOffsets(bytes)
    for index in result.offsets.indices {
      result.offsets[index] = characters[result.offsets[index]]
    }
    return result
  }

  /// Whether what the pre-tokenizer does depends on where the first character comes from.
  private var needsTracing: Bool {
    normalizer != nil && preTokenizer?.asksForOrigin ?? false
  }

  /// Calls `body` with each added token in the text, and with the normalized text between.
  private func forEachPart(
    of bytes: [UInt8],
    _ findsSpecial: Bool,
    isTraced: Bool,
    _ body: (TracedText, UInt32?) throws(TokenizerError) -> Void
  ) throws(TokenizerError) {
    let span = bytes.span
    guard !bytes.isEmpty else { return }
    let limits = WorkLimits(byteCount: bytes.count)
    let parts =
      addedTokens.hasTokens(normalized: false)
      ? addedTokens.parts(of: span, normalized: false, findsSpecial: findsSpecial)
      : [AddedTokens.Part(token: nil, range: 0..<bytes.count)]
    for part in parts {
      var text = TracedText(span, part.range, isTraced: isTraced, limits: limits)
      guard part.token == nil else {
        try body(text, part.token)
        continue
      }
      if let normalizer { text = try normalizer.apply(to: text) }
      let normalizedParts =
        addedTokens.hasTokens(normalized: true)
        ? addedTokens.parts(of: text.bytes.span, normalized: true, findsSpecial: findsSpecial)
        : [AddedTokens.Part(token: nil, range: 0..<text.bytes.count)]
      for part in normalizedParts { try body(TracedText(text, part.range), part.token) }
    }
  }

  /// The white space that the token begins and ends with as it is spelled.
  private func spelledEdges(_ token: TokenID) -> Encoding.Edges {
    var text = PackedStrings()
    guard appendText(of: token, to: &text) else { return Encoding.Edges(leading: 0, trailing: 0) }
    return Encoding.Edges(of: text.bytes)
  }
}

extension Encoding.Edges {
  /// The white space of `text`, its stand-in in the byte alphabet included.
  fileprivate init(of text: [UInt8]) {
    let bytes = text.span
    func isSpace(_ scalar: UInt32) -> Bool {
      scalar == ByteAlphabet.space || ScalarClass(scalar).contains(.space)
    }
    leading = 0
    var index = 0
    while index < bytes.count {
      let scalar = bytes.scalar(at: index)
      guard isSpace(scalar.value) else { break }
      leading += 1
      index += scalar.length
    }
    trailing = 0
    index = bytes.count
    while index > 0 {
      let scalar = bytes.scalar(before: index)
      guard isSpace(scalar.value) else { break }
      trailing += 1
      index -= scalar.length
    }
  }
}

extension PreTokenizer {
  fileprivate var asksForOrigin: Bool {
    switch self {
    case .metaspace(let metaspace): metaspace.scheme == .first
    case .sequence(let steps): steps.contains(where: \.asksForOrigin)
    default: false
    }
  }
}

extension Encoding {
  /// Adds the tokens of a row; offsets count bytes.
  ///
  /// - Parameter unknown: the token that white space is counted of as it stands in the text.
  fileprivate mutating func append(
    _ row: TokenRow,
    _ pieces: Pieces,
    _ word: inout Int,
    spelledAsInText unknown: UInt32?
  ) {
    let sources = pieces.text.sources
    var index = 0
    for (piece, end) in zip(pieces.ranges, row.pieceEnds) {
      var offset = piece.lowerBound
      while index < end {
        let length = row.length(at: index)
        let next = offset + length.count
        var (from, to) = (0, 0)
        if next > piece.upperBound {
          // Bytes of a prefix or suffix stand for tokens too. The reference then counts from the piece's start.
          (from, to) = (offset - piece.lowerBound, next - piece.lowerBound)
        } else if offset < next {
          (from, to) = (Int(sources[offset].start), Int(sources[next - 1].end))
        }
        let id = row.ids[index].rawValue
        append(id, from: from, to: to, word: word)
        let isInText = id == unknown && next <= piece.upperBound
        edges.append(isInText ? Edges(of: Array(pieces.bytes[offset..<next])) : nil)
        if !length.stays { offset = next }
        index += 1
      }
      word += 1
    }
  }

  fileprivate mutating func append(_ token: UInt32, from start: Int, to end: Int, word: Int) {
    tokens.append(TokenID(token))
    offsets.append(start..<max(start, end))
    words.append(word)
  }
}

/// Turns offsets in bytes into offsets in characters.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/tokenizer/pre_tokenizer.rs
private struct CharacterOffsets {
  /// The number of the character that each byte is a part of; `nil` if every byte is a character.
  private let numbers: [UInt32]?
  private let byteCount: Int

  init(_ bytes: [UInt8]) {
    byteCount = bytes.count
    guard bytes.contains(where: { $0 >= 0x80 }) else {
      numbers = nil
      return
    }
    var numbers: [UInt32] = []
    numbers.reserveCapacity(bytes.count + 1)
    var count: UInt32 = 0
    for byte in bytes {
      if byte & 0xC0 != 0x80 { count += 1 }
      numbers.append(count &- 1)
    }
    numbers.append(count)
    self.numbers = numbers
  }

  subscript(range: Range<Int>) -> Range<Int> {
    // What begins outside the text stays as it is; what ends there is taken for two characters.
    guard range.lowerBound < byteCount else { return range }
    let start = number(of: range.lowerBound)
    guard range.upperBound <= byteCount else { return start..<start + 2 }
    return start..<max(start, number(of: range.upperBound))
  }

  private func number(of byte: Int) -> Int { numbers.map { Int($0[byte]) } ?? byte }
}
