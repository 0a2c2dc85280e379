import JSON

/// A line of an input in which texts and JSON objects may stand.
enum TextLine {
  case text(String)
  case object(JSONObject)

  /// Reads a line: what begins with a brace (or blanks and a brace) and is a JSON object is one, all else is text.
  ///
  /// Where `mustBeObject`, as in files named `.jsonl`, nothing else is taken for a text.
  /// - Throws: `CommandError` that does not name the line.
  init(_ bytes: some Collection<UInt8>, mustBeObject: Bool) throws {
    guard var text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError("text is not UTF-8")
    }
    if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
    let start = text.unicodeScalars.first { !$0.properties.isWhitespace }
    guard mustBeObject || start == "{" else {
      self = .text(text)
      return
    }
    let json: JSON
    do {
      json = try JSON(parsing: text)
    } catch {
      if mustBeObject { throw CommandError("\(error)") }
      self = .text(text)  // A text may begin with a brace.
      return
    }
    guard let object = json.objectValue else {
      throw CommandError("found \(json.kindDescription), expected an object")
    }
    self = .object(object)
  }
}
