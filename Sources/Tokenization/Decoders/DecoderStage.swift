/// One step of decoding as a stream: takes texts of tokens one by one, gives what is certain.
///
/// After a step that makes one text of all, texts are parts of that one.
struct DecoderStage: Sendable {
  private let step: Decoder
  /// Whether inputs are parts of one text rather than texts of tokens.
  private let inputIsFused: Bool
  private var held: [UInt8] = []
  private var holdsToken = false
  private var isFirst = true
  private var strippedCount = 0
  private var sentencePiece = SentencePieceDecoding.State()
  /// How long an expression may still take on all texts together.
  private var patternTime = Duration.seconds(10)

  init(_ step: Decoder, inputIsFused: Bool) {
    self.step = step
    self.inputIsFused = inputIsFused
  }

  /// Whether the outputs are parts of one text.
  var outputIsFused: Bool {
    switch step {
    case .byteLevel, .fuse: true
    default: inputIsFused
    }
  }

  /// Whether the parts of one text must be put together before anything is certain.
  private var waits: Bool {
    guard inputIsFused else { return false }
    switch step {
    case .fuse, .strip: return false
    default: return true
    }
  }

  /// Takes the text `text[range]` and appends the texts that are certain now.
  mutating func take(_ text: Span<UInt8>, _ range: Range<Int>, to output: inout PackedStrings) {
    if waits {
      text.copy(range, to: &held)
      return
    }
    switch step {
    case .byteLevel: takeBytes(text, range, to: &output)
    case .byteFallback: takeForFallback(text, range, to: &output)
    case .strip(let content, let start, let stop):
      if inputIsFused {
        stripPart(text, range, content, start, stop, to: &output)
      } else {
        let kept = text.strippedRange(range, of: content, start: start, stop: stop)
        output.append { text.copy(kept, to: &$0) }
      }
    case .replace(let pattern, let new):
      replaceMatches(of: pattern, in: text, range, with: new, to: &output)
    case .metaspace(let sign, let dropsFirst):
      let space: [UInt8] = isFirst && dropsFirst ? [] : [0x20]
      output.append { text.replace(sign, with: space, in: range, to: &$0) }
    case .wordPiece(let prefix, let cleansUp):
      output.append {
        WordPieceText.append(text, range, prefix, isFirst: isFirst, cleansUp: cleansUp, to: &$0)
      }
    case .suffix(let suffix):
      releaseToken(suffix, with: [0x20], to: &output)
      text.copy(range, to: &held)
      holdsToken = true
    case .ctc(let padding, let delimiter, let cleansUp):
      takeForCTC(text, range, padding, delimiter, cleansUp, to: &output)
    case .joinWithSpaces:
      output.append {
        if !isFirst { $0.append(0x20) }
        text.copy(range, to: &$0)
      }
    case .sentencePiece(let decoding):
      output.append { decoding.append(text, range, &sentencePiece, to: &$0) }
    case .fuse, .sequence: output.append { text.copy(range, to: &$0) }
    }
    isFirst = false
  }

  /// Ends the stream: appends what was held back.
  mutating func finish(to output: inout PackedStrings) {
    if waits {
      var whole = DecoderStage(step, inputIsFused: false)
      whole.take(held.span, 0..<held.count, to: &output)
      whole.finish(to: &output)
      held = []
      return
    }
    switch step {
    case .byteFallback: releaseRun(to: &output)
    case .suffix(let suffix): releaseToken(suffix, with: [], to: &output)
    case .strip(let content, _, let stop) where inputIsFused:
      let kept = held.span.strippedRange(0..<held.count, of: content, start: 0, stop: stop)
      output.append { held.span.copy(kept, to: &$0) }
    case .sentencePiece(let decoding):
      output.append { decoding.finish(&sentencePiece, to: &$0) }
    case .byteLevel: output.append(String(decoding: held, as: UTF8.self).utf8)
    default: break
    }
    held = []
  }

  private mutating func replaceMatches(
    of pattern: SplitPattern,
    in text: Span<UInt8>,
    _ range: Range<Int>,
    with content: [UInt8],
    to output: inout PackedStrings
  ) {
    if case .literal(let old) = pattern {
      output.append { text.replace(old, with: content, in: range, to: &$0) }
      return
    }
    let start = ContinuousClock.now
    let allowance = patternTime + .microseconds(range.count)
    output.append {
      let deadline = start + allowance
      pattern.replaceMatches(in: text, range, with: content, deadline: deadline, to: &$0)
    }
    patternTime = min(patternTime, allowance - (ContinuousClock.now - start))
  }

  /// Gives whole characters only; what can never become one is U+FFFD.
  private mutating func takeBytes(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    to output: inout PackedStrings
  ) {
    ByteAlphabet.decode(text, range, to: &held)
    let end = held.span.endOfWholeCharacters
    guard end > 0 else { return }
    output.append(String(decoding: held[..<end], as: UTF8.self).utf8)
    held.removeFirst(end)
  }

  private mutating func takeForFallback(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    to output: inout PackedStrings
  ) {
    if let byte = text.fallbackByte(range) {
      held.append(byte)
    } else {
      releaseRun(to: &output)
      output.append { text.copy(range, to: &$0) }
    }
  }

  private mutating func releaseRun(to output: inout PackedStrings) {
    guard !held.isEmpty else { return }
    if String(validating: held, as: UTF8.self) != nil {
      output.append(held)
    } else {
      for _ in held { output.append("\u{FFFD}".utf8) }
    }
    held.removeAll()
  }

  private mutating func releaseToken(
    _ suffix: [UInt8],
    with space: [UInt8],
    to output: inout PackedStrings
  ) {
    guard holdsToken else { return }
    output.append { held.span.replace(suffix, with: space, in: 0..<held.count, to: &$0) }
    held.removeAll(keepingCapacity: true)
  }

  private mutating func takeForCTC(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ padding: [UInt8],
    _ delimiter: [UInt8],
    _ cleansUp: Bool,
    to output: inout PackedStrings
  ) {
    let isSaidAgain =
      !isFirst && held.count == range.count
      && text.starts(with: held.span, at: range.lowerBound, end: range.upperBound)
    guard !isSaidAgain else { return }
    held.removeAll(keepingCapacity: true)
    text.copy(range, to: &held)
    var result: [UInt8] = []
    text.replace(padding, with: [], in: range, to: &result)
    if cleansUp {
      let repaired = WordPieceText.repaired(result)
      result = []
      repaired.span.replace(delimiter, with: [0x20], in: 0..<repaired.count, to: &result)
    }
    if !result.isEmpty { output.append(result) }
  }

  /// Strips one long text that comes in parts: what may be its end is held back.
  private mutating func stripPart(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ content: UInt32,
    _ start: Int,
    _ stop: Int,
    to output: inout PackedStrings
  ) {
    var index = range.lowerBound
    while strippedCount < start, index < range.upperBound {
      let scalar = text.scalar(at: index)
      guard scalar.value == content else {
        strippedCount = start
        break
      }
      strippedCount += 1
      index += scalar.length
    }
    text.copy(index..<range.upperBound, to: &held)
    let kept = held.span.strippedRange(0..<held.count, of: content, start: 0, stop: stop)
    output.append { held.span.copy(kept, to: &$0) }
    held.removeFirst(kept.count)
  }
}

extension Span<UInt8> {
  /// The byte that a token `<0xHH>` stands for.
  func fallbackByte(_ range: Range<Int>) -> UInt8? {
    let start = range.lowerBound
    guard range.count == 6, self[start] == UInt8(ascii: "<"), self[start + 1] == UInt8(ascii: "0"),
      self[start + 2] == UInt8(ascii: "x"), self[start + 5] == UInt8(ascii: ">")
    else { return nil }
    return UInt8(String(decoding: [self[start + 3], self[start + 4]], as: UTF8.self), radix: 16)
  }

  /// `range` without up to `start` scalars `content` at the beginning and `stop` at the end.
  fileprivate func strippedRange(_ range: Range<Int>, of content: UInt32, start: Int, stop: Int)
    -> Range<Int>
  {
    var lower = range.lowerBound
    var upper = range.upperBound
    var left = start
    while left > 0, lower < upper, scalar(at: lower).value == content {
      lower += scalar(at: lower).length
      left -= 1
    }
    left = stop
    while left > 0, lower < upper, scalar(before: upper).value == content {
      upper -= scalar(before: upper).length
      left -= 1
    }
    return lower..<upper
  }

  /// Where a sequence begins that the next bytes could complete; the count if there is none.
  fileprivate var endOfWholeCharacters: Int {
    for back in 1..<4 where back <= count {
      let byte = self[count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte > 0xF4 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
      return length > back && canFollow(byte, back) ? count - back : count
    }
    return count
  }

  /// Whether the byte after `lead`, if there is one, is among those that may follow it.
  private func canFollow(_ lead: UInt8, _ back: Int) -> Bool {
    guard back > 1 else { return true }
    let second = self[count - back + 1]
    return switch lead {
    case 0xE0: second >= 0xA0
    case 0xED: second < 0xA0
    case 0xF0: second >= 0x90
    case 0xF4: second < 0x90
    default: true
    }
  }
}

extension SplitPattern {
  /// Appends the text of `range` with `content` for each match that is found until `deadline`.
  fileprivate func replaceMatches(
    in text: Span<UInt8>,
    _ range: Range<Int>,
    with content: [UInt8],
    deadline: ContinuousClock.Instant,
    to output: inout [UInt8]
  ) {
    var matches = PatternMatches(self, in: range, deadline: deadline)
    var kept = range.lowerBound
    // What takes too long to find stays: decoding has no errors.
    while let match = try? matches.next(in: text) {
      text.copy(kept..<match.lowerBound, to: &output)
      output += content
      kept = match.upperBound
    }
    text.copy(kept..<range.upperBound, to: &output)
  }
}
