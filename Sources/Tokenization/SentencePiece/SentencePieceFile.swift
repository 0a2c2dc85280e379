/// The facts of a SentencePiece `.model` file: a protocol buffers message.
///
/// Source: https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
struct SentencePieceFile {
  /// How pieces are chosen.
  enum ModelType: UInt64 { case unigram = 1, pairs, words, characters }

  private(set) var texts = PackedStrings()
  private(set) var scores: [Float] = []
  private(set) var kinds: [SentencePieceVocabulary.Kind] = []
  private(set) var modelType = ModelType.unigram
  private(set) var fallsBackToBytes = false
  private(set) var normalization = SentencePieceNormalization()
  /// What is decoded for the unknown piece.
  private(set) var unknownSurface = Array(" \u{2047} ".utf8)
  private(set) var unknownName = "<unk>"
  private(set) var beginName = "<s>"
  private(set) var endName = "</s>"
  private(set) var paddingName = "<pad>"

  /// Pieces are shorter than this.
  private static let pieceLimit = 8000

  /// - Throws: `TokenizerError` if the message or the vocabulary is damaged.
  init(_ bytes: Span<UInt8>) throws(TokenizerError) {
    var reader = ProtocolBufferReader(0..<bytes.count)
    while let (number, value) = try reader.next(in: bytes) {
      switch (number, value) {
      case (1, .bytes(let range)): try readPiece(bytes, range)
      case (2, .bytes(let range)): try readTrainer(bytes, range)
      case (3, .bytes(let range)): try readNormalizer(bytes, range)
      case (5, .bytes(let range)): try refuseDenormalizer(bytes, range)
      case (1...3, _), (5, _): throw reader.damaged(reader.offset)
      default: break
      }
    }
    try check()
  }

  /// Whether `bytes` begin as such a file does, with a piece.
  static func isLikely(_ bytes: Span<UInt8>) -> Bool {
    var reader = ProtocolBufferReader(0..<bytes.count)
    guard let field = try? reader.next(in: bytes), field.number == 1,
      case .bytes(let range) = field.value
    else { return false }
    reader = ProtocolBufferReader(range)
    guard let field = try? reader.next(in: bytes), field.number == 1, case .bytes = field.value
    else { return false }
    return true
  }

  private mutating func readPiece(_ bytes: Span<UInt8>, _ range: Range<Int>)
    throws(TokenizerError)
  {
    var reader = ProtocolBufferReader(range)
    var text = range.lowerBound..<range.lowerBound
    var score: Float = 0
    var kind = SentencePieceVocabulary.Kind.normal
    while let (number, value) = try reader.next(in: bytes) {
      switch (number, value) {
      case (1, .bytes(let range)): text = range
      case (2, .word(let bits)): score = Float(bitPattern: bits)
      case (3, .number(let type)):
        guard let known = UInt8(exactly: type).flatMap(SentencePieceVocabulary.Kind.init) else {
          throw .unsupported(path: "pieces[\(kinds.count)].type", name: "\(type)")
        }
        kind = known
      case (1...3, _): throw reader.damaged(reader.offset)
      default: break
      }
    }
    texts.append { bytes.copy(text, to: &$0) }
    scores.append(score)
    kinds.append(kind)
  }

  private mutating func readTrainer(_ bytes: Span<UInt8>, _ range: Range<Int>)
    throws(TokenizerError)
  {
    var reader = ProtocolBufferReader(range)
    func string(_ range: Range<Int>) -> String {
      String(decoding: bytes.array(range), as: UTF8.self)
    }
    while let (number, value) = try reader.next(in: bytes) {
      switch (number, value) {
      case (3, .number(let type)):
        guard let known = ModelType(rawValue: type) else {
          throw .unsupported(path: "trainer_spec.model_type", name: "\(type)")
        }
        modelType = known
      case (24, .number(let flag)): normalization.treatsSpaceAsSuffix = flag != 0
      case (35, .number(let flag)): fallsBackToBytes = flag != 0
      case (44, .bytes(let range)): unknownSurface = bytes.array(range)
      case (45, .bytes(let range)) where !range.isEmpty: unknownName = string(range)
      case (46, .bytes(let range)) where !range.isEmpty: beginName = string(range)
      case (47, .bytes(let range)) where !range.isEmpty: endName = string(range)
      case (48, .bytes(let range)) where !range.isEmpty: paddingName = string(range)
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ bytes: Span<UInt8>, _ range: Range<Int>)
    throws(TokenizerError)
  {
    var reader = ProtocolBufferReader(range)
    while let (number, value) = try reader.next(in: bytes) {
      switch (number, value) {
      case (2, .bytes(let range)) where !range.isEmpty:
        normalization.map = try CharacterMap(
          bytes.extracting(range),
          path: "normalizer_spec.precompiled_charsmap"
        )
      case (3, .number(let flag)): normalization.addsPrefix = flag != 0
      case (4, .number(let flag)): normalization.removesExtraSpaces = flag != 0
      case (5, .number(let flag)): normalization.escapesSpaces = flag != 0
      default: break
      }
    }
  }

  private func refuseDenormalizer(_ bytes: Span<UInt8>, _ range: Range<Int>)
    throws(TokenizerError)
  {
    var reader = ProtocolBufferReader(range)
    while let (number, value) = try reader.next(in: bytes) {
      if number == 2, case .bytes(let range) = value, !range.isEmpty {
        throw .unsupported(path: "denormalizer_spec", name: "precompiled_charsmap")
      }
    }
  }

  /// What the reference asks of a vocabulary.
  private mutating func check() throws(TokenizerError) {
    guard !kinds.isEmpty else { throw .missing(path: "pieces") }
    var byteCount = 0
    for index in kinds.indices {
      let path = "pieces[\(index)]"
      let text = texts[index]
      // Some converters leave a raw zero byte among the pieces.
      if text.elementsEqual([0]), fallsBackToBytes { kinds[index] = .unused }
      guard !text.isEmpty, text.count < Self.pieceLimit else {
        throw .invalid(path: path, expected: "a text of 1 to \(Self.pieceLimit - 1) bytes")
      }
      if modelType == .unigram, !scores[index].isFinite {
        throw .invalid(path: path + ".score", expected: "a finite number")
      }
      if kinds[index] == .byte {
        guard fallsBackToBytes, texts.bytes.span.fallbackByte(texts.range(of: index)) != nil else {
          throw .invalid(path: path, expected: "no byte that is not '<0x00>' to '<0xFF>'")
        }
        byteCount += 1
      }
    }
    if fallsBackToBytes, byteCount < 256 {
      throw .invalid(path: "pieces", expected: "256 bytes to fall back to")
    }
    let unknownCount = kinds.count { $0 == .unknown }
    guard unknownCount == 1 || unknownCount == 0 && fallsBackToBytes else {
      throw .invalid(path: "pieces", expected: "one unknown piece")
    }
  }
}
