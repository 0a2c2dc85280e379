public import JSON

/// How the server answers, beside what its model can do.
public struct ServerOptions: Sendable {
  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port; 0 takes a free one.
  public var port = 8000
  /// Keys of which a client must show one; none lets everybody in.
  public var apiKeys: [String] = []
  /// The model's names in the API; the first is the one in answers.
  public var modelNames: [String] = []
  /// The model's place, told by /v1/models.
  public var modelRoot = ""
  /// The path of a chat template, the name of one of the model's, or a template; `nil` for the model's own.
  public var chatTemplate: String?
  /// Variables of the chat template that requests leave out.
  public var chatTemplateVariables = JSONObject()
  /// Whether `prompt_embeds` is read.
  public var enablesPromptEmbeds = false
  /// Whether usage tells of the prefix cache.
  public var tellsCachedTokens = false
  /// The longest body of a request.
  public var maxRequestByteCount = 512 << 20
  /// The most bytes that one tensor may take; 0 for any number.
  public var maxEmbedByteCount = 2 << 30
  /// Web pages' origins that browsers let in; `*` for all.
  public var allowedOrigins: [String] = []
  /// The most prompts of one completion request.
  public var maxPromptCount = 1024
  /// The largest `n`.
  public var maxSequenceCount = 16384
  /// The most stop texts of one request.
  public var maxStopCount = 4
  /// The most log probabilities for each token; -1 for the whole vocabulary.
  public var maxLogprobCount = 20

  /// The defaults, which are vLLM's but for the host: only this machine is let in.
  public init() {}
}
