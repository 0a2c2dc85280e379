import ChatTemplates
import Glibc
public import Models
public import Prompts
import Tensors
public import Tokenization

/// A model's files, and what is made of them when it is asked for.
///
/// Weights are mapped, not read: a command that needs only rows of the embedding table touches
/// nothing else.
public struct LoadedModel: Sendable {
  private let files: any ModelFiles
  private let loading: LoadingOptions
  /// Where the model lies.
  var path: String { files.path }
  /// What the decoder is made of.
  public let configuration: Configuration
  /// Text to tokens and back.
  public let tokenizer: Tokenizer

  /// Opens the model at `path`: a Hugging Face directory or a GGUF file.
  ///
  /// - Throws: `ModelError` with the file's name.
  public init(path: String, _ loading: LoadingOptions = LoadingOptions()) throws {
    self.loading = loading
    files =
      try HuggingFaceDirectory.isDirectory(path: path)
      ? HuggingFaceDirectory(path: path) : try GGUFModelFile(path: path)
    configuration = try files.configuration()
    tokenizer = try files.tokenizer()
  }

  /// The decoder with all its weights bound.
  public func model() throws -> any CausalLM {
    try binding { source in
      loading.apply(
        to: source,
        layerCount: configuration.layerCount,
        elementCount: configuration.productElementCount
      )
      return try Architectures.model(configuration, source)
    }
  }

  /// The embedding table alone.
  public func embeddingTable() throws -> EmbeddingTable {
    try binding { try EmbeddingTable(configuration, $0) }
  }

  /// The tokens that end a generation.
  public func endTokens() throws -> Set<TokenID> { try files.endTokens(tokenizer) }

  /// A reader of prompts with the model's tokenizer and, for chats, a chat template.
  ///
  /// - Parameters:
  ///   - chatTemplate: the path of a template, the name of one of the model's, or a template itself;
  ///     `nil` for the model's own.
  ///   - withTools: whether chats have tools, for which some models have a template of their own.
  /// - Throws: `ModelError`.
  public func promptReader(
    forChat: Bool,
    chatTemplate: String? = nil,
    withTools: Bool = false
  ) throws -> PromptReader {
    guard forChat else { return PromptReader(tokenizer: tokenizer, template: nil) }
    do {
      let source =
        try chatTemplate.map(chatTemplateSource)
        ?? files.chatTemplates().standard(withTools: withTools)
      return PromptReader(tokenizer: tokenizer, template: try source.map { try ChatTemplate($0) })
    } catch let error as TemplateError {
      throw ModelError(
        chatTemplate.map { $0.contains("{") ? "--chat-template" : $0 } ?? files.path,
        error
      )
    }
  }

  private func chatTemplateSource(_ name: String) throws -> String {
    if access(name, F_OK) == 0 {
      return String(decoding: try SharedBytes.mapping(path: name).array, as: UTF8.self)
    }
    let sources = try files.chatTemplates()
    if let source = sources[name] { return source }
    if name.contains("{{") || name.contains("{%") { return name }
    let list = sources.names.map { "'\($0)'" }.joined(separator: ", ")
    throw ModelError(
      "no chat template '\(name)': there is no such file, and the model has "
        + (list.isEmpty ? "none" : "only \(list)")
    )
  }

  private func binding<Value>(_ body: (WeightSource) throws -> Value) throws -> Value {
    do {
      return try body(try files.weights())
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(files.path, error)
    }
  }
}
