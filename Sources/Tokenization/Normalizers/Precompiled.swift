/// The `Precompiled` normalizer: a map of characters as the tokenizers library applies it.
///
/// A short cluster of characters is looked up as a whole, but what stands for its beginning replaces
/// all of it. That is how the reference does it, and models are used with it.
/// Source: https://github.com/huggingface/spm_precompiled/blob/master/src/lib.rs
struct Precompiled: Sendable {
  let map: CharacterMap
  /// Clusters of so many bytes are looked up as a whole.
  private static let longestCluster = 5

  /// Calls `replace` with every part of `text` that is replaced, in order.
  func forEachReplacement(
    in text: Span<UInt8>,
    _ replace: (Range<Int>, Span<UInt8>) -> Void
  ) {
    let texts = map.texts.span
    GraphemeClusters.forEach(in: text) { cluster in
      if cluster.count <= Self.longestCluster,
        let match = map.shortestMatch(in: text, cluster)
      {
        replace(cluster, texts.extracting(match.replacement))
        return
      }
      var index = cluster.lowerBound
      while index < cluster.upperBound {
        let end = min(cluster.upperBound, index + text.scalar(at: index).length)
        if let match = map.shortestMatch(in: text, index..<end) {
          replace(index..<end, texts.extracting(match.replacement))
        }
        index = end
      }
    }
  }

  /// The rewritten text.
  func apply(to text: TracedText) -> TracedText {
    if text.isTraced { return traced(text) }
    var output = TracedText(like: text)
    var position = 0
    let span = text.bytes.span
    forEachReplacement(in: span) { range, replacement in
      guard output.hasRoom(for: range.lowerBound - position + replacement.count) else { return }
      span.copy(position..<range.lowerBound, to: &output.bytes)
      replacement.copy(0..<replacement.count, to: &output.bytes)
      position = range.upperBound
    }
    span.copy(position..<text.bytes.count, to: &output.bytes)
    return output
  }

  /// The same with sources: characters are matched one by one, what is left over goes to the last.
  private func traced(_ text: TracedText) -> TracedText {
    var changes: [CharacterChange] = []
    var position = 0
    var isChanged = false
    // What is too long is only to be known as that.
    var output = TracedText(like: text)
    var length = 0
    let span = text.bytes.span
    forEachReplacement(in: span) { range, replacement in
      isChanged = true
      length += range.lowerBound - position + replacement.count
      guard output.hasRoom(for: length) else { return }
      span.forEachScalar(in: position..<range.lowerBound) {
        changes.append(CharacterChange(scalar: $0, change: 0))
      }
      position = range.upperBound
      var excess = 0
      span.forEachScalar(in: range) { _ in excess -= 1 }
      replacement.forEachScalar(in: 0..<replacement.count) {
        changes.append(CharacterChange(scalar: $0, change: excess >= 0 ? 1 : 0))
        excess += 1
      }
      if excess < 0, !changes.isEmpty { changes[changes.count - 1].change += excess }
    }
    guard isChanged else { return text }
    guard !output.isCut else { return output }
    span.forEachScalar(in: position..<span.count) {
      changes.append(CharacterChange(scalar: $0, change: 0))
    }
    return text.applying(changes)
  }
}

/// A character of a new text: 1 if it is inserted, 0 if it replaces one, less if it replaces more.
struct CharacterChange {
  var scalar: UInt32
  var change: Int
}

extension TracedText {
  /// The text with its characters changed in turn, as the reference keeps track of it.
  ///
  /// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/tokenizer/normalizer.rs
  func applying(_ changes: [CharacterChange]) -> TracedText {
    var output = TracedText(like: self)
    var index = 0
    let nowhere = Source(
      start: UInt32(truncatingIfNeeded: origin),
      end: UInt32(truncatingIfNeeded: origin)
    )
    for change in changes {
      let place = change.change > 0 ? index - 1 : index
      let source = sources.indices.contains(place) ? sources[place] : nowhere
      let start = output.bytes.count
      output.bytes.append(scalar: change.scalar)
      for _ in start..<output.bytes.count { output.sources.append(source) }
      for _ in 0..<max(0, 1 - change.change) where index < bytes.count {
        index = min(bytes.count, index + bytes.span.scalar(at: index).length)
      }
    }
    return output
  }
}

extension Span<UInt8> {
  /// Calls `body` with each scalar of `range`.
  fileprivate func forEachScalar(in range: Range<Int>, _ body: (UInt32) -> Void) {
    var index = range.lowerBound
    while index < range.upperBound {
      let scalar = scalar(at: index)
      body(scalar.value)
      index += scalar.length
    }
  }
}
