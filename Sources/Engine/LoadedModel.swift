import ChatTemplates
public import Models
public import Prompts
public import Tensors
public import Tokenization

/// A model's files, and what is made of them when it is asked for.
///
/// Weights are mapped, not read: a command that needs only rows of the embedding table touches
/// nothing else.
public struct LoadedModel: Sendable {
  private let files: any ModelFiles
  private let computeType: ComputeType
  /// Where the model lies.
  var path: String { files.path }
  /// What the decoder is made of.
  public let configuration: Configuration
  /// Text to tokens and back.
  public let tokenizer: Tokenizer

  /// Opens the model at `path`: a Hugging Face directory or a GGUF file.
  ///
  /// `computeType` says what products with its weights may round.
  ///
  /// - Throws: `ModelError` with the file's name.
  public init(path: String, computeType: ComputeType = .automatic) throws {
    self.computeType = computeType
    files =
      try HuggingFaceDirectory.isDirectory(path: path)
      ? HuggingFaceDirectory(path: path) : try GGUFModelFile(path: path)
    configuration = try files.configuration()
    tokenizer = try files.tokenizer()
  }

  /// The decoder with all its weights bound.
  public func model() throws -> any CausalLM {
    try binding { try Architectures.model(configuration, $0) }
  }

  /// The embedding table alone.
  public func embeddingTable() throws -> EmbeddingTable {
    try binding { try EmbeddingTable(configuration, $0) }
  }

  /// The tokens that end a generation.
  public func endTokens() throws -> Set<TokenID> { try files.endTokens(tokenizer) }

  /// A reader of prompts with the model's tokenizer and, for chats, its chat template.
  public func promptReader(forChat: Bool) throws -> PromptReader {
    guard forChat else { return PromptReader(tokenizer: tokenizer, template: nil) }
    do {
      let template = try files.chatTemplateSource().map { try ChatTemplate($0) }
      return PromptReader(tokenizer: tokenizer, template: template)
    } catch let error as TemplateError {
      throw ModelError(files.path, error)
    }
  }

  private func binding<Value>(_ body: (WeightSource) throws -> Value) throws -> Value {
    do {
      let weights = try files.weights()
      weights.computeType = computeType
      return try body(weights)
    } catch let error as ModelError {
      throw error
    } catch {
      throw ModelError(files.path, error)
    }
  }
}
