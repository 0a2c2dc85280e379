import JSON

/// The members of tokenizer.json: the vocabulary packed, all others as they are.
///
/// Source: https://github.com/huggingface/tokenizers/tree/main/tokenizers/src/tokenizer/serialization.rs
struct TokenizerFile {
  private(set) var parts = JSONObject()
  private(set) var modelOptions = JSONObject()
  /// Tokens in the order of the file, and their ids.
  private(set) var tokens = PackedStrings()
  private(set) var ids: [Int] = []
  /// The scores of the tokens of a `Unigram` model, which are numbered in their order.
  private(set) var scores: [Double] = []
  /// The left and the right token of each merge, in turn.
  private(set) var merges = PackedStrings()
  /// A merge that is not two tokens, if there is one.
  private(set) var badMerge: Int?

  /// Reads `bytes`, which must be a JSON object.
  init(_ bytes: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(bytes)
    try reader.beginObject()
    while let key = try reader.nextKey() {
      if key == "model", try reader.peek() == .object {
        try readModel(&reader, bytes)
      } else {
        parts[key] = try reader.readValue()
      }
    }
    try reader.finish()
  }

  /// The vocabulary of vocab.json and merges.txt, with other members as tokenizer.json would have them.
  init(
    vocabularyJSON: Span<UInt8>,
    merges: Span<UInt8>,
    parts: JSONObject,
    modelOptions: JSONObject
  )
    throws(JSONError)
  {
    self.parts = parts
    self.modelOptions = modelOptions
    var reader = JSONReader(vocabularyJSON)
    try readVocabulary(&reader)
    try reader.finish()
    merges.forEachLine { line in
      // The first line may name the version.
      if merges.starts(with: Self.version.span, at: line.lowerBound, end: line.upperBound) {
        return
      }
      let count = self.merges.count
      self.merges.append { merges.copy(line, to: &$0) }
      self.merges.splitLast(at: UInt8(ascii: " "))
      if self.merges.count != count + 2, badMerge == nil { badMerge = count / 2 }
    }
  }

  /// The vocabulary of vocab.txt: one token a line, numbered from 0.
  init(vocabularyText: Span<UInt8>, parts: JSONObject, modelOptions: JSONObject) {
    self.parts = parts
    self.modelOptions = modelOptions
    vocabularyText.forEachLine(includesEmpty: true) { line in
      ids.append(tokens.count)
      tokens.append { vocabularyText.copy(line, to: &$0) }
    }
  }

  private static let version = Array("#version".utf8)

  /// The kind of model; old files do not name it.
  var modelType: String {
    if let type = modelOptions["type"]?.stringValue { return type }
    if merges.count > 0 { return "BPE" }
    if modelOptions["continuing_subword_prefix"] != nil { return "WordPiece" }
    return modelOptions["unk_id"] != nil || !scores.isEmpty ? "Unigram" : "WordLevel"
  }

  private mutating func readModel(_ reader: inout JSONReader, _ bytes: Span<UInt8>)
    throws(JSONError)
  {
    try reader.beginObject()
    while let key = try reader.nextKey() {
      switch key {
      case "vocab" where try reader.peek() == .object: try readVocabulary(&reader)
      case "vocab" where try reader.peek() == .array: try readScoredVocabulary(&reader, bytes)
      case "vocab": try reader.skipValue()
      case "merges" where try reader.peek() == .array: try readMerges(&reader)
      default: modelOptions[key] = try reader.readValue()
      }
    }
  }

  private mutating func readVocabulary(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    while true {
      let hasKey = try tokens.append { bytes throws(JSONError) in
        try reader.nextKey(appendingTo: &bytes)
      }
      guard hasKey else { break }
      ids.append(try reader.readInteger())
    }
    tokens.removeLast()
  }

  private mutating func readScoredVocabulary(_ reader: inout JSONReader, _ bytes: Span<UInt8>)
    throws(JSONError)
  {
    try reader.beginArray()
    while try reader.nextElement() {
      try reader.beginArray()
      guard try reader.nextElement() else { continue }
      try tokens.append { bytes throws(JSONError) in try reader.readString(appendingTo: &bytes) }
      guard try reader.nextElement() else { continue }
      guard try reader.peek() == .number else {
        throw .unexpected(offset: reader.offset, expected: "a number")
      }
      let start = reader.offset
      try reader.skipValue()
      scores.append(bytes.decimalNumber(start..<reader.offset))
      while try reader.nextElement() { try reader.skipValue() }
    }
  }

  private mutating func readMerges(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginArray()
    while try reader.nextElement() {
      let count = merges.count
      if try reader.peek() == .array {
        try reader.beginArray()
        while try reader.nextElement() {
          try merges.append { bytes throws(JSONError) in
            try reader.readString(appendingTo: &bytes)
          }
        }
      } else {
        try merges.append { bytes throws(JSONError) in
          try reader.readString(appendingTo: &bytes)
        }
        merges.splitLast(at: UInt8(ascii: " "))
      }
      if merges.count != count + 2, badMerge == nil { badMerge = count / 2 }
    }
  }
}

extension PackedStrings {
  /// Makes two strings of the last one if it has the byte `separator` exactly once.
  fileprivate mutating func splitLast(at separator: UInt8) {
    let range = range(of: count - 1)
    guard let position = bytes[range].firstIndex(of: separator),
      bytes[(position + 1)..<range.upperBound].firstIndex(of: separator) == nil
    else { return }
    let right = Array(bytes[(position + 1)..<range.upperBound])
    let left = Array(bytes[range.lowerBound..<position])
    removeLast()
    append(left)
    append(right)
  }
}

extension Span<UInt8> {
  /// Calls `body` with each line, without what ends it.
  fileprivate func forEachLine(includesEmpty: Bool = false, _ body: (Range<Int>) -> Void) {
    var start = 0
    while start < count {
      var end = start
      while end < count, self[end] != UInt8(ascii: "\n") { end += 1 }
      let last = end > start && self[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
      if last > start || includesEmpty { body(start..<last) }
      start = end + 1
    }
  }
}
