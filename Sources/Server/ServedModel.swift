public import Engine
import Glibc
import JSON
import Models
import Prompts
import Tokenization

/// The model behind all routes, and what they need to know of it.
public struct ServedModel: Sendable {
  /// Generates; `nil` for a model that only embeds.
  let engine: InferenceEngine?
  /// Makes vectors; `nil` for a model that only generates.
  let embedder: Embedder?
  let tokenizer: Tokenizer
  /// Scores of one position; every token is below it.
  let vocabularySize: Int
  /// Numbers of a prompt's row.
  let hiddenSize: Int
  /// The most positions of a request.
  let maxModelLength: Int
  let options: ServerOptions
  let defaults: GenerationDefaults
  /// The model's names in the API; never empty.
  let names: [String]
  /// When the server began, in seconds since 1970.
  let created: Int
  private let reader: Result<PromptReader, any Error>
  /// Reads chats with tools, for which some models have a template of their own.
  private let toolReader: Result<PromptReader, any Error>

  /// The decoder `loaded` from `options.modelRoot`, run by `engine`; it also embeds with `embedder`.
  public init(
    _ loaded: LoadedModel,
    _ engine: InferenceEngine,
    embedder: Embedder? = nil,
    _ options: ServerOptions
  ) {
    self.engine = engine
    self.embedder = embedder
    tokenizer = loaded.tokenizer
    vocabularySize = loaded.configuration.vocabularySize
    hiddenSize = loaded.configuration.hiddenSize
    maxModelLength = engine.maxModelLength
    self.options = options
    defaults = GenerationDefaults(folder: options.modelRoot)
    names = options.modelNames.isEmpty ? [options.modelRoot] : options.modelNames
    created = time(nil)
    (reader, toolReader) = Self.readers(loaded, loaded.tokenizer, options)
  }

  /// A model that only embeds; the files of a decoder are `loaded` for its chat template.
  public init(embedding embedder: Embedder, _ loaded: LoadedModel?, _ options: ServerOptions) {
    engine = nil
    self.embedder = embedder
    tokenizer = embedder.model.tokenizer
    vocabularySize = embedder.model.vocabularySize
    hiddenSize = embedder.model.width
    maxModelLength = embedder.maxTextLength
    self.options = options
    defaults = GenerationDefaults()
    names = options.modelNames.isEmpty ? [options.modelRoot] : options.modelNames
    created = time(nil)
    (reader, toolReader) = Self.readers(loaded, embedder.model.tokenizer, options)
  }

  private static func readers(
    _ loaded: LoadedModel?,
    _ tokenizer: Tokenizer,
    _ options: ServerOptions
  ) -> (Result<PromptReader, any Error>, Result<PromptReader, any Error>) {
    func reader(withTools: Bool) -> Result<PromptReader, any Error> {
      Result {
        guard let loaded else {
          guard options.chatTemplate == nil else { throw UnusableTemplateError() }
          return PromptReader(tokenizer: tokenizer, template: nil)
        }
        return try loaded.promptReader(
          forChat: true,
          chatTemplate: options.chatTemplate,
          withTools: withTools
        )
      }
    }
    return (reader(withTools: false), reader(withTools: true))
  }

  /// Checks that chats can be read.
  ///
  /// - Throws: why the chat template cannot be used.
  public func checkChatTemplate() throws { _ = try reader.get() }

  /// Ends what is being computed; further requests are refused.
  public func shutdown() { engine?.shutdown() }

  /// The engine that answers requests to `api`.
  ///
  /// - Throws: `BadRequestError` for a model that only embeds.
  func generator(for api: String) throws(APIError) -> InferenceEngine {
    guard let engine else { throw .unsupported(api) }
    return engine
  }

  /// What the engine has done, and does now.
  func statistics() -> EngineStatistics { engine?.statistics() ?? EngineStatistics() }

  /// Generations and requests for vectors that are worked on.
  var runningCount: Int { statistics().runningCount + (embedder?.requestCount ?? 0) }

  /// A reader of texts and chats.
  ///
  /// - Throws: why the chat template cannot be used.
  func promptReader(forChat: Bool, withTools: Bool = false) throws -> PromptReader {
    if !forChat { return PromptReader(tokenizer: tokenizer, template: nil) }
    do {
      return try (withTools ? toolReader : reader).get()
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

/// The error for a chat template that is given to an encoder.
private struct UnusableTemplateError: Error, CustomStringConvertible {
  let description = "the model is an encoder, which reads no chats: it takes no chat template"
}

extension APIError {
  /// The error for a part of the API that is not for this kind of model.
  static func unsupported(_ api: String) -> Self {
    badRequest("The model does not support \(api) API")
  }

  /// The error for a model that is not served.
  static func unknownModel(_ name: String, _ names: [String]) -> Self {
    notFound(
      "The model `\(capped(name))` does not exist. "
        + "Valid aliases: \(names.joined(separator: ", ")).",
      "model"
    )
  }
}
