extension Tokenizer {
  /// How many tokens `text` has at least, told from its length; 0 where that tells nothing.
  ///
  /// It tells something where each byte that the vocabulary knows becomes a part of a token: with
  /// byte-level vocabularies, unless a step drops white space. Composing (NFC) leaves a third of
  /// the bytes or more.
  public func leastTokenCount(of text: String) -> Int {
    guard case .pairs(let model) = model, let knownBytes = model.knownBytes,
      model.readsRawBytes || preTokenizer?.endsInByteLevel ?? false,
      preTokenizer?.keepsText ?? true,
      !addedTokens.tokens.contains(where: { $0.stripsLeft || $0.stripsRight })
    else { return 0 }
    let composition: Int
    switch normalizer {
    case nil: composition = 1
    case .form(.nfc): composition = 3
    default: return 0
    }
    // In the byte alphabet a byte is spelled with one or two: names are at least as long as texts.
    let longestName = max(
      model.tokens.strings.longestCount,
      addedTokens.tokens.lazy.map(\.content.utf8.count).max() ?? 0
    )
    let count = text.utf8.reduce(0) { knownBytes[Int($1)] ? $0 + 1 : $0 }
    return count / composition / max(1, longestName)
  }
}

extension BytePairEncoding {
  /// Which bytes have a symbol in the byte alphabet; `nil` where symbols are spelled in other ways.
  fileprivate var knownBytes: [Bool]? {
    guard options.continuingSubwordPrefix.isEmpty, options.endOfWordSuffix.isEmpty else {
      return nil
    }
    return ByteAlphabet.characters.map { character in
      let name = Unicode.Scalar(character).map { Array(String($0).utf8) } ?? []
      return tokens.id(of: name.span, 0..<name.count) != nil
    }
  }
}

extension PreTokenizer {
  /// Whether all of a text is in the pieces.
  fileprivate var keepsText: Bool {
    switch self {
    case .split(_, let behavior, _), .punctuation(let behavior): behavior != .removed
    case .whitespaceSplit, .words, .bert, .delimiter, .scripts: false
    case .byteLevel, .digits, .metaspace, .fixedLength: true
    case .sequence(let steps): steps.allSatisfy(\.keepsText)
    }
  }
}
