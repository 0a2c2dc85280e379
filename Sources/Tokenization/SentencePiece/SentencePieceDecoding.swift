/// How SentencePiece turns pieces back into text, as they come.
///
/// Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_processor.cc
struct SentencePieceDecoding: Sendable, Equatable {
  /// The unknown piece.
  var unknown: [UInt8]?
  /// What is read for it.
  var unknownSurface: [UInt8]
  /// The text begins without the space of its first piece.
  var dropsFirstSpace: Bool
  /// The text begins with no space of any piece.
  var dropsAllLeadingSpaces: Bool
  /// Whether pieces `<0xHH>` are bytes.
  var fallsBackToBytes: Bool

  /// What has to be known of the pieces before.
  struct State: Sendable {
    fileprivate var isAtStart = true
    fileprivate var isEmpty = true
    fileprivate var bytes: [UInt8] = []
  }

  /// Appends what is certain of the text now that the piece `text[range]` follows.
  func append(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ state: inout State,
    to output: inout [UInt8]
  ) {
    if fallsBackToBytes, let byte = text.fallbackByte(range) {
      state.bytes.append(byte)
      takeCharacters(&state, isLast: false, to: &output)
      return
    }
    let start = output.count
    takeCharacters(&state, isLast: true, to: &output)
    if !state.isEmpty { state.isAtStart = false }
    if let unknown, range.count == unknown.count,
      text.starts(with: unknown.span, at: range.lowerBound, end: range.upperBound)
    {
      output += unknownSurface
    } else {
      var index = range.lowerBound
      if state.isAtStart, dropsFirstSpace, text.isSign(at: index, end: range.upperBound) {
        index += SentencePieceVocabulary.sign.count
        if !dropsAllLeadingSpaces { state.isAtStart = false }
      }
      text.replace(
        SentencePieceVocabulary.sign,
        with: [0x20],
        in: index..<range.upperBound,
        to: &output
      )
    }
    if output.count > start { state.isEmpty = false }
  }

  /// Ends the text: bytes that are no character are U+FFFD.
  func finish(_ state: inout State, to output: inout [UInt8]) {
    takeCharacters(&state, isLast: true, to: &output)
  }

  /// Gives the whole characters among the bytes; what can never become one is U+FFFD, byte by byte.
  private func takeCharacters(_ state: inout State, isLast: Bool, to output: inout [UInt8]) {
    while let first = state.bytes.first {
      let length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      if length > 0, state.bytes.count >= length,
        String(validating: state.bytes[..<length], as: UTF8.self) != nil
      {
        output += state.bytes[..<length]
        state.bytes.removeFirst(length)
      } else if !isLast, length > state.bytes.count, state.bytes.span.canBecomeCharacter {
        return
      } else {
        output += UTF8.encodedReplacementCharacter
        state.bytes.removeFirst()
      }
      state.isEmpty = false
    }
  }
}

extension Span<UInt8> {
  /// Whether the bytes begin a sequence that others could complete.
  fileprivate var canBecomeCharacter: Bool {
    let first = self[0]
    guard first <= 0xF4 else { return false }
    for index in 1..<Swift.max(1, count) {
      let byte = self[index]
      guard byte & 0xC0 == 0x80 else { return false }
      guard index == 1 else { continue }
      switch first {
      case 0xE0 where byte < 0xA0, 0xED where byte >= 0xA0, 0xF0 where byte < 0x90,
        0xF4 where byte >= 0x90:
        return false
      default: break
      }
    }
    return true
  }
}
