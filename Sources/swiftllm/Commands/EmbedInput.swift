import JSON
import Tensors

/// The texts that `embed` is given.
enum EmbedInput {
  /// The operands, or the lines of the input.
  ///
  /// - Throws: `CommandError` naming the line for one that is not what it should be.
  static func texts(_ options: EmbedOptions) throws -> [String] {
    guard options.texts.isEmpty else { return options.texts }
    let path = options.input ?? "-"
    let isStandardInput = path == "-"
    let bytes = try isStandardInput ? StandardInput.bytes() : SharedBytes.mapping(path: path)
    let name = isStandardInput ? "standard input" : "'\(path)'"
    var lines = bytes.array.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty ?? false { lines.removeLast() }
    return try lines.enumerated().map { index, line in
      func failure(_ reason: String) -> CommandError {
        CommandError("cannot read line \(index + 1) of \(name): \(reason)")
      }
      guard var text = String(validating: line, as: UTF8.self) else {
        throw failure("text is not UTF-8")
      }
      if text.unicodeScalars.last == "\r" { text.unicodeScalars.removeLast() }
      let mustBeObject = path.hasSuffix(".jsonl")
      guard mustBeObject || text.unicodeScalars.first == "{" else { return text }
      let json: JSON
      do {
        json = try JSON(parsing: text)
      } catch {
        if mustBeObject { throw failure("\(error)") }
        return text  // A text may begin with a brace.
      }
      guard json.objectValue != nil else {
        throw failure("found \(json.kindDescription), expected an object with 'input'")
      }
      guard let input = json["input"]?.stringValue else {
        throw failure("the object has no string 'input'")
      }
      return input
    }
  }
}
