/// What is done with the tokens of one text or two: white space leaves offsets, special tokens come around.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/processors
struct PostProcessor: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case tokens([TokenID], typeID: Int)
    /// A text; without a type of its own it keeps 0 or, the second, 1.
    case text(isSecond: Bool, typeID: Int?)
  }

  /// What one text becomes.
  var single: [Part]
  /// What two texts become.
  var pair: [Part]
  /// For each time that white space leaves offsets, whether a space was put before the text.
  var trims: [Bool] = []

  /// Nothing but the texts.
  static let plain = PostProcessor(
    single: [.text(isSecond: false, typeID: nil)],
    pair: [.text(isSecond: false, typeID: nil), .text(isSecond: true, typeID: nil)]
  )

  /// The same around each of two texts.
  init(_ template: Template) {
    func parts(isSecond: Bool) -> [Part] {
      template.parts.map { part in
        switch part {
        case .tokens(let tokens): .tokens(tokens, typeID: isSecond ? 1 : 0)
        case .text: .text(isSecond: isSecond, typeID: nil)
        }
      }
    }
    single = parts(isSecond: false)
    pair = parts(isSecond: false) + parts(isSecond: true)
  }

  init(single: [Part], pair: [Part], trims: [Bool] = []) {
    self.single = single
    self.pair = pair
    self.trims = trims
  }

  /// What is put around one text.
  var template: Template {
    Template(
      parts: single.compactMap { part in
        switch part {
        case .tokens(let tokens, _): .tokens(tokens)
        case .text(let isSecond, _): isSecond ? nil : .text
        }
      }
    )
  }

  /// How many tokens come to one text or to two.
  func tokenCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { count, part in
      if case .tokens(let tokens, _) = part { count + tokens.count } else { count }
    }
  }

  /// One encoding of one text or two.
  func apply(to first: Encoding, _ second: Encoding?, addSpecialTokens: Bool) -> Encoding {
    var result = Encoding()
    for part in second == nil ? single : pair {
      switch part {
      case .tokens(let tokens, let typeID):
        if addSpecialTokens { result.append(Encoding(added: tokens, typeID: typeID)) }
      case .text(let isSecond, let typeID):
        guard var text = isSecond ? second : first else { continue }
        let type = typeID ?? (isSecond ? 1 : 0)
        text.typeIDs = Array(repeating: type, count: text.tokens.count)
        result.append(text)
      }
    }
    return result
  }
}

extension Encoding {
  /// Takes white space at the ends of tokens out of their offsets.
  ///
  /// - Parameters:
  ///   - hasPrefixSpace: a space that was put before the text is none of it.
  ///   - spaces: how many characters of white space a token begins and ends with.
  mutating func trimOffsets(hasPrefixSpace: Bool, _ spaces: (TokenID) -> Edges) {
    for index in tokens.indices {
      let edges = edges[index] ?? spaces(tokens[index])
      var leading = edges.leading
      var (start, end) = (offsets[index].lowerBound, offsets[index].upperBound)
      if leading > 0 {
        if hasPrefixSpace, leading == 1, index == 0 || start == 0 { leading = 0 }
        start = min(start + leading, end)
      }
      if edges.trailing > 0, end >= edges.trailing { end = max(end - edges.trailing, start) }
      offsets[index] = start..<end
    }
    for index in overflowing.indices {
      overflowing[index].trimOffsets(hasPrefixSpace: hasPrefixSpace, spaces)
    }
  }
}
