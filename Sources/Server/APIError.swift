import ChatTemplates
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import Tokenization

/// A refusal as OpenAI's clients read it: `{"error": {"message", "type", "param", "code"}}`.
struct APIError: Error, Equatable {
  /// The HTTP status.
  var status: Int
  /// What was wrong.
  var message: String
  /// vLLM's name for the kind of error.
  var type: String
  /// The field at fault.
  var parameter: String?

  /// A field that is not what the schema says.
  static func schema(_ message: String, _ parameter: String? = nil) -> Self {
    Self(status: 400, message: message, type: "Bad Request", parameter: parameter)
  }

  /// A request that is well formed, but cannot be carried out.
  ///
  /// The message ends with the field and its value, as vLLM's do.
  static func invalid(_ message: String, _ parameter: String, value: String? = nil) -> Self {
    let value = value.map { ", value=\($0)" } ?? ""
    return Self(
      status: 400,
      message: "\(message) (parameter=\(parameter)\(value))",
      type: "BadRequestError",
      parameter: parameter
    )
  }

  /// A request that cannot be carried out, for no single field.
  static func badRequest(_ message: String) -> Self {
    Self(status: 400, message: message, type: "BadRequestError")
  }

  /// A path or a name that does not exist.
  static func notFound(_ message: String, _ parameter: String? = nil) -> Self {
    Self(status: 404, message: message, type: "NotFoundError", parameter: parameter)
  }

  /// A body longer than the server takes.
  static func tooLarge(limit: Int) -> Self {
    Self(
      status: 413,
      message: "Request body is larger than \(limit) bytes; --max-request-bytes sets the limit.",
      type: "Content Too Large"
    )
  }

  /// The body of the response.
  var body: JSON {
    [
      "error": [
        "message": .string(message),
        "type": .string(type),
        "param": parameter.map(JSON.string) ?? .null,
        "code": .integer(status),
      ]
    ]
  }

  /// What a client is told of `error`: the one place where errors become statuses.
  init(_ error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as JSONError: self = .schema("Invalid JSON: \(error)")
    case let error as PromptError: self = .invalid("\(error)", "prompt")
    case let error as TokenizerError: self = .invalid("\(error)", "prompt")
    case let error as TemplateError:
      self = .invalid("The chat template cannot render the messages: \(error)", "messages")
    case let error as TensorFileError: self = .invalid("\(error)", "prompt_embeds")
    case let error as KeyValueCacheError:
      self = Self(status: 503, message: "\(error)", type: "Service Unavailable")
    case is CancellationError:
      self = Self(status: 499, message: "The client went away.", type: "Client Closed Request")
    default:
      // What else fails is ours; its text may name files of this machine.
      self = Self(status: 500, message: "Internal server error", type: "InternalServerError")
    }
  }

  /// Spells out all parts.
  init(status: Int, message: String, type: String, parameter: String? = nil) {
    self.status = status
    self.message = message
    self.type = type
    self.parameter = parameter
  }
}

extension APIError {
  /// `text` with at most 200 characters, as vLLM cuts what a caller's bytes made.
  static func capped(_ text: String) -> String {
    let limit = 200
    guard text.count > limit else { return text }
    return "\(text.prefix(limit))... (\(text.count - limit) more characters truncated)"
  }
}
