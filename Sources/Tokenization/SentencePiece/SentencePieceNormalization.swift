/// How SentencePiece rewrites a text before it looks for pieces.
///
/// Source: https://github.com/google/sentencepiece/blob/master/src/normalizer.cc
struct SentencePieceNormalization: Sendable {
  var map: CharacterMap?
  /// Put a space before the text, so that its first word is spelled like all others.
  var addsPrefix = true
  /// Drop spaces at both ends, and all but one of those in a row.
  var removesExtraSpaces = true
  /// Write each space as U+2581.
  var escapesSpaces = true
  /// Put the space behind the text instead of before it.
  var treatsSpaceAsSuffix = false
  /// Put the space before every part of a text with added tokens between, not only before the first.
  var prefixesEveryPart = false
  /// Texts that stay as they are.
  var userDefined: PrefixTrie?

  private var space: [UInt8] { escapesSpaces ? SentencePieceVocabulary.sign : [0x20] }

  /// The rewritten text.
  func apply(to text: TracedText) -> TracedText {
    let space = space
    let addsPrefix = addsPrefix && (prefixesEveryPart || text.origin == 0)
    var rewriter = TextRewriter(text)
    let isBlank = !rewrite(text.bytes.span, addsPrefix: addsPrefix && !treatsSpaceAsSuffix) {
      part in
      switch part {
      case .space(let range):
        rewriter.skip(to: range.lowerBound)
        rewriter.replace(to: range.lowerBound, with: space)
      case .source(let range):
        rewriter.skip(to: range.lowerBound)
        rewriter.keep(to: range.upperBound)
      case .replacement(let range, let source):
        guard let map else { return }
        rewriter.skip(to: source.lowerBound)
        rewriter.replace(to: source.lowerBound, with: map.texts[range])
      }
    }
    if removesExtraSpaces { rewriter.removeTrailing(space) }
    if treatsSpaceAsSuffix, addsPrefix, !isBlank { rewriter.insert(space) }
    return rewriter.output
  }

  /// A part of the rewritten text.
  private enum Part {
    /// A space in place of bytes of the text.
    case space(Range<Int>)
    /// Bytes of the text as they are.
    case source(Range<Int>)
    /// Bytes of the map in place of those of the text.
    case replacement(Range<Int>, of: Range<Int>)
  }

  /// Emits the parts in order; `false` if there is nothing but spaces that go.
  private func rewrite(_ text: Span<UInt8>, addsPrefix: Bool, _ emit: (Part) -> Void) -> Bool {
    var index = 0
    if removesExtraSpaces {
      while index < text.count {
        let step = step(text, index)
        guard isOneSpace(step, at: index, text) else { break }
        index = step.end
      }
    }
    guard index < text.count else { return false }
    if addsPrefix { emit(.space(index..<index)) }
    var isAfterSpace = removesExtraSpaces
    let canStay = (UInt8.min...UInt8.max).map { byte in byte != 0x20 && userDefined == nil }
    while index < text.count {
      let runStart = index
      while index < text.count, canStay[Int(text[index])],
        map?.leaves(text, at: index) ?? true
      {
        // Nothing begins inside a character, whatever bytes the map knows.
        repeat { index += 1 } while index < text.count && text[index] & 0xC0 == 0x80
      }
      if index > runStart {
        emit(.source(runStart..<index))
        isAfterSpace = false
        continue
      }
      let step = step(text, index)
      let isMapped = step.replacement != nil
      let range = step.replacement ?? index..<step.end
      func byte(_ place: Int) -> UInt8 {
        isMapped ? map?.texts[place] ?? 0 : text[place]
      }
      var start = range.lowerBound
      while isAfterSpace, start < range.upperBound, byte(start) == 0x20 { start += 1 }
      if start < range.upperBound {
        isAfterSpace = byte(range.upperBound - 1) == 0x20
        var place = start
        while place < range.upperBound {
          if byte(place) == 0x20 {
            emit(.space(index..<step.end))
            place += 1
            continue
          }
          var end = place
          while end < range.upperBound, byte(end) != 0x20 { end += 1 }
          emit(isMapped ? .replacement(place..<end, of: index..<step.end) : .source(place..<end))
          place = end
        }
      }
      if !removesExtraSpaces { isAfterSpace = false }
      index = step.end
    }
    return true
  }

  /// How far the next part of the text reaches, and what of the map replaces it.
  @inline(__always)
  private func step(_ text: Span<UInt8>, _ index: Int) -> (end: Int, replacement: Range<Int>?) {
    let rest = index..<text.count
    if let match = userDefined?.longestMatch(in: text, rest), text.isBoundary(match.end) {
      return (match.end, nil)
    }
    if let match = map?.longestMatch(in: text, rest) {
      return (index + match.length, match.replacement)
    }
    return (Swift.min(text.count, index + text.scalar(at: index).length), nil)
  }

  private func isOneSpace(
    _ step: (end: Int, replacement: Range<Int>?),
    at index: Int,
    _ text: Span<UInt8>
  ) -> Bool {
    if let range = step.replacement {
      return range.count == 1 && map?.texts[range.lowerBound] == 0x20
    }
    return step.end == index + 1 && text[index] == 0x20
  }
}
