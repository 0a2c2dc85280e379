/// Writes text for shells.
enum ShellText {
  /// `text` between single quotes, for bash and zsh.
  static func quoted(_ text: String) -> String {
    "'" + replacing(text, ["'": #"'\''"#]) + "'"
  }

  /// `text` between single quotes, for fish.
  static func fishQuoted(_ text: String) -> String {
    "'" + replacing(text, ["'": #"\'"#, #"\"#: #"\\"#]) + "'"
  }

  /// Words for a list that a shell splits and expands once more, such as that of `compgen -W`.
  static func wordList(_ words: [String]) -> String {
    words.map { word in
      word.map { isPlain($0) ? String($0) : "\\\($0)" }.joined()
    }.joined(separator: " ")
  }

  /// `text` with each of `characters` replaced by its stand-in.
  static func replacing(_ text: String, _ characters: [Character: String]) -> String {
    text.map { characters[$0] ?? String($0) }.joined()
  }

  /// `name` with the characters that a function's name may have.
  static func identifier(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "-_./:+,@%".contains(character)
  }
}
