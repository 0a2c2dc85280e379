/// What BERT does to a text before it is cut: control characters go, every white space is a space,
/// ideographs stand apart, accents and capitals go where the model is "uncased".
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/normalizers/bert.rs
struct BertNormalization: Sendable, Equatable {
  var cleansText = true
  var separatesIdeographs = true
  var stripsAccents = true
  var lowercases = true

  /// The rewritten text.
  func apply(to text: [UInt8]) -> [UInt8] {
    var output = text
    if cleansText || separatesIdeographs { output = cleaned(output) }
    if stripsAccents { output = Self.withoutAccents(output) }
    if lowercases { output = Normalizer.lowercased(output) }
    return output
  }

  private func cleaned(_ text: [UInt8]) -> [UInt8] {
    let span = text.span
    var output: [UInt8] = []
    output.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      let scalar = span.scalar(at: index)
      let end = min(text.count, index + scalar.length)
      defer { index = end }
      if cleansText {
        if Self.isDropped(scalar.value) { continue }
        if ScalarClass(scalar.value).contains(.space) {
          output.append(0x20)
          continue
        }
      }
      let isIdeograph = separatesIdeographs && Self.isIdeograph(scalar.value)
      if isIdeograph { output.append(0x20) }
      span.copy(index..<end, to: &output)
      if isIdeograph { output.append(0x20) }
    }
    return output
  }

  /// U+0000, U+FFFD, control, format and private characters, but not tab and line ends.
  private static func isDropped(_ value: UInt32) -> Bool {
    switch value {
    case 0x09, 0x0A, 0x0D: return false
    case 0x20..<0x7F: return false
    case 0, 0xFFFD: return true
    default: break
    }
    guard let scalar = Unicode.Scalar(value) else { return true }
    switch scalar.categoryInUnicode8 {
    case .control, .format, .privateUse: return true
    default: return false
    }
  }

  /// The ranges of the reference, of which the last but one begins later than it should.
  private static func isIdeograph(_ value: UInt32) -> Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
      0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// The decomposed text without nonspacing marks.
  static func withoutAccents(_ text: [UInt8]) -> [UInt8] {
    let decomposed = Normalization.nfd(text)
    guard decomposed.contains(where: { $0 >= 0x80 }) else { return decomposed }
    let span = decomposed.span
    var output: [UInt8] = []
    output.reserveCapacity(decomposed.count)
    var index = 0
    while index < decomposed.count {
      let scalar = span.scalar(at: index)
      let end = min(decomposed.count, index + scalar.length)
      let isMark =
        Unicode.Scalar(scalar.value).map { $0.categoryInUnicode8 == .nonspacingMark } ?? false
      if !isMark { span.copy(index..<end, to: &output) }
      index = end
    }
    return output
  }
}
