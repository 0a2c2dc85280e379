/// Rewrites a text before it is cut.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/normalizers
indirect enum Normalizer: Sendable {
  case nfc
  case nfd
  case lowercase
  case strip(left: Bool, right: Bool)
  /// Puts bytes before any text that is not empty.
  case prepend([UInt8])
  case replace(SplitPattern, with: [UInt8])
  /// Maps bytes to the byte alphabet.
  case byteLevel
  case bert(BertNormalization)
  case sequence([Normalizer])

  /// The rewritten text.
  func apply(to text: [UInt8]) -> [UInt8] {
    switch self {
    case .nfc: Normalization.nfc(text)
    case .nfd: Normalization.nfd(text)
    case .lowercase: Self.lowercased(text)
    case .strip(let left, let right): Self.stripped(text, left: left, right: right)
    case .prepend(let bytes): text.isEmpty ? text : bytes + text
    case .replace(let pattern, let content): Self.replaced(text, pattern, with: content)
    case .byteLevel: Self.mapped(text)
    case .bert(let bert): bert.apply(to: text)
    case .sequence(let steps): steps.reduce(text) { $1.apply(to: $0) }
    }
  }

  private static func replaced(_ text: [UInt8], _ pattern: SplitPattern, with content: [UInt8])
    -> [UInt8]
  {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    text.span.replace(pattern, with: content, in: 0..<text.count, to: &output)
    return output
  }

  static func lowercased(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      output.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
    }
    return output
  }

  private static func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
    let span = text.span
    let start = left ? span.endOfRun(of: .space, from: 0, end: span.count) : 0
    var end = span.count
    while right, end > start {
      let scalar = span.scalar(before: end)
      guard ScalarClass(scalar.value).contains(.space) else { break }
      end -= scalar.length
    }
    return Array(text[start..<end])
  }

  private static func mapped(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    ByteAlphabet.encode(text.span, 0..<text.count, to: &output)
    return output
  }
}
