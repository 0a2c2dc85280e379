public import JSON

extension ChatTemplate {
  /// The prompt of a conversation.
  ///
  /// `messages`, `tools` and `documents` are always defined, as null if absent, and
  /// `add_generation_prompt` too. Each name under which templates look for the reasoning of a
  /// message is filled from the others.
  ///
  /// - Parameters:
  ///   - messages: an array of objects, each with a role and most with a content.
  ///   - tools: an array of JSON schemas of functions.
  ///   - documents: an array of objects with a title and a text.
  ///   - addGenerationPrompt: whether the prompt ends with the start of the model's answer.
  ///   - continueFinalMessage: whether the prompt ends within the last message, which the model
  ///     then continues.
  ///   - specialTokens: texts by name, such as `bos_token`.
  ///   - extra: further variables, which win over special tokens.
  ///   - now: what `strftime_now` takes for the time.
  /// - Throws: the error that ends the render; a `ValueError` if the last message cannot be
  ///   continued.
  public func render(
    messages: JSON,
    tools: JSON? = nil,
    documents: JSON? = nil,
    addGenerationPrompt: Bool = false,
    continueFinalMessage: Bool = false,
    specialTokens: [String: String] = [:],
    extra: JSONObject = JSONObject(),
    limits: TemplateLimits = TemplateLimits(),
    now: @escaping @Sendable () -> LocalTime = LocalTime.now
  ) throws(TemplateError) -> String {
    var messages = try Self.withReasoningNames(messages)
    var continuation: Continuation?
    if continueFinalMessage {
      let marked = try Continuation(of: messages, template: source)
      messages[messages.count - 1] = marked.message
      continuation = marked
    }
    var variables = JSONObject()
    for (name, token) in specialTokens { variables[name] = .string(token) }
    for (name, value) in extra { variables[name] = value }
    variables["messages"] = .array(messages)
    variables["tools"] = tools ?? .null
    variables["documents"] = documents ?? .null
    variables["add_generation_prompt"] = .bool(addGenerationPrompt)
    let prompt = try render(variables, limits: limits, now: now)
    guard let continuation else { return prompt }
    return try continuation.cut(prompt)
  }

  private static let reasoningNames = ["reasoning_content", "thinking", "reasoning"]

  /// The messages with their reasoning under the names that templates know.
  private static func withReasoningNames(_ messages: JSON) throws(TemplateError) -> [JSON] {
    guard let messages = messages.arrayValue else {
      throw .type("messages must be an array, but are \(messages.kindDescription)")
    }
    var result: [JSON] = []
    for message in messages {
      guard let members = message.objectValue else {
        throw .type("each message must be an object, but one is \(message.kindDescription)")
      }
      let reasoning = reasoningNames.lazy.compactMap { members[$0] }.first { $0 != .null }
      guard let reasoning else {
        result.append(message)
        continue
      }
      var renamed = JSONObject()
      renamed["thinking"] = reasoning
      for (name, value) in members { renamed[name] = value }
      renamed["reasoning_content"] = reasoning
      result.append(.object(renamed))
    }
    return result
  }
}
