import Engine
public import JSON
import Models
import Prompts
public import Tensors

extension BatchModel {
  /// Makes the text of a `prompt_embeds` field of rows [n, hidden].
  public typealias RowsWriter = @Sendable (Matrix) throws -> String

  /// `request` with its texts replaced by the rows that the model would read for them.
  ///
  /// A chat becomes a completion, and a text to embed stays. A request that cannot be read becomes
  /// an error, which ``answer(_:index:)`` takes for its own.
  @concurrent public func encoded(
    _ request: JSONObject,
    by encode: RowsWriter
  ) async -> BatchResult {
    let request = BatchRequest(request)
    do {
      return BatchResult(json: try encoded(request, by: encode), isFailure: false)
    } catch {
      return .refusal(APIError(error), customID: request.customID)
    }
  }

  /// What stands in the place of a line that cannot be read.
  public func refusal(of reason: String) -> BatchResult {
    .refusal(.schema(reason), customID: nil)
  }

  private func encoded(_ request: BatchRequest, by encode: RowsWriter) throws -> JSON {
    let endpoint = try request.endpoint()
    let fields = try request.body()
    _ = try model.name(for: fields)
    let body: JSONObject
    switch endpoint {
    case .completions: body = try completion(fields, encode)
    case .chat: body = try chat(fields, encode)
    case .embeddings: return .object(request.line.object)  // has no prompt
    }
    guard request.isWrapped else { return .object(body) }
    var line = request.line.object
    line["url"] = .string(BatchRequest.Endpoint.completions.rawValue)
    line["body"] = .object(body)
    return .object(line)
  }

  private func completion(_ fields: RequestFields, _ encode: RowsWriter) throws -> JSONObject {
    try Job.checkPresence(fields)
    var texts = try fields.strings("prompt_embeds") ?? []
    for prompt in try Job.texts(fields, model) {
      texts.append(try text(of: prompt, fields, encode))
    }
    var body = fields.object.without(["prompt", "prompt_embeds", "add_special_tokens"])
    body["prompt_embeds"] = texts.count == 1 ? .string(texts[0]) : .array(texts.map(JSON.string))
    return body
  }

  private func chat(_ fields: RequestFields, _ encode: RowsWriter) throws -> JSONObject {
    let prompt = try ChatFields.prompt(fields, model)
    var body = fields.object.without(Self.chatFields)
    if let count = fields["max_completion_tokens"] { body["max_tokens"] = count }
    if let count = try Job.topLogprobs(fields, model) { body["logprobs"] = .integer(count) }
    body["prompt_embeds"] = .string(try text(of: prompt, fields, encode))
    return body
  }

  /// Fields of chats that completions do not know, or know as something else.
  private static let chatFields = [
    "messages", "add_generation_prompt", "continue_final_message", "add_special_tokens",
    "documents", "reasoning_effort", "chat_template_kwargs", "max_completion_tokens", "logprobs",
    "top_logprobs",
  ]

  private func text(
    of prompt: Prompt,
    _ fields: RequestFields,
    _ encode: RowsWriter
  ) throws -> String {
    let lengths = LengthRules(maxModelLength: model.maxModelLength)
    let prompt = try lengths.fitted(prompt, SamplingFields(fields, model))
    return try encode(try model.generator(for: "Prompt Embeddings").embeddings(of: prompt).rows)
  }
}

extension JSONObject {
  fileprivate func without(_ names: [String]) -> JSONObject {
    var object = JSONObject()
    for (name, value) in self where !names.contains(name) { object[name] = value }
    return object
  }
}
