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
      do {
        switch try TextLine(line, mustBeObject: path.hasSuffix(".jsonl")) {
        case .text(let text): return text
        case .object(let object):
          guard let input = object["input"]?.stringValue else {
            throw CommandError("the object has no string 'input'")
          }
          return input
        }
      } catch {
        throw CommandError("cannot read line \(index + 1) of \(name): \(error)")
      }
    }
  }
}
