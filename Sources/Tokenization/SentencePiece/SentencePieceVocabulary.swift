/// The pieces of a SentencePiece model, as its own file or a GGUF file lists them.
struct SentencePieceVocabulary: Sendable {
  /// What a piece is for.
  enum Kind: UInt8, Sendable {
    /// Found by the model.
    case normal = 1
    /// Stands for what cannot be spelled.
    case unknown
    /// Never found in text.
    case control
    /// Found in the text before any model.
    case userDefined
    /// Never given, though pieces may pass through it.
    case unused
    /// A byte of a character that cannot be spelled.
    case byte
  }

  /// The texts, each with its place in the list for an id.
  let tokens: TokenTable
  let scores: [Float]
  let kinds: [Kind]
  /// The unknown piece, if there is one.
  let unknown: UInt32?
  /// The user-defined pieces.
  let userDefined: PrefixTrie?

  /// - Throws: `TokenizerError` if there are too many pieces.
  init(_ texts: PackedStrings, scores: [Float], kinds: [Kind], unknown: UInt32?)
    throws(TokenizerError)
  {
    precondition(scores.count == texts.count && kinds.count == texts.count)
    guard texts.count < TokenTable.idLimit else {
      throw .idOutOfRange(id: texts.count, limit: TokenTable.idLimit)
    }
    tokens = try TokenTable(texts, ids: Array(0..<UInt32(texts.count)))
    self.scores = scores
    self.kinds = kinds
    self.unknown = unknown
    let text = texts.bytes.span
    var trie = PrefixTrie(byteCount: 0)
    for entry in kinds.indices where kinds[entry] == .userDefined {
      guard trie.insert(text, texts.range(of: entry), value: Int32(entry)) else {
        throw .idOutOfRange(id: entry, limit: entry)
      }
    }
    userDefined = trie.isEmpty ? nil : trie
  }

  /// The sign that stands for a space in pieces: U+2581.
  static let sign: [UInt8] = [0xE2, 0x96, 0x81]

  /// Whether no piece that is found goes on with a sign after anything else.
  ///
  /// Then no piece reaches over the beginning of a word, and words may be looked at one by one.
  var cutsAtWords: Bool {
    let text = tokens.strings.bytes.span
    return kinds.indices.allSatisfy { entry in
      guard [.normal, .userDefined, .unused].contains(kinds[entry]) else { return true }
      let range = tokens.strings.range(of: entry)
      var index = range.lowerBound
      while text.isSign(at: index, end: range.upperBound) { index += Self.sign.count }
      while index < range.upperBound {
        if text.isSign(at: index, end: range.upperBound) { return false }
        index += 1
      }
      return true
    }
  }
}

extension Span<UInt8> {
  /// Whether U+2581 stands at `index`, before `end`.
  @inline(__always)
  func isSign(at index: Int, end: Int) -> Bool {
    end - index >= 3 && self[index] == 0xE2 && self[index + 1] == 0x96 && self[index + 2] == 0x81
  }
}
