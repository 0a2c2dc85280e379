import JSON

/// The members of Mistral's tekken.json.
///
/// Source: https://github.com/mistralai/mistral-common/blob/main/src/mistral_common/tokens/tokenizers/tekken.py
struct TekkenFile {
  private(set) var tokens = RankedTokens()
  private(set) var config = JSON.null
  private(set) var specialTokens: [JSON]?

  /// Reads `bytes`, which must be a JSON object with a vocabulary.
  init(_ bytes: Span<UInt8>) throws(TokenizerError) {
    var reader = JSONReader(bytes)
    do {
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "vocab" where try reader.peek() == .array: try readVocabulary(&reader)
        case "config": config = try reader.readValue()
        case "special_tokens": specialTokens = try reader.readValue().arrayValue
        default: try reader.skipValue()
        }
      }
      try reader.finish()
    } catch let error as TokenizerError {
      throw error
    } catch let error as JSONError {
      throw .json(error)
    } catch {
      throw .missing(path: "vocab")
    }
    guard !tokens.ranks.isEmpty else { throw .missing(path: "vocab") }
    guard config.objectValue != nil else { throw .missing(path: "config") }
  }

  private mutating func readVocabulary(_ reader: inout JSONReader) throws {
    try reader.beginArray()
    var text: [UInt8] = []
    while try reader.nextElement() {
      let path = "vocab[\(tokens.ranks.count)]"
      var rank: Int?
      text.removeAll(keepingCapacity: true)
      try reader.beginObject()
      while let key = try reader.nextKey() {
        switch key {
        case "rank": rank = try reader.readInteger()
        case "token_bytes": try reader.readString(appendingTo: &text)
        default: try reader.skipValue()
        }
      }
      guard let rank else { throw TokenizerError.missing(path: path + ".rank") }
      try tokens.append(rank: rank, path: path) { bytes in
        Base64.decode(text.span, 0..<text.count, to: &bytes)
      }
    }
  }
}
