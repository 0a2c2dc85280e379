/// The `BPE` model: a piece of text becomes symbols, and symbols are merged pair by pair.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/models/bpe/model.rs
struct BytePairEncoding: Sendable {
  /// What the model's settings are called in tokenizer.json.
  struct Options: Sendable {
    var unknownToken: String?
    var continuingSubwordPrefix = ""
    var endOfWordSuffix = ""
    var fusesUnknown = false
    var fallsBackToBytes = false
    var ignoresMerges = false
  }

  let tokens: TokenTable
  let merges: MergeTable
  let options: Options
  private let unknown: UInt32?
  /// The ids of `<0x00>`…`<0xFF>`.
  private let fallbackIDs: [UInt32?]
  /// The symbol of each byte when pieces are raw bytes rather than text in the byte alphabet.
  private let byteSymbols: [UInt32]?
  /// Whether a character is spelled the same wherever it stands in a piece.
  private let isPlain: Bool
  /// Whether nothing ever merges across the beginning of a word, so that words can be looked at alone.
  private let cutsWords: Bool

  /// Whether pieces are to be raw bytes, which the model maps itself.
  var readsRawBytes: Bool { byteSymbols != nil }

  /// - Parameter prefersRawBytes: pieces would come in the byte alphabet as the last thing before the model.
  init(tokens: TokenTable, merges: MergeTable, options: Options, prefersRawBytes: Bool) {
    self.tokens = tokens
    self.merges = merges
    self.options = options
    func id(_ text: [UInt8]) -> UInt32? { tokens.id(of: text.span, 0..<text.count) }
    unknown = options.unknownToken.flatMap { id(Array($0.utf8)) }
    fallbackIDs = (0...UInt8.max).map { id(Array(Self.fallbackName(of: $0).utf8)) }
    let symbols = ByteAlphabet.characters.compactMap { character in
      Unicode.Scalar(character).flatMap { id(Array(String($0).utf8)) }
    }
    isPlain = options.continuingSubwordPrefix.isEmpty && options.endOfWordSuffix.isEmpty
    byteSymbols = prefersRawBytes && isPlain && symbols.count == 256 ? symbols : nil
    // A character that is dropped would let its neighbors merge.
    let dropsNothing =
      unknown != nil || options.fallsBackToBytes && fallbackIDs.allSatisfy { $0 != nil }
    cutsWords =
      dropsNothing && byteSymbols == nil && isPlain && !options.ignoresMerges
      && id(Self.sign) != nil && !tokens.strings.hasSignInside
  }

  /// What SentencePiece writes for a space.
  static let sign = Array("▁".utf8)

  /// How the vocabulary spells the token of a lone byte.
  static func fallbackName(of byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count == 1 ? "<0x0\(digits)>" : "<0x\(digits)>"
  }

  /// Appends the tokens of every piece to `output`.
  func encode(_ pieces: Pieces, to output: inout TokenRow) {
    let text = pieces.text.bytes.span
    var merging = PairMerging()
    var scratch: [UInt8] = []
    var seen = SeenPieces(expecting: cutsWords ? text.count / 4 : pieces.ranges.count)
    for piece in pieces.ranges {
      var range = piece.lowerBound..<piece.lowerBound
      while range.upperBound < piece.upperBound {
        let end =
          cutsWords
          ? text.endOfWord(from: range.upperBound, end: piece.upperBound) : piece.upperBound
        range = range.upperBound..<end
        let start = output.count
        let slot = seen.slot(of: text, range)
        if let tokens = seen.tokens(in: slot, equalTo: range, of: text) {
          output.append(copyOf: tokens)
        } else {
          encode(text, range, &merging, &scratch, to: &output)
          seen.remember(range, tokens: start..<output.count, in: slot)
        }
      }
      output.endPiece()
    }
  }

  private func encode(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ merging: inout PairMerging,
    _ scratch: inout [UInt8],
    to output: inout TokenRow
  ) {
    if options.ignoresMerges, let whole = wholeToken(text, range, &scratch) {
      output.append(whole, length: range.count)
      return
    }
    merging.removeAll()
    if let byteSymbols {
      for index in range { merging.append(byteSymbols[Int(text[index])], length: 1) }
    } else {
      appendCharacters(text, range, &scratch, to: &merging)
    }
    merging.merge(with: merges)
    for symbol in merging.symbols { output.append(symbol.id, length: Int(symbol.length)) }
  }

  private func wholeToken(_ text: Span<UInt8>, _ range: Range<Int>, _ scratch: inout [UInt8])
    -> UInt32?
  {
    guard readsRawBytes else { return tokens.id(of: text, range) }
    scratch.removeAll(keepingCapacity: true)
    ByteAlphabet.encode(text, range, to: &scratch)
    return tokens.id(of: scratch.span, 0..<scratch.count)
  }

  /// One symbol a character; for characters outside the vocabulary their bytes, or the unknown token.
  private func appendCharacters(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    _ scratch: inout [UInt8],
    to merging: inout PairMerging
  ) {
    var unknownLength = 0
    func release(_ merging: inout PairMerging) {
      if unknownLength > 0, let unknown { merging.append(unknown, length: unknownLength) }
      unknownLength = 0
    }
    var index = range.lowerBound
    // What the character before became, which in a long text is often the same.
    var last: (character: UInt32, id: UInt32)?
    while index < range.upperBound {
      let scalar = text.scalar(at: index)
      let end = min(range.upperBound, index + scalar.length)
      defer { index = end }
      if let last, last.character == scalar.value {
        merging.append(last.id, length: end - index)
      } else if let id = symbol(text, index..<end, in: range, &scratch) {
        release(&merging)
        merging.append(id, length: end - index)
        if isPlain { last = (scalar.value, id) }
      } else if let bytes = fallback(text, index..<end, in: range) {
        last = nil
        for id in bytes { merging.append(id, length: 1) }
      } else {
        last = nil
        if !options.fusesUnknown { release(&merging) }
        unknownLength += end - index
      }
    }
    release(&merging)
  }

  private func symbol(
    _ text: Span<UInt8>,
    _ character: Range<Int>,
    in piece: Range<Int>,
    _ scratch: inout [UInt8]
  ) -> UInt32? {
    let (prefix, suffix) = affixes(of: character, in: piece)
    guard !prefix.isEmpty || !suffix.isEmpty else { return tokens.id(of: text, character) }
    scratch.removeAll(keepingCapacity: true)
    scratch.append(contentsOf: prefix.utf8)
    for index in character { scratch.append(text[index]) }
    scratch.append(contentsOf: suffix.utf8)
    return tokens.id(of: scratch.span, 0..<scratch.count)
  }

  private func affixes(of character: Range<Int>, in piece: Range<Int>) -> (String, String) {
    (
      character.lowerBound > piece.lowerBound ? options.continuingSubwordPrefix : "",
      character.upperBound == piece.upperBound ? options.endOfWordSuffix : ""
    )
  }

  private func fallback(_ text: Span<UInt8>, _ character: Range<Int>, in piece: Range<Int>)
    -> [UInt32]?
  {
    guard options.fallsBackToBytes else { return nil }
    let (prefix, suffix) = affixes(of: character, in: piece)
    var ids: [UInt32] = []
    for byte in prefix.utf8 {
      if let id = fallbackIDs[Int(byte)] { ids.append(id) } else { return nil }
    }
    for index in character {
      guard let id = fallbackIDs[Int(text[index])] else { return nil }
      ids.append(id)
    }
    for byte in suffix.utf8 {
      if let id = fallbackIDs[Int(byte)] { ids.append(id) } else { return nil }
    }
    return ids
  }
}

extension Span<UInt8> {
  /// Where the word that begins at `start` ends: before the first sign that follows something else.
  func endOfWord(from start: Int, end: Int) -> Int {
    var index = start
    while starts(with: BytePairEncoding.sign.span, at: index, end: end) {
      index += BytePairEncoding.sign.count
    }
    while index < end {
      if self[index] == 0xE2, starts(with: BytePairEncoding.sign.span, at: index, end: end) {
        break
      }
      index += 1
    }
    return index
  }
}

extension PackedStrings {
  /// Whether a string has a sign after something else.
  fileprivate var hasSignInside: Bool {
    let bytes = bytes.span
    let sign = BytePairEncoding.sign
    for string in 0..<count {
      let range = range(of: string)
      var index = range.lowerBound
      while bytes.starts(with: sign.span, at: index, end: range.upperBound) { index += sign.count }
      while index < range.upperBound {
        if bytes[index] == 0xE2, bytes.starts(with: sign.span, at: index, end: range.upperBound) {
          return true
        }
        index += 1
      }
    }
    return false
  }
}
