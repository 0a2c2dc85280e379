/// What one render may use; a template that wants more ends with ``TemplateError/limitExceeded(_:)``.
public struct TemplateLimits: Sendable, Equatable {
  /// Bytes of the result, and of any text on the way to it.
  public var textBytes: Int
  /// Expressions and statements evaluated, elements made, and 32-byte pieces of values made or read.
  ///
  /// This bounds time and memory: 5 million steps take less than a second of a processor and 200 MB.
  public var work: Int
  /// Nested evaluations, macro calls included. In a release build all of them fit
  /// a stack of 512 KiB; a debug build needs 4 MiB.
  public var evaluationDepth: Int

  /// Limits far above what real conversations need.
  public init(
    textBytes: Int = 32 << 20,
    work: Int = 5_000_000,
    evaluationDepth: Int = 250
  ) {
    self.textBytes = textBytes
    self.work = work
    self.evaluationDepth = evaluationDepth
  }

  /// The deepest nesting of lists and mappings that is accepted.
  static let valueDepth = 200
  /// The most elements and bytes of text, at all depths, in one list or mapping.
  static let valueSize = 128 << 20
  /// The deepest nesting of blocks and expressions in the text of a template.
  static let syntaxDepth = 100
  /// The longest chain of attributes, calls, filters and tests on one operand.
  static let chainLength = 100
  /// The longest `range`, as in jinja2's sandbox.
  static let rangeLength = 100_000
}
