import JSON

/// A part of tokenizer.json that is told apart by its `type`.
struct Component {
  let json: JSON
  /// Where it stands, for messages.
  let path: String

  /// The part `json`; `nil` for `null` or nothing.
  init?(_ json: JSON?, path: String) {
    guard let json, json != .null else { return nil }
    self.json = json
    self.path = path
  }

  /// The member `type`.
  func type() throws(TokenizerError) -> String {
    guard let type = json["type"]?.stringValue else { throw .missing(path: path + ".type") }
    return type
  }

  /// What to throw for a type that is not known.
  func unsupported() -> TokenizerError {
    .unsupported(path: path, name: json["type"]?.stringValue ?? json.kindDescription)
  }

  func string(_ key: String) throws(TokenizerError) -> String {
    guard let value = json[key] else { throw .missing(path: "\(path).\(key)") }
    guard let string = value.stringValue else {
      throw .invalid(path: "\(path).\(key)", expected: "a string")
    }
    return string
  }

  func bool(_ key: String, default fallback: Bool) throws(TokenizerError) -> Bool {
    guard let value = json[key], value != .null else { return fallback }
    guard let bool = value.boolValue else {
      throw .invalid(path: "\(path).\(key)", expected: "a bool")
    }
    return bool
  }

  func count(_ key: String) throws(TokenizerError) -> Int {
    guard let value = json[key]?.integerValue, value >= 0 else {
      throw .invalid(path: "\(path).\(key)", expected: "a count")
    }
    return value
  }

  /// The one scalar that the string `key` is.
  func scalar(_ key: String) throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string(key).unicodeScalars
    guard let scalar = scalars.first, scalars.count == 1 else {
      throw .invalid(path: "\(path).\(key)", expected: "one character")
    }
    return scalar
  }

  /// The parts of the array `key`.
  func parts(_ key: String) throws(TokenizerError) -> [Component] {
    guard let array = json[key]?.arrayValue else {
      throw .invalid(path: "\(path).\(key)", expected: "an array")
    }
    return array.enumerated().compactMap { Component($1, path: "\(path).\(key)[\($0)]") }
  }

  /// The pattern `{"String": …}` or `{"Regex": …}`.
  func pattern() throws(TokenizerError) -> SplitPattern {
    let path = path + ".pattern"
    if let literal = json["pattern"]?["String"]?.stringValue ?? json["pattern"]?.stringValue {
      return .literal(Array(literal.utf8))
    }
    guard let expression = json["pattern"]?["Regex"]?.stringValue else {
      throw .invalid(path: path, expected: "a pattern")
    }
    return try SplitPattern(expression: expression, path: path)
  }
}
