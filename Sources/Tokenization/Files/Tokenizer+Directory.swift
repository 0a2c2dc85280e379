import JSON

/// Why the tokenizer of a directory cannot be made: which file it was and what is wrong with it.
public struct TokenizerDirectoryError: Error, Equatable, CustomStringConvertible {
  /// The file; `nil` if it is about all of them.
  public let file: String?
  /// What is wrong.
  public let description: String

  init(_ file: String?, _ error: some Error) {
    self.file = file
    description = "\(error)"
  }

  init(_ description: String) {
    file = nil
    self.description = description
  }
}

extension Tokenizer {
  /// The tokenizer of a model's directory, whatever kind of file it has.
  ///
  /// The first of these counts, as transformers chooses: tokenizer.json; a SentencePiece model or tiktoken
  /// ranks in tokenizer.model (or spiece.model, sentencepiece.bpe.model); tekken.json; vocab.json with
  /// merges.txt; qwen.tiktoken; vocab.txt. With them go tokenizer_config.json, added_tokens.json,
  /// special_tokens_map.json and config.json.
  ///
  /// - Parameter read: gives the bytes of a file of the directory; `nil` if there is none of the name.
  /// - Throws: ``TokenizerDirectoryError``, and what `read` throws.
  public init(directory read: (String) throws -> [UInt8]?) throws {
    let configuration = try Self.configuration(read)
    if let bytes = try read("tokenizer.json") {
      self = try Self.naming("tokenizer.json") { () throws(TokenizerError) in
        try Tokenizer(tokenizerJSON: bytes.span, configuration: configuration)
      }
      return
    }
    let modelType = try Self.json("config.json", read)?["model_type"]?.stringValue
    for name in ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model"] {
      guard let bytes = try read(name) else { continue }
      self = try Self.naming(name) { () throws(TokenizerError) in
        SentencePieceFile.isLikely(bytes.span)
          ? try Tokenizer(
            sentencePiece: bytes.span,
            configuration: configuration,
            modelType: modelType
          )
          : try Tokenizer(tiktoken: bytes.span, fileName: name, configuration: configuration)
      }
      return
    }
    if let bytes = try read("tekken.json") {
      self = try Self.naming("tekken.json") { () throws(TokenizerError) in
        try Tokenizer(tekken: bytes.span)
      }
      return
    }
    if let bytes = try read("vocab.json") {
      guard let merges = try read("merges.txt") else {
        throw TokenizerDirectoryError("there is a 'vocab.json' but no 'merges.txt'")
      }
      self = try Self.naming("vocab.json") { () throws(TokenizerError) in
        try Tokenizer(
          vocabularyJSON: bytes.span,
          merges: merges.span,
          configuration: configuration,
          modelType: modelType
        )
      }
      return
    }
    if let bytes = try read("qwen.tiktoken") {
      self = try Self.naming("qwen.tiktoken") { () throws(TokenizerError) in
        try Tokenizer(tiktoken: bytes.span, fileName: "qwen.tiktoken", configuration: configuration)
      }
      return
    }
    if let bytes = try read("vocab.txt") {
      self = try Self.naming("vocab.txt") { () throws(TokenizerError) in
        try Tokenizer(vocabularyText: bytes.span, configuration: configuration)
      }
      return
    }
    throw TokenizerDirectoryError(
      "there is no tokenizer: expected tokenizer.json, tokenizer.model, tekken.json, vocab.json with "
        + "merges.txt, qwen.tiktoken or vocab.txt"
    )
  }

  /// The tokenizer of one file, by what the file holds.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of a tokenizer.json, a tekken.json, a SentencePiece model, tiktoken ranks or a vocab.txt.
  ///   - name: the file's name, which tells how texts are cut where the file does not.
  public init(file bytes: Span<UInt8>, name: String) throws(TokenizerError) {
    let first = bytes.firstSignificantByte
    if first == UInt8(ascii: "{") {
      if bytes.isTekken {
        try self.init(tekken: bytes)
      } else {
        try self.init(tokenizerJSON: bytes)
      }
    } else if SentencePieceFile.isLikely(bytes) {
      try self.init(sentencePiece: bytes)
    } else if name.hasSuffix(".txt") {
      try self.init(vocabularyText: bytes, configuration: nil)
    } else {
      try self.init(tiktoken: bytes, fileName: name)
    }
  }

  /// tokenizer_config.json, completed by special_tokens_map.json where that is of the older kind, which
  /// does not list added tokens, and by added_tokens.json.
  ///
  /// Source: transformers/tokenization_utils_base.py, `_from_pretrained`
  private static func configuration(_ read: (String) throws -> [UInt8]?) throws -> JSON? {
    let configuration = try json("tokenizer_config.json", read)
    guard configuration?["added_tokens_decoder"] == nil else { return configuration }
    let specialTokens = try json("special_tokens_map.json", read)?.objectValue
    let addedTokens = try json("added_tokens.json", read)?.objectValue
    if specialTokens == nil, addedTokens == nil { return configuration }
    var members = configuration?.objectValue ?? JSONObject()
    for (name, token) in specialTokens ?? JSONObject() { members[name] = token }
    if let addedTokens {
      let special = Set((specialTokens ?? JSONObject()).flatMap { texts(of: $1) })
      var declared = JSONObject()
      for (text, id) in addedTokens {
        declared[id.text] = [
          "content": .string(text), "special": .bool(special.contains(text)), "normalized": false,
        ]
      }
      members["added_tokens_decoder"] = .object(declared)
    }
    return .object(members)
  }

  /// The texts of a token or of a list of them.
  private static func texts(of json: JSON) -> [String] {
    (json.arrayValue ?? [json]).compactMap { $0.stringValue ?? $0["content"]?.stringValue }
  }

  private static func json(_ name: String, _ read: (String) throws -> [UInt8]?) throws -> JSON? {
    guard let bytes = try read(name) else { return nil }
    let json: JSON
    do { json = try JSON(parsing: bytes) } catch { throw TokenizerDirectoryError(name, error) }
    guard json.objectValue != nil else {
      throw TokenizerDirectoryError(
        name,
        TokenizerError.invalid(path: name, expected: "a JSON object")
      )
    }
    return json
  }

  private static func naming(_ file: String, _ body: () throws(TokenizerError) -> Tokenizer) throws
    -> Tokenizer
  {
    do { return try body() } catch { throw TokenizerDirectoryError(file, error) }
  }
}

extension Span<UInt8> {
  /// Whether the members of a JSON object are those of a tekken.json, not of a tokenizer.json.
  fileprivate var isTekken: Bool {
    var reader = JSONReader(self)
    guard (try? reader.beginObject()) != nil else { return false }
    while let key = try? reader.nextKey() {
      switch key {
      case "config", "vocab": return true
      case "version", "added_tokens", "model": return false
      default: if (try? reader.skipValue()) == nil { return false }
      }
    }
    return false
  }

  /// The first byte that is no white space of JSON.
  fileprivate var firstSignificantByte: UInt8? {
    for index in 0..<count where ![0x20, 0x09, 0x0A, 0x0D].contains(self[index]) {
      return self[index]
    }
    return nil
  }
}
