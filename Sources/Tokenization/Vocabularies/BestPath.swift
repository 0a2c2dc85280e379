/// Finds the best spelling of a text from left to right, in time and memory linear in its length.
struct BestPath {
  /// The best way to spell the text up to a place.
  private struct Node {
    var score = 0.0
    /// Where the last token begins; -1 if no way is known.
    var start = -1
    /// The entry of the last token; -1 if it is an unknown character.
    var entry: Int32 = -1
  }

  /// SentencePiece's sums start again beyond this, lest single precision lose the small differences.
  private static let sumLimit = 100_000.0

  /// The nodes from ``base`` on.
  private var nodes: [Node] = []
  /// All before this place is settled.
  private var base = 0
  private var unknownStart: Int?
  private var settled: [(entry: Int32, start: Int, end: Int)] = []

  /// Appends the tokens of `text[range]`.
  mutating func find(
    in text: Span<UInt8>,
    _ range: Range<Int>,
    of model: Unigram,
    to output: inout TokenRow
  ) {
    base = range.lowerBound
    unknownStart = nil
    nodes.removeAll(keepingCapacity: true)
    nodes.append(Node(start: base))
    var start = range.lowerBound
    while start < range.upperBound {
      if start - base + 1 == nodes.count, start > base {
        settle(text, model, to: &output)
      }
      if model.roundsSums, abs(nodes[start - base].score) > Self.sumLimit {
        startSumsAgain(from: start - base)
      }
      start = extend(text, from: start, to: range.upperBound, model)
    }
    settle(text, model, to: &output)
    releaseUnknown(text, until: range.upperBound, model, to: &output)
  }

  /// Tries every token that begins at `start`; returns where the next character begins.
  @inline(__always)
  private mutating func extend(
    _ text: Span<UInt8>,
    from start: Int,
    to end: Int,
    _ model: Unigram
  ) -> Int {
    let score = nodes[start - base].score
    let next = min(end, start + text.scalar(at: start).length)
    let roundsSums = model.roundsSums
    var isKnown = false
    var node = PrefixTrie.root
    var index = start
    while index < end {
      node = model.trie.child(of: node, text[index])
      guard node != PrefixTrie.root else { break }
      index += 1
      let entry = model.trie.value(at: node)
      guard entry >= 0 else { continue }
      let sum = score + model.scores[Int(entry)]
      update(index, Node(score: roundsSums ? Double(Float(sum)) : sum, start: start, entry: entry))
      if index == next { isKnown = true }
    }
    if !isKnown {
      let sum = score + model.unknownScore
      update(next, Node(score: roundsSums ? Double(Float(sum)) : sum, start: start))
    }
    return next
  }

  @inline(__always)
  private mutating func update(_ end: Int, _ node: Node) {
    while nodes.count <= end - base { nodes.append(Node()) }
    let old = nodes[end - base]
    if old.start < 0 || node.score > old.score { nodes[end - base] = node }
  }

  private mutating func startSumsAgain(from first: Int) {
    let offset = Float(nodes[first].score)
    for index in first..<nodes.count where index == first || nodes[index].start >= 0 {
      nodes[index].score = Double(Float(nodes[index].score) - offset)
    }
  }

  /// Appends the best way to the last node, over which no token reaches.
  private mutating func settle(
    _ text: Span<UInt8>,
    _ model: Unigram,
    to output: inout TokenRow
  ) {
    guard let last = nodes.last, nodes.count > 1 else { return }
    var end = base + nodes.count - 1
    while end > base {
      let node = nodes[end - base]
      settled.append((node.entry, node.start, end))
      end = node.start
    }
    while let token = settled.popLast() {
      let id = token.entry < 0 ? model.unknown : model.tokens.ids[Int(token.entry)]
      if token.entry < 0 || model.dialect == .tokenizers && id == model.unknown {
        if unknownStart == nil { unknownStart = token.start }
      } else if let id {
        releaseUnknown(text, until: token.start, model, to: &output)
        output.append(id, length: token.end - token.start)
      }
    }
    base += nodes.count - 1
    nodes.removeAll(keepingCapacity: true)
    nodes.append(Node(score: last.score, start: base))
  }

  /// Appends what stands for the run of unknown characters that ends at `end`.
  private mutating func releaseUnknown(
    _ text: Span<UInt8>,
    until end: Int,
    _ model: Unigram,
    to output: inout TokenRow
  ) {
    guard let start = unknownStart else { return }
    unknownStart = nil
    if model.dialect == .tokenizers, let id = model.tokens.id(of: text, start..<end) {
      output.append(id, length: end - start)
    } else if let bytes = model.fallback(text, start..<end) {
      // Each byte stands for the whole run.
      for id in bytes.dropLast() { output.append(id, lengthAhead: end - start) }
      if let last = bytes.last { output.append(last, length: end - start) }
    } else if let unknown = model.unknown {
      output.append(unknown, length: end - start)
    }
  }
}
