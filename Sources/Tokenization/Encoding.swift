/// The tokens of a text or of two, and what is known of each.
///
/// Source: https://huggingface.co/docs/tokenizers/api/encoding
public struct Encoding: Sendable, Equatable {
  /// The tokens.
  public internal(set) var tokens: [TokenID] = []
  /// Which of two texts a token belongs to, as the model is told.
  public internal(set) var typeIDs: [Int] = []
  /// The characters (Unicode scalars) of the text that each token stands for; empty at 0 for added ones.
  public internal(set) var offsets: [Range<Int>] = []
  /// The number of the piece of the text that each token is a part of.
  public internal(set) var words: [Int?] = []
  /// Whether a token was put around the text.
  public internal(set) var isAdded: [Bool] = []
  /// Whether a token fills a row of a batch.
  public internal(set) var isPadding: [Bool] = []
  /// What did not fit, in encodings of the same kind.
  public internal(set) var overflowing: [Encoding] = []

  /// How many characters of white space an added token took along; `nil` for what the vocabulary spells.
  var edges: [Edges?] = []

  /// The white space that something begins and ends with.
  struct Edges: Sendable, Equatable {
    var leading: Int
    var trailing: Int
  }

  init() {}

  /// Tokens that are put around a text.
  init(added tokens: [TokenID], typeID: Int) {
    self.tokens = tokens
    typeIDs = Array(repeating: typeID, count: tokens.count)
    offsets = Array(repeating: 0..<0, count: tokens.count)
    words = Array(repeating: nil, count: tokens.count)
    isAdded = Array(repeating: true, count: tokens.count)
    isPadding = Array(repeating: false, count: tokens.count)
    edges = Array(repeating: nil, count: tokens.count)
  }

  /// A part of the tokens, without what overflows.
  subscript(range: Range<Int>) -> Encoding {
    var part = Encoding()
    part.tokens = Array(tokens[range])
    part.typeIDs = Array(typeIDs[range])
    part.offsets = Array(offsets[range])
    part.words = Array(words[range])
    part.isAdded = Array(isAdded[range])
    part.isPadding = Array(isPadding[range])
    part.edges = Array(edges[range])
    return part
  }

  /// Adds the tokens of `other` behind.
  ///
  /// All combinations of what overflows on either side overflow.
  mutating func append(_ other: Encoding) {
    var combined: [Encoding] = []
    for rest in overflowing {
      combined.append(rest.joined(to: other))
      for otherRest in other.overflowing { combined.append(rest.joined(to: otherRest)) }
    }
    for otherRest in other.overflowing { combined.append(joined(to: otherRest)) }
    tokens += other.tokens
    typeIDs += other.typeIDs
    offsets += other.offsets
    words += other.words
    isAdded += other.isAdded
    isPadding += other.isPadding
    edges += other.edges
    overflowing = combined
  }

  private func joined(to other: Encoding) -> Encoding {
    var result = self
    result.overflowing = []
    var other = other
    other.overflowing = []
    result.append(other)
    return result
  }
}
