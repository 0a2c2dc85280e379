/// A command line that cannot be carried out, and what its author can do about it.
public struct UsageError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, in one line.
  public let message: String
  /// A way out, without the word "hint".
  public let hint: String?
  /// The words before `--help`, filled in by `Program`: `swiftllm generate`.
  public internal(set) var command: String?

  /// States a fault; a command's own checks may throw this as well.
  public init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }

  /// Where the right usage is told: `see 'swiftllm generate --help'`.
  public var reference: String? { command.map { "see '\($0) --help'" } }

  /// Message, hint and reference, one line each, without a newline at the end.
  public var description: String {
    [message, hint.map { "hint: " + $0 }, reference].compactMap(\.self).joined(separator: "\n")
  }

  func adding(command: String) -> Self {
    var result = self
    result.command = result.command ?? command
    return result
  }
}
