/// Why a chat template could not be read or rendered.
public enum TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The template is not valid; `line` counts from 1.
  case syntax(SyntaxErrorClass, message: String, line: Int)
  /// The template called `raise_exception` with this text.
  case raised(message: String)
  /// An operation failed as it would in Python; the message is Python's or jinja2's.
  case runtime(RuntimeErrorClass, message: String)
  /// The template asked for more work, memory or nesting than a render may use.
  case limitExceeded(String)

  /// Python's classes of errors in the text of a template.
  public enum SyntaxErrorClass: String, Sendable {
    case templateSyntaxError = "TemplateSyntaxError"
    case templateAssertionError = "TemplateAssertionError"
    case syntaxError = "SyntaxError"
  }

  /// Python's classes of errors while a template renders.
  public enum RuntimeErrorClass: String, Sendable {
    case undefinedError = "UndefinedError"
    case securityError = "SecurityError"
    case templateRuntimeError = "TemplateRuntimeError"
    case filterArgumentError = "FilterArgumentError"
    case typeError = "TypeError"
    case valueError = "ValueError"
    case keyError = "KeyError"
    case indexError = "IndexError"
    case attributeError = "AttributeError"
    case assertionError = "AssertionError"
    case overflowError = "OverflowError"
    case zeroDivisionError = "ZeroDivisionError"
    case runtimeError = "RuntimeError"
    case nameError = "NameError"
    case lookupError = "LookupError"
    case unicodeEncodeError = "UnicodeEncodeError"
  }

  /// The name of the class that jinja2 would raise; "LimitError" for limits.
  public var className: String {
    switch self {
    case .syntax(let kind, _, _): kind.rawValue
    case .raised: "TemplateError"
    case .runtime(let kind, _): kind.rawValue
    case .limitExceeded: "LimitError"
    }
  }

  /// The message alone, as jinja2 words it.
  public var message: String {
    switch self {
    case .syntax(_, let message, _), .raised(let message), .runtime(_, let message),
      .limitExceeded(let message):
      message
    }
  }

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .syntax(let kind, let message, let line): "\(kind.rawValue): \(message) (line \(line))"
    case .raised(let message): message
    case .runtime(let kind, let message): "\(kind.rawValue): \(message)"
    case .limitExceeded(let message): "template exceeds a limit: \(message)"
    }
  }
}

extension TemplateError {
  /// Whether Python itself, not jinja2, finds the template not valid.
  var isPythonSyntax: Bool { if case .syntax(.syntaxError, _, _) = self { true } else { false } }

  static func type(_ message: String) -> TemplateError { .runtime(.typeError, message: message) }

  static func value(_ message: String) -> TemplateError { .runtime(.valueError, message: message) }

  static func argument(_ message: String) -> TemplateError {
    .runtime(.filterArgumentError, message: message)
  }
}
