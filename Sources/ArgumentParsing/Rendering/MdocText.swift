/// Writes text so that mdoc(7) takes it literally. Source: https://man.openbsd.org/mandoc_char.7
enum MdocText {
  /// A line of prose. Hyphens stay hyphens, except in words such as `--name` and `-1`.
  static func prose(_ text: String) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let escaped = words.map { word in
      let start = word.first { $0.isLetter || $0.isNumber || $0 == "-" }
      return self.escaped(word, isCode: start == "-")
    }
    return protected(escaped.joined(separator: " "))
  }

  /// A line of code, in which every character is the ASCII one.
  static func code(_ text: String) -> String { protected(escaped(text[...], isCode: true)) }

  /// A word as the argument of a macro, also when it is the name of one or a delimiter.
  static func argument(_ word: String) -> String {
    let text = escaped(word[...], isCode: true)
    let looksLikeMacro =
      (2...3).contains(word.count) && word.first?.isUppercase == true
      && word.dropFirst().contains(where: \.isLowercase)
    let isDelimiter = word.count == 1 && word.allSatisfy { !$0.isLetter && !$0.isNumber }
    return looksLikeMacro || isDelimiter ? "\\&" + text : text
  }

  /// Words as the arguments of a macro.
  static func arguments(_ text: String) -> String {
    text.split(separator: " ").map { argument(String($0)) }.joined(separator: " ")
  }

  /// Keeps a point or quote at the start of a line from making it a request.
  private static func protected(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }

  private static func escaped(_ text: Substring, isCode: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\e"
      case "-" where isCode: result += "\\-"
      case "'" where isCode: result += "\\(aq"
      case "`" where isCode: result += "\\(ga"
      case "^" where isCode: result += "\\(ha"
      case "~" where isCode: result += "\\(ti"
      case "\"": result += "\\(dq"
      case _ where !scalar.isASCII:
        let digits = String(scalar.value, radix: 16, uppercase: true)
        result += "\\[u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "]"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
