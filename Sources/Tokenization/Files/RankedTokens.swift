/// Tokens that are byte strings with ranks, from which all merges follow.
///
/// Source: https://github.com/openai/tiktoken/blob/main/src/lib.rs
struct RankedTokens {
  private(set) var texts = PackedStrings()
  private(set) var ranks: [Int] = []

  /// How many bytes a token may have: every place where it can be cut is tried.
  static let longestToken = 8000

  /// Adds a token; its rank must be new and below the limit of ids.
  mutating func append(rank: Int, path: String, _ write: (inout [UInt8]) -> Bool)
    throws(TokenizerError)
  {
    guard rank >= 0, rank < TokenTable.idLimit else {
      throw .idOutOfRange(id: rank, limit: TokenTable.idLimit)
    }
    let start = texts.bytes.count
    let isWritten = texts.append { write(&$0) }
    guard isWritten, texts.bytes.count > start else {
      throw .invalid(path: path, expected: "a token in base64")
    }
    guard texts.bytes.count - start <= Self.longestToken else {
      throw .invalid(path: path, expected: "a token of at most \(Self.longestToken) bytes")
    }
    ranks.append(rank)
  }

  /// The lines `base64 rank` of a tiktoken file.
  init(tiktoken bytes: Span<UInt8>) throws(TokenizerError) {
    var start = 0
    var line = 1
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      var last = end
      while last > start, bytes[last - 1] <= 0x20 { last -= 1 }
      if last > start { try appendLine(bytes, start..<last, path: "line \(line)") }
      start = end + 1
      line += 1
    }
    guard !ranks.isEmpty else { throw .missing(path: "line 1") }
  }

  init() {}

  /// The first `count` tokens of the list.
  func prefix(_ count: Int) throws(TokenizerError) -> RankedTokens {
    guard count < ranks.count else { return self }
    guard count > 0 else {
      throw .invalid(path: "config.default_vocab_size", expected: "more tokens")
    }
    var result = RankedTokens()
    let end = texts.ends[count - 1]
    result.texts = PackedStrings(
      bytes: Array(texts.bytes[..<end]),
      ends: Array(texts.ends[..<count])
    )
    result.ranks = Array(ranks[..<count])
    return result
  }

  private mutating func appendLine(_ bytes: Span<UInt8>, _ range: Range<Int>, path: String)
    throws(TokenizerError)
  {
    var space = range.lowerBound
    while space < range.upperBound, bytes[space] != 0x20 { space += 1 }
    var rank = 0
    var index = space + 1
    guard index < range.upperBound else {
      throw .invalid(path: path, expected: "a token and its rank")
    }
    while index < range.upperBound {
      let digit = Int(bytes[index]) - 0x30
      guard (0...9).contains(digit), rank < TokenTable.idLimit else {
        throw .invalid(path: path, expected: "a token and its rank")
      }
      rank = rank * 10 + digit
      index += 1
    }
    try append(rank: rank, path: path) { Base64.decode(bytes, range.lowerBound..<space, to: &$0) }
  }

  /// The model: two tokens merge if together they are one, the lowest rank first.
  ///
  /// - Parameter firstID: the id of rank 0.
  func model(firstID: Int) throws(TokenizerError) -> BytePairEncoding {
    guard Set(ranks).count == ranks.count else {
      throw .invalid(path: "ranks", expected: "no rank twice")
    }
    let raw = try TokenTable(texts, ids: ranks.map { UInt32(truncatingIfNeeded: $0) })
    guard raw.isInjective else { throw .invalid(path: "tokens", expected: "no token twice") }
    var names = PackedStrings()
    for entry in ranks.indices {
      names.append { ByteAlphabet.encode(texts.bytes.span, texts.range(of: entry), to: &$0) }
    }
    var ids: [UInt32] = []
    ids.reserveCapacity(ranks.count)
    for rank in ranks {
      guard rank + firstID < TokenTable.idLimit else {
        throw .idOutOfRange(id: rank + firstID, limit: TokenTable.idLimit)
      }
      ids.append(UInt32(rank + firstID))
    }
    var merges = MergeTable(capacity: ranks.count * 2)
    let text = texts.bytes.span
    let first = UInt32(firstID)
    for entry in ranks.indices {
      let range = texts.range(of: entry)
      guard range.count > 1 else { continue }
      for cut in range.lowerBound + 1..<range.upperBound {
        guard let left = raw.id(of: text, range.lowerBound..<cut),
          let right = raw.id(of: text, cut..<range.upperBound)
        else { continue }
        merges.insert(
          left + first,
          right + first,
          rank: UInt32(ranks[entry]),
          merged: ids[entry]
        )
      }
    }
    var options = BytePairEncoding.Options()
    options.ignoresMerges = true
    return BytePairEncoding(
      tokens: try TokenTable(names, ids: ids),
      merges: merges,
      options: options,
      prefersRawBytes: true
    )
  }
}
