/// Small changes to text for people.
enum Prose {
  /// `text` as a phrase: "Complete a prompt." becomes "complete a prompt".
  static func phrase(_ text: String) -> String {
    var result = text
    if result.hasSuffix("."), !result.hasSuffix("..") { result.removeLast() }
    let word = result.prefix { !$0.isWhitespace }
    // Abbreviations and names ("GGUF file", "OpenAI server") keep their capitals.
    if let first = word.first, word.dropFirst().allSatisfy({ !$0.isUppercase }) {
      result.replaceSubrange(...result.startIndex, with: first.lowercased())
    }
    return result
  }

  /// `text` as a sentence: "complete a prompt" becomes "Complete a prompt."
  static func sentence(_ text: String) -> String {
    guard let first = text.first else { return "" }
    let body = first.uppercased() + text.dropFirst()
    return body.hasSuffix(".") ? body : body + "."
  }

  /// What `lines(_:width:)` writes as a space but does not break at.
  static let fixedSpace: Character = "\u{A0}"

  /// `text` as lines of at most `width` characters, broken at spaces where there are any.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { line in String(line.map { $0 == fixedSpace ? " " : $0 }) }
  }

  /// `text` padded with spaces to `width` characters.
  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// A word of the caller's between single quotes: shortened, without control characters.
  static func quoted(_ word: String) -> String {
    let limit = 200
    var shown = ""
    for scalar in word.unicodeScalars.prefix(limit) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        shown += scalar.escaped(asASCII: true)
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return word.unicodeScalars.count > limit ? "'\(shown)...'" : "'\(shown)'"
  }
}
