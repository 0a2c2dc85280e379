extension Tokenizer {
  /// How many tokens `text` has at least, told from its length; 0 where that tells nothing.
  ///
  /// It tells something where every byte of a text becomes a part of a token: with byte-level
  /// vocabularies, unless a step drops white space. Composing (NFC) leaves a third of the bytes or more.
  public func leastTokenCount(of text: String) -> Int {
    guard case .pairs(let model) = model, model.readsRawBytes,
      preTokenizer?.keepsText ?? true,
      !addedTokens.tokens.contains(where: { $0.stripsLeft || $0.stripsRight })
    else { return 0 }
    let composition: Int
    switch normalizer {
    case nil: composition = 1
    case .nfc: composition = 3
    default: return 0
    }
    // In the byte alphabet a byte is spelled with one or two: names are at least as long as texts.
    let longestName = max(
      model.tokens.strings.longestCount,
      addedTokens.tokens.lazy.map(\.content.utf8.count).max() ?? 0
    )
    return text.utf8.count / composition / max(1, longestName)
  }
}

extension PreTokenizer {
  /// Whether all of a text is in the pieces.
  fileprivate var keepsText: Bool {
    switch self {
    case .split(_, let behavior, _), .punctuation(let behavior): behavior != .removed
    case .whitespaceSplit, .bert: false
    case .byteLevel, .digits, .metaspace: true
    case .sequence(let steps): steps.allSatisfy(\.keepsText)
    }
  }
}

extension PackedStrings {
  /// Bytes of the longest string.
  fileprivate var longestCount: Int {
    ends.indices.lazy.map { self.range(of: $0).count }.max() ?? 0
  }
}
