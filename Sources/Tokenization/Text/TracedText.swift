/// A text that is being rewritten and, where asked for, what each of its bytes was in the text as given.
struct TracedText: Sendable {
  /// A range of bytes in the text as given.
  struct Source: Sendable, Equatable {
    var start: UInt32
    var end: UInt32
  }

  var bytes: [UInt8]
  /// The source of each byte; empty if the text is not traced.
  var sources: [Source]
  let isTraced: Bool
  /// Where the text begins in the text as given.
  let origin: Int
  /// What the work on the whole text may cost.
  let limits: WorkLimits
  /// Whether something was left out because the text would have become too long.
  private(set) var isCut = false

  /// A text to be filled, of the same kind as `other`.
  init(like other: TracedText) {
    bytes = []
    sources = []
    isTraced = other.isTraced
    origin = other.origin
    limits = other.limits
    bytes.reserveCapacity(other.bytes.count)
    if isTraced { sources.reserveCapacity(other.bytes.count) }
  }

  /// The bytes of `range` of a text as given; `limits` are those of the whole text, or else of these bytes.
  init(_ text: Span<UInt8>, _ range: Range<Int>, isTraced: Bool, limits: WorkLimits? = nil) {
    self.limits = limits ?? WorkLimits(byteCount: range.count)
    bytes = []
    bytes.reserveCapacity(range.count)
    sources = []
    text.copy(range, to: &bytes)
    self.isTraced = isTraced
    origin = range.lowerBound
    guard isTraced else { return }
    sources.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let end = min(range.upperBound, index + text.scalar(at: index).length)
      let source = Source(
        start: UInt32(truncatingIfNeeded: index),
        end: UInt32(truncatingIfNeeded: end)
      )
      for _ in index..<end { sources.append(source) }
      index = end
    }
  }

  /// The bytes of `range` of another text.
  ///
  /// It begins, as the reference has it, where the source of its first byte begins.
  init(_ text: TracedText, _ range: Range<Int>) {
    isTraced = text.isTraced
    limits = text.limits
    if range == 0..<text.bytes.count {
      bytes = text.bytes
      sources = text.sources
    } else {
      bytes = Array(text.bytes[range])
      sources = isTraced ? Array(text.sources[range]) : []
    }
    origin =
      isTraced ? sources.first.map { Int($0.start) } ?? text.origin : text.origin + range.lowerBound
  }

  /// Whether so many bytes more are not too many; otherwise the text counts as cut.
  @inline(__always)
  mutating func hasRoom(for count: Int) -> Bool {
    if bytes.count + count <= limits.byteLimit { return true }
    isCut = true
    return false
  }

  /// - Throws: `TokenizerError` if the text is longer than it may be.
  func checkLength() throws(TokenizerError) {
    guard !isCut, bytes.count <= limits.byteLimit else {
      throw .textTooLong(limit: limits.byteLimit)
    }
  }
}

/// Writes a text anew from left to right, so that each byte knows where it comes from.
///
/// Whatever is written takes the source of what stands at ``position`` in the text before, or, if it is
/// inserted, of what stands before that.
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/tokenizer/normalizer.rs
struct TextRewriter {
  let input: TracedText
  private(set) var output: TracedText
  /// How much of the text before has been passed.
  private(set) var position = 0

  init(_ input: TracedText) {
    self.input = input
    output = TracedText(like: input)
  }

  /// Keeps all up to `end`.
  mutating func keep(to end: Int) {
    guard end > position else { return }
    let bytes = input.bytes
    bytes.span.copy(position..<end, to: &output.bytes)
    if input.isTraced { output.sources += input.sources[position..<end] }
    position = end
  }

  /// Leaves out all up to `end`.
  mutating func skip(to end: Int) { position = max(position, end) }

  /// Writes `text` in place of the bytes up to `end`, all of it with the source of their first.
  mutating func replace(to end: Int, with text: some Collection<UInt8>) {
    append(text, source: position)
    position = max(position, end)
  }

  /// Writes `scalar` in place of the bytes up to `end`, with the source of their first.
  mutating func replace(to end: Int, withScalar scalar: UInt32) {
    appendScalar(scalar, source: position)
    position = max(position, end)
  }

  /// Inserts `text`, which belongs to what stands before.
  mutating func insert(_ text: some Collection<UInt8>) { append(text, source: position - 1) }

  /// Inserts `scalar`, which belongs to what stands before.
  mutating func insert(scalar: UInt32) { appendScalar(scalar, source: position - 1) }

  /// Takes every `suffix` from the end of what is written.
  mutating func removeTrailing(_ suffix: [UInt8]) {
    while output.bytes.count >= suffix.count, output.bytes.suffix(suffix.count) == suffix[...] {
      output.bytes.removeLast(suffix.count)
      if input.isTraced { output.sources.removeLast(suffix.count) }
    }
  }

  private mutating func append(_ text: some Collection<UInt8>, source index: Int) {
    guard output.hasRoom(for: text.count) else { return }
    output.bytes += text
    if input.isTraced { trace(count: text.count, index) }
  }

  private mutating func appendScalar(_ scalar: UInt32, source index: Int) {
    let count = output.bytes.count
    output.bytes.append(scalar: scalar)
    if input.isTraced { trace(count: output.bytes.count - count, index) }
  }

  private mutating func trace(count: Int, _ index: Int) {
    let origin = UInt32(truncatingIfNeeded: input.origin)
    var source = TracedText.Source(start: origin, end: origin)
    if index >= 0, index < input.sources.count { source = input.sources[index] }
    for _ in 0..<count { output.sources.append(source) }
  }
}

extension [UInt8] {
  /// Appends `scalar` in UTF-8; what is no scalar as U+FFFD.
  @inline(__always)
  mutating func append(scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(truncatingIfNeeded: scalar))
    } else {
      let valid = Unicode.Scalar(scalar) ?? "\u{FFFD}"
      append(contentsOf: UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter)
    }
  }
}
