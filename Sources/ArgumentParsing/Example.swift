/// A command line worth showing.
public struct Example: Sendable, Equatable, ExpressibleByStringLiteral {
  /// The line as a user types it.
  public let line: String
  /// What it does, as a sentence for the manual.
  public let explanation: String?

  /// Shows `line`; the manual puts `explanation` above it.
  public init(_ line: String, _ explanation: String? = nil) {
    self.line = line
    self.explanation = explanation
  }

  /// Shows `line` without an explanation.
  public init(stringLiteral line: String) { self.init(line) }
}
