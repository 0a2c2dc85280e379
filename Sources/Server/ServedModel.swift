public import Engine
import Glibc
import JSON
import Models
import Prompts
import Tokenization

/// The model behind all routes, and what they need to know of it.
public struct ServedModel: Sendable {
  let engine: InferenceEngine
  let tokenizer: Tokenizer
  let configuration: Configuration
  let options: ServerOptions
  let defaults: GenerationDefaults
  /// The model's names in the API; never empty.
  let names: [String]
  /// When the server began, in seconds since 1970.
  let created: Int
  private let reader: Result<PromptReader, any Error>

  /// The model `loaded` from `options.modelRoot`, run by `engine`.
  public init(_ loaded: LoadedModel, _ engine: InferenceEngine, _ options: ServerOptions) {
    self.engine = engine
    tokenizer = loaded.tokenizer
    configuration = loaded.configuration
    self.options = options
    defaults = GenerationDefaults(folder: options.modelRoot)
    names = options.modelNames.isEmpty ? [options.modelRoot] : options.modelNames
    created = time(nil)
    reader = Result { try loaded.promptReader(forChat: true) }
  }

  /// Scores of one position; every token below is one of the model's.
  var vocabularySize: Int { configuration.vocabularySize }

  /// A reader of texts and chats.
  ///
  /// - Throws: why the chat template cannot be used.
  func promptReader(forChat: Bool) throws -> PromptReader {
    if !forChat { return PromptReader(tokenizer: tokenizer, template: nil) }
    do {
      return try reader.get()
    } catch {
      throw APIError.badRequest("The model's chat template cannot be used: \(error)")
    }
  }

  /// The name to answer with.
  ///
  /// - Throws: `NotFoundError` where a request names another model.
  func name(for fields: RequestFields) throws(APIError) -> String {
    guard let name = try fields.string("model"), !name.isEmpty else { return names[0] }
    guard names.contains(name) else { throw .unknownModel(name, names) }
    return name
  }
}

extension APIError {
  /// The error for a model that is not served.
  static func unknownModel(_ name: String, _ names: [String]) -> Self {
    notFound(
      "The model `\(capped(name))` does not exist. "
        + "Valid aliases: \(names.joined(separator: ", ")).",
      "model"
    )
  }
}
