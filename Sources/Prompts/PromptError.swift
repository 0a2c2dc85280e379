/// Why a prompt cannot be read by a model.
public enum PromptError: Error, Equatable, CustomStringConvertible {
  /// The prompt has no position.
  case empty
  /// The prompt has more positions than the model's context holds beside one new token.
  case tooLong(length: Int, contextLength: Int)
  /// A token is no row of the embedding table.
  case tokenOutOfRange(token: Int, vocabularySize: Int)
  /// Rows are as wide as another model's.
  case wrongWidth(found: Int, expected: Int)
  /// A chat was asked for, but the model's files have no chat template.
  case noChatTemplate
  /// Messages are not what a chat is made of.
  case invalidMessages(String)
  /// The chat template drops or repeats content that holds prompt embeddings.
  case misplacedEmbeddings(count: Int)
  /// A content part of prompt embeddings holds none.
  case missingPartData
  /// A content part of prompt embeddings stands where none are read.
  case unreadableParts

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .empty: "prompt is empty, expected at least one token or row"
    case .tooLong(let length, let contextLength):
      "prompt has \(length) positions but the model's context is \(contextLength), "
        + "and at least one is needed for output"
    case .tokenOutOfRange(let token, let size):
      "token id \(token) is out of vocabulary, expected 0 to \(size - 1)"
    case .wrongWidth(let found, let expected):
      "prompt embeddings have rows of \(found) numbers but the model's hidden size is \(expected)"
    case .noChatTemplate: "model has no chat template"
    case .invalidMessages(let reason): "invalid messages: \(reason)"
    case .misplacedEmbeddings(let count):
      "chat template renders prompt embeddings \(count) times, expected once"
    case .missingPartData:
      "prompt_embeds content part requires a non-empty `data` field with base64-encoded tensor bytes."
    case .unreadableParts: "content parts of type 'prompt_embeds' are not read here"
    }
  }
}
