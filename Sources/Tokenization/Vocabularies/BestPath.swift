/// Finds the best spelling of a text from left to right, in time and memory linear in its length.
struct BestPath {
  /// The best way to spell the text up to a place.
  private struct Node {
    var score = 0.0
    /// Where the last token begins, from ``base`` on; -1 if no way is known.
    var start: Int32 = -1
    /// The entry of the last token; -1 if it is an unknown character.
    var entry: Int32 = -1
  }

  /// SentencePiece's sums start again beyond this, lest single precision lose the small differences.
  private static let sumLimit = 100_000.0
  /// In shorter texts few words come again.
  private static let leastRemembered = 4096

  /// The nodes from ``base`` on.
  private var nodes: [Node] = []
  /// All before this place is settled.
  private var base = 0
  private var unknownStart: Int?
  private var words = WordMatches()
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
    nodes.append(Node(start: 0))
    var start = range.lowerBound
    let remembersWords = model.cutsAtWords && range.count >= Self.leastRemembered
    while start < range.upperBound {
      let end =
        remembersWords ? text.endOfWord(from: start, end: range.upperBound) : range.upperBound
      if remembersWords, end - start <= WordMatches.longestWord {
        follow(words.matches(of: text, start..<end, model), text, start..<end, model, to: &output)
        start = end
      }
      while start < end {
        prepare(start, text, model, to: &output)
        start = extend(text, from: start, to: range.upperBound, model)
      }
    }
    settle(text, model, to: &output)
    releaseUnknown(text, until: range.upperBound, model, to: &output)
  }

  /// Settles what is certain when the node at `start` is complete.
  @inline(__always)
  private mutating func prepare(
    _ start: Int,
    _ text: Span<UInt8>,
    _ model: Unigram,
    to output: inout TokenRow
  ) {
    if start - base + 1 == nodes.count, start > base { settle(text, model, to: &output) }
    if model.roundsSums, abs(nodes[start - base].score) > Self.sumLimit {
      startSumsAgain(from: start - base)
    }
  }

  /// Spells a word whose tokens are known, and over whose ends no token reaches.
  private mutating func follow(
    _ found: Range<Int>,
    _ text: Span<UInt8>,
    _ word: Range<Int>,
    _ model: Unigram,
    to output: inout TokenRow
  ) {
    settle(text, model, to: &output)
    var path = InlineArray<33, Node>(repeating: Node())
    path[0] = nodes[0]
    let roundsSums = model.roundsSums
    let known = words.matches
    let matches = known.span
    var place = 0
    var index = found.lowerBound
    while place < word.count {
      if roundsSums, abs(path[place].score) > Self.sumLimit {
        let offset = Float(path[place].score)
        for later in place...word.count where later == place || path[later].start >= 0 {
          path[later].score = Double(Float(path[later].score) - offset)
        }
      }
      let character = matches[index]
      let score = path[place].score
      for number in index + 1..<index + 1 + Int(character.entry) {
        let match = matches[number]
        let end = place + Int(match.length)
        let sum = roundsSums ? Double(Float(score + match.score)) : score + match.score
        if path[end].start < 0 || sum > path[end].score {
          path[end] = Node(score: sum, start: Int32(truncatingIfNeeded: place), entry: match.entry)
        }
      }
      index += 1 + Int(character.entry)
      place += Int(character.length)
    }
    while place > 0 {
      let start = Int(path[place].start)
      settled.append((path[place].entry, word.lowerBound + start, word.lowerBound + place))
      place = start
    }
    release(text, model, to: &output)
    base = word.upperBound
    nodes[0].score = path[word.count].score
  }

  /// Tries every token that begins at `start`; returns where the next character begins.
  @inline(__always)
  private mutating func extend(
    _ text: Span<UInt8>,
    from start: Int,
    to end: Int,
    _ model: Unigram
  ) -> Int {
    let offset = Int32(truncatingIfNeeded: start - base)
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
      update(index, Node(score: roundsSums ? Double(Float(sum)) : sum, start: offset, entry: entry))
      if index == next { isKnown = true }
    }
    if !isKnown {
      let sum = score + model.unknownScore
      update(next, Node(score: roundsSums ? Double(Float(sum)) : sum, start: offset))
    }
    return next
  }

  @inline(__always)
  private mutating func update(_ end: Int, _ node: Node) {
    let place = end - base
    while nodes.count <= place { nodes.append(Node()) }
    let old = nodes[place]
    if old.start < 0 || node.score > old.score { nodes[place] = node }
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
      let start = base + Int(node.start)
      settled.append((node.entry, start, end))
      end = start
    }
    release(text, model, to: &output)
    base += nodes.count - 1
    nodes.removeAll(keepingCapacity: true)
    nodes.append(Node(score: last.score, start: 0))
  }

  /// Appends what is settled.
  @inline(__always)
  private mutating func release(_ text: Span<UInt8>, _ model: Unigram, to output: inout TokenRow) {
    while let token = settled.popLast() {
      let id = token.entry < 0 ? model.unknown : model.tokens.ids[Int(token.entry)]
      if token.entry < 0 || model.dialect == .tokenizers && id == model.unknown {
        if unknownStart == nil { unknownStart = token.start }
      } else if let id {
        releaseUnknown(text, until: token.start, model, to: &output)
        output.append(id, length: token.end - token.start)
      }
    }
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
