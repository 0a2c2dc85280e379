/// Decodes all tokens at once, for the decoders that most models have.
struct WholeDecoder {
  private enum Kind {
    /// Characters of the byte alphabet.
    case byteLevel
    /// SentencePiece's signs and bytes; so many spaces at the beginning go.
    case pieces(sign: [UInt8], with: [UInt8], strips: (content: UInt32, count: Int)?)
  }

  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private let kind: Kind

  /// `nil` if the tokenizer has another decoder.
  init?(_ tokenizer: Tokenizer, skipSpecialTokens: Bool) {
    self.tokenizer = tokenizer
    skipsSpecialTokens = skipSpecialTokens
    let steps = tokenizer.decoder.steps
    switch (steps.first, steps.count) {
    case (.byteLevel, 1): kind = .byteLevel
    case (.replace(.literal(let sign), let content), 3...4):
      guard !sign.isEmpty, case .byteFallback = steps[1], case .fuse = steps[2] else { return nil }
      if steps.count == 3 {
        kind = .pieces(sign: sign, with: content, strips: nil)
      } else if case .strip(let stripped, let start, 0) = steps[3] {
        kind = .pieces(sign: sign, with: content, strips: (stripped, start))
      } else {
        return nil
      }
    default: return nil
    }
  }

  /// The text of `tokens`.
  func decode(_ tokens: [TokenID]) -> String {
    var output: [UInt8] = []
    switch kind {
    case .byteLevel: return decodeBytes(of: tokens)
    case .pieces(let sign, let content, let strips):
      var held: [UInt8] = []
      output.reserveCapacity(tokens.count * 5)
      forEachSpelling(of: tokens) { text, range in
        if let byte = text.fallbackByte(range) {
          held.append(byte)
        } else {
          Self.release(&held, to: &output)
          text.replace(sign, with: content, in: range, to: &output)
        }
      }
      Self.release(&held, to: &output)
      if let strips {
        var start = 0
        var count = 0
        while count < strips.count, start < output.count,
          case let scalar = output.span.scalar(at: start), scalar.value == strips.content
        {
          start += scalar.length
          count += 1
        }
        return String(decoding: output[start...], as: UTF8.self)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The text of byte-level tokens, which is never longer than their spelling.
  private func decodeBytes(of tokens: [TokenID]) -> String {
    var capacity = 0
    forEachSpelling(of: tokens) { _, range in capacity += range.count }
    let alphabet = ByteAlphabet.bytes
    return unsafe String(unsafeUninitializedCapacity: capacity) { buffer in
      var count = 0
      let bytes = alphabet.span
      forEachSpelling(of: tokens) { text, range in
        let start = count
        var index = range.lowerBound
        while index < range.upperBound {
          let first = Int(text[index])
          var character = first
          index += 1
          if first >= 0x80 {
            // Characters beyond U+07FF are beyond the alphabet too.
            character =
              first < 0xE0 && index < range.upperBound
              ? (first & 0x1F) << 6 | Int(text[index] & 0x3F) : bytes.count
            index += 1
          }
          guard character < bytes.count, bytes[character] != ByteAlphabet.none else {
            count = start
            for index in range {
              unsafe buffer[count] = text[index]
              count += 1
            }
            return
          }
          unsafe buffer[count] = UInt8(truncatingIfNeeded: bytes[character])
          count += 1
        }
      }
      return count
    }
  }

  /// Calls `body` with the text of each token and where in it the token's spelling stands.
  @inline(__always)
  private func forEachSpelling(
    of tokens: [TokenID],
    _ body: (Span<UInt8>, Range<Int>) -> Void
  ) {
    let table = tokenizer.model.tokens
    let strings = table.strings
    let text = strings.bytes.span
    let addedTokens = tokenizer.addedTokens
    for token in tokens {
      if let position = addedTokens.position(of: token.rawValue) {
        let added = addedTokens.tokens[position]
        if !(skipsSpecialTokens && added.isSkipped) {
          body(added.spelling.span, 0..<added.spelling.count)
        }
      } else if let entry = table.entry(of: token.rawValue) {
        body(text, strings.range(of: entry))
      }
    }
  }

  /// Bytes become characters, or U+FFFD each.
  private static func release(_ held: inout [UInt8], to output: inout [UInt8]) {
    guard !held.isEmpty else { return }
    if String(validating: held, as: UTF8.self) != nil {
      output += held
    } else {
      for _ in held { output += "\u{FFFD}".utf8 }
    }
    held.removeAll(keepingCapacity: true)
  }
}
