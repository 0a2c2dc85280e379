/// Turns text into tokens and tokens into text, as the files of a model say.
///
/// A text passes through: added tokens found in it as it is; the normalizer; added tokens found in
/// normalized text; the pre-tokenizer; the model; the template of special tokens.
/// Source: https://huggingface.co/docs/tokenizers/pipeline
public struct Tokenizer: Sendable {
  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: Vocabulary
  let postProcessor: PostProcessor
  /// What the post-processor puts around one text.
  let template: Template
  let decoder: Decoder
  let addedTokens: AddedTokens
  /// The tokens that have a part to play, as far as the files name them.
  public let specialTokens: SpecialTokens
  /// How the file itself wants texts to be cut, which ``encode(_:addSpecialTokens:parseSpecialTokens:limit:keepsEnd:)``
  /// does not do.
  public let truncation: Truncation?
  /// How the file itself wants texts to be filled up.
  public let padding: Padding?

  init(
    normalizer: Normalizer?,
    preTokenizer: PreTokenizer?,
    model: Vocabulary,
    postProcessor: PostProcessor,
    decoder: Decoder,
    addedTokens: AddedTokens,
    specialTokens: SpecialTokens,
    truncation: Truncation? = nil,
    padding: Padding? = nil
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    template = postProcessor.template
    self.decoder = decoder
    self.addedTokens = addedTokens
    self.specialTokens = specialTokens
    self.truncation = truncation
    self.padding = padding
  }

  /// The tokens of `text`.
  ///
  /// - Parameters:
  ///   - addSpecialTokens: put around the text what the model expects there.
  ///   - parseSpecialTokens: let the names of special tokens in the text stand for the tokens;
  ///     otherwise they are ordinary text, which is what untrusted text calls for.
  ///   - limit: the most tokens, special ones included; the end of a longer text is left out.
  ///   - keepsEnd: leave out the beginning of a longer text instead.
  /// - Throws: `TokenizerError` if an expression of the tokenizer takes too long on the text.
  public func encode(
    _ text: String,
    addSpecialTokens: Bool,
    parseSpecialTokens: Bool = true,
    limit: Int? = nil,
    keepsEnd: Bool = false
  ) throws(TokenizerError) -> [TokenID] {
    var tokens = try untracedTokens(of: text, parseSpecialTokens: parseSpecialTokens)
    if let limit {
      let room = max(0, limit - (addSpecialTokens ? template.tokenCount : 0))
      let excess = max(0, tokens.count - room)
      if keepsEnd { tokens.removeFirst(excess) } else { tokens.removeLast(excess) }
    }
    return addSpecialTokens ? template.apply(to: tokens) : tokens
  }

  /// The text of `tokens`; those outside the vocabulary add nothing.
  ///
  /// - Parameter skipSpecialTokens: leave out the tokens that are marked as special.
  public func decode(_ tokens: some Sequence<TokenID>, skipSpecialTokens: Bool) -> String {
    decode(Array(tokens), skipSpecialTokens: skipSpecialTokens)
  }

  private func decode(_ tokens: [TokenID], skipSpecialTokens: Bool) -> String {
    if let shortcut = WholeDecoder(self, skipSpecialTokens: skipSpecialTokens) {
      return shortcut.decode(tokens)
    }
    var decoder = IncrementalDecoder(self, skipSpecialTokens: skipSpecialTokens)
    var bytes: [UInt8] = []
    for token in tokens { decoder.append(token, to: &bytes) }
    decoder.finish(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// One more than the highest token id.
  public var vocabularySize: Int {
    max(model.tokens.idCount, addedTokens.highestID.map { Int($0) + 1 } ?? 0)
  }

  /// The highest of the ids that the post-processor puts around texts; the vocabulary need not have them.
  public var highestTemplateID: TokenID? {
    var highest: TokenID?
    for case .tokens(let tokens, _) in postProcessor.single + postProcessor.pair {
      for token in tokens where token.rawValue >= highest?.rawValue ?? 0 { highest = token }
    }
    return highest
  }

  /// The id of the token that the vocabulary spells `text`.
  public func id(of text: String) -> TokenID? {
    if let id = addedTokens.id(of: text) { return TokenID(id) }
    let bytes = Array(text.utf8)
    return model.tokens.id(of: bytes.span, 0..<bytes.count).map { TokenID($0) }
  }

  /// How the vocabulary spells the token `id`; `nil` if there is none.
  public func text(of id: TokenID) -> String? {
    var text = PackedStrings()
    guard appendText(of: id, to: &text) else { return nil }
    return String(decoding: text.bytes, as: UTF8.self)
  }

  /// The bytes that `id` alone decodes to, which need not be whole characters.
  ///
  /// `nil` if there is no such token.
  public func bytes(of id: TokenID) -> [UInt8]? {
    var text = PackedStrings()
    guard appendText(of: id, to: &text) else { return nil }
    return decoder.bytes(ofToken: text.bytes)
  }

  /// Whether `id` is marked as special.
  public func isSpecial(_ id: TokenID) -> Bool { addedTokens[id.rawValue]?.isSpecial ?? false }

  /// Appends the spelling of `id`; `false` if there is no such token.
  func appendText(of id: TokenID, to output: inout PackedStrings) -> Bool {
    if let token = addedTokens[id.rawValue] {
      output.append(token.spelling)
      return true
    }
    guard let entry = model.tokens.entry(of: id.rawValue) else { return false }
    let strings = model.tokens.strings
    output.append { strings.bytes.span.copy(strings.range(of: entry), to: &$0) }
    return true
  }
}

extension Decoder {
  /// The bytes of one token's text, apart from what depends on its neighbors.
  fileprivate func bytes(ofToken text: [UInt8]) -> [UInt8] {
    var bytes = text
    for step in steps {
      var output: [UInt8] = []
      switch step {
      case .byteLevel: ByteAlphabet.decode(bytes.span, 0..<bytes.count, to: &output)
      case .byteFallback: output = bytes.span.fallbackByte(0..<bytes.count).map { [$0] } ?? bytes
      case .replace(.literal(let old), let new):
        bytes.span.replace(old, with: new, in: 0..<bytes.count, to: &output)
      case .sentencePiece(let decoding):
        let sign = SentencePieceVocabulary.sign
        if decoding.fallsBackToBytes, let byte = bytes.span.fallbackByte(0..<bytes.count) {
          output = [byte]
        } else {
          bytes.span.replace(sign, with: [0x20], in: 0..<bytes.count, to: &output)
        }
      case .metaspace(let sign, _):
        bytes.span.replace(sign, with: [0x20], in: 0..<bytes.count, to: &output)
      default: output = bytes
      }
      bytes = output
    }
    return bytes
  }
}
