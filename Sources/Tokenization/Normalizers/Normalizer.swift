/// Rewrites a text before it is cut.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/normalizers
indirect enum Normalizer: Sendable {
  case form(NormalForm)
  case lowercase
  case strip(left: Bool, right: Bool)
  /// Drops combining marks.
  case stripAccents
  /// Drops control characters and makes spaces of unusual ones.
  case nmt
  /// Puts bytes before any text that is not empty.
  case prepend([UInt8])
  case replace(SplitPattern, with: [UInt8])
  /// Maps bytes to the byte alphabet.
  case byteLevel
  case bert(BertNormalization)
  case precompiled(Precompiled)
  case sentencePiece(SentencePieceNormalization)
  case sequence([Normalizer])

  static var nfc: Normalizer { .form(.nfc) }

  /// The rewritten text.
  func apply(to text: TracedText) throws(TokenizerError) -> TracedText {
    let result = try rewritten(text)
    try result.checkLength()
    return result
  }

  private func rewritten(_ text: TracedText) throws(TokenizerError) -> TracedText {
    switch self {
    case .form(let form): return form.apply(to: text)
    case .lowercase: return Self.lowercased(text)
    case .strip(let left, let right): return Self.stripped(text, left: left, right: right)
    case .stripAccents: return Self.filtered(text, without: .combiningMark)
    case .nmt: return Self.cleaned(text)
    case .prepend(let bytes): return Self.prepended(text, bytes)
    case .replace(let pattern, let content):
      return try Self.replaced(text, pattern, with: content)
    case .byteLevel: return Self.mapped(text)
    case .bert(let bert): return bert.apply(to: text)
    case .precompiled(let precompiled): return precompiled.apply(to: text)
    case .sentencePiece(let normalization): return normalization.apply(to: text)
    case .sequence(let steps):
      var text = text
      for step in steps { text = try step.apply(to: text) }
      return text
    }
  }

  private static func replaced(
    _ text: TracedText,
    _ pattern: SplitPattern,
    with content: [UInt8]
  ) throws(TokenizerError) -> TracedText {
    var rewriter = TextRewriter(text)
    var matches = PatternMatches(pattern, in: 0..<text.bytes.count, deadline: text.limits.deadline)
    while let match = try matches.next(in: text.bytes.span) {
      rewriter.keep(to: match.lowerBound)
      rewriter.skip(to: match.upperBound)
      rewriter.insert(content)
    }
    rewriter.keep(to: text.bytes.count)
    return rewriter.output
  }

  static func lowercased(_ text: TracedText) -> TracedText {
    let span = text.bytes.span
    var rewriter = TextRewriter(text)
    var index = 0
    while index < span.count {
      let byte = span[index]
      if byte < 0x80 {
        let end = index + 1
        if byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") {
          rewriter.keep(to: index)
          rewriter.replace(to: end, with: CollectionOfOne(byte | 0x20))
        }
        index = end
        continue
      }
      let scalar = span.scalar(at: index)
      let end = index + scalar.length
      if ScalarClass(scalar.value).contains(.changesInLowercase),
        let small = UnicodeData.lowercase[scalar.value], let first = small.first
      {
        rewriter.keep(to: index)
        rewriter.replace(to: end, withScalar: first)
        for scalar in small.dropFirst() { rewriter.insert(scalar: scalar) }
      }
      index = end
    }
    rewriter.keep(to: span.count)
    return rewriter.output
  }

  /// The text without the scalars of `classes`.
  static func filtered(_ text: TracedText, without classes: ScalarClass) -> TracedText {
    let span = text.bytes.span
    var rewriter = TextRewriter(text)
    var index = 0
    while index < span.count {
      if span[index] < 0x80, classes.isDisjoint(with: .unclean) {
        index += 1
        continue
      }
      let scalar = span.scalar(at: index)
      let end = index + scalar.length
      if !ScalarClass(scalar.value).isDisjoint(with: classes) {
        rewriter.keep(to: index)
        rewriter.skip(to: end)
      }
      index = end
    }
    rewriter.keep(to: span.count)
    return rewriter.output
  }

  private static func stripped(_ text: TracedText, left: Bool, right: Bool) -> TracedText {
    let span = text.bytes.span
    let start = left ? span.endOfRun(of: .space, from: 0, end: span.count) : 0
    var end = span.count
    while right, end > start {
      let scalar = span.scalar(before: end)
      guard ScalarClass(scalar.value).contains(.space) else { break }
      end -= scalar.length
    }
    var rewriter = TextRewriter(text)
    rewriter.skip(to: start)
    rewriter.keep(to: end)
    return rewriter.output
  }

  /// Source: https://github.com/google/sentencepiece/blob/master/src/normalization_rule.h (nmt_nfkc)
  private static func cleaned(_ text: TracedText) -> TracedText {
    let span = text.bytes.span
    var rewriter = TextRewriter(text)
    var index = 0
    while index < span.count {
      let scalar = span.scalar(at: index)
      let end = index + scalar.length
      switch scalar.value {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F:
        rewriter.keep(to: index)
        rewriter.skip(to: end)
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        rewriter.keep(to: index)
        rewriter.replace(to: end, with: CollectionOfOne(0x20))
      default: break
      }
      index = end
    }
    rewriter.keep(to: span.count)
    return rewriter.output
  }

  private static func prepended(_ text: TracedText, _ bytes: [UInt8]) -> TracedText {
    guard !text.bytes.isEmpty, !bytes.isEmpty else { return text }
    var rewriter = TextRewriter(text)
    rewriter.replace(to: 0, with: bytes)
    rewriter.keep(to: text.bytes.count)
    return rewriter.output
  }

  private static func mapped(_ text: TracedText) -> TracedText {
    let characters = ByteAlphabet.characters
    var rewriter = TextRewriter(text)
    for (index, byte) in text.bytes.enumerated() {
      rewriter.replace(to: index + 1, withScalar: characters[Int(byte)])
    }
    return rewriter.output
  }
}
