import Glibc
import JSON
import Tokenization

/// Answers each line of standard input.
func answerLines(_ tokenizer: Tokenizer) throws {
  while let line = readLine() {
    let question = try JSON(parsing: Array(line.utf8))
    let answer: JSON
    do { answer = try tokenizer.answer(question) } catch {
      var complaint = JSONObject()
      complaint["error"] = .string("\(error)")
      answer = .object(complaint)
    }
    print(answer.text)
    fflush(nil)
  }
}

extension Tokenizer {
  fileprivate func answer(_ question: JSON) throws -> JSON {
    if let ids = question["ids"]?.arrayValue {
      return .object(decoded(ids.compactMap { $0.integerValue.map { TokenID(UInt32($0)) } }))
    }
    var truncation: Truncation?
    if let length = question["max_length"]?.integerValue {
      truncation = Truncation(
        length: length,
        stride: question["stride"]?.integerValue ?? 0,
        strategy: (question["strategy"]?.stringValue)
          .flatMap(Truncation.Strategy.init(rawValue:)) ?? .longestFirst,
        direction: question["direction"] == "left" ? .left : .right
      )
    }
    let text = question["text"]?.stringValue ?? ""
    let pair = question["pair"]?.stringValue
    let addsSpecialTokens = question["add_special_tokens"]?.boolValue ?? true
    let parsesSpecialTokens = question["parse_special_tokens"]?.boolValue ?? true
    let encoding = try encoding(
      of: text,
      and: pair,
      addSpecialTokens: addsSpecialTokens,
      parseSpecialTokens: parsesSpecialTokens,
      truncation: truncation
    )
    if truncation == nil, pair == nil {
      let tokens = try encode(
        text,
        addSpecialTokens: addsSpecialTokens,
        parseSpecialTokens: parsesSpecialTokens
      )
      guard tokens == encoding.tokens else {
        throw FileError(description: "encode and encoding differ: \(tokens)")
      }
    }
    var answer = decoded(encoding.tokens)
    answer["ids"] = Self.ids(encoding.tokens)
    answer["type_ids"] = .array(encoding.typeIDs.map { .integer($0) })
    answer["offsets"] = .array(
      encoding.offsets.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) }
    )
    answer["overflow"] = .array(encoding.overflowing.map { Self.ids($0.tokens) })
    return .object(answer)
  }

  /// The texts, which must be those that come in pieces too.
  private func decoded(_ tokens: [TokenID]) -> JSONObject {
    var answer = JSONObject()
    for (key, skips) in [("decoded", false), ("decoded_skip", true)] {
      let text = decode(tokens, skipSpecialTokens: skips)
      var decoder = IncrementalDecoder(self, skipSpecialTokens: skips)
      var pieces = ""
      for token in tokens { pieces += decoder.append(token) }
      pieces += decoder.finish()
      answer[key] = .string(pieces.utf8.elementsEqual(text.utf8) ? text : "in pieces: \(pieces)")
    }
    return answer
  }

  private static func ids(_ tokens: [TokenID]) -> JSON {
    .array(tokens.map { .integer($0.index) })
  }
}
