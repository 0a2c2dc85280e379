import ChatTemplates
import JSON
import Models
import Prompts
import Tensors

/// Reads the messages of a chat, for completions and for /tokenize.
enum ChatFields {
  /// The placeholder that vLLM's templates reserve.
  private static let placeholder = "<prompt_embeds>"

  /// The prompt that the model's template makes of the messages in `fields`.
  ///
  /// It ends with the beginning of an answer, unless the fields say otherwise or `isWhole`.
  static func prompt(
    _ fields: RequestFields,
    _ model: ServedModel,
    isWhole: Bool = false
  ) throws -> Prompt {
    let messages: [JSON]
    do {
      messages = try ChatMessages.validated(fields["messages"] ?? .null)
    } catch {
      throw APIError.schema("\(error)", "messages")
    }
    if fields["chat_template"] != nil {
      throw APIError.invalid(
        "Chat template is passed with request, but --trust-request-chat-template is not set. "
          + "Refused request with untrusted chat template.",
        "chat_template"
      )
    }
    let embeds = PromptEmbedsField(model, fields)
    if embeds.isEnabled { try checkPlaceholder(messages) }

    var chat = PromptReader.Chat(
      messages: messages,
      addGenerationPrompt: try fields.bool("add_generation_prompt") ?? !isWhole,
      addSpecialTokens: try fields.bool("add_special_tokens") ?? false
    )
    chat.continueFinalMessage = try fields.bool("continue_final_message") ?? false
    if chat.continueFinalMessage, chat.addGenerationPrompt {
      throw APIError.schema(
        "Cannot set both `continue_final_message` and `add_generation_prompt` to True.",
        "continue_final_message"
      )
    }
    chat.tools = try tools(fields)
    chat.documents = try documents(fields)
    chat.variables = model.options.chatTemplateVariables
    if let effort = fields["reasoning_effort"] { chat.variables["reasoning_effort"] = effort }
    for (name, value) in try fields.object("chat_template_kwargs")?.object ?? JSONObject() {
      chat.variables[name] = value
    }
    if fields["truncate_prompt_tokens"] == nil { chat.lengthLimit = model.maxModelLength }
    let reader = try model.promptReader(forChat: true, withTools: chat.tools != nil)
    do {
      return try reader.prompt(chat) { try embeds.rows($0) }
    } catch let error as PromptError {
      switch error {
      case .tooLong(let length, _):
        throw LengthRules(maxModelLength: model.maxModelLength).excess(length, isLeast: true)
      case .missingPartData: throw APIError.invalid("\(error)", "prompt_embeds")
      case .invalidMessages: throw APIError.schema("\(error)", "messages")
      case .noChatTemplate:
        throw APIError.invalid("The model's files have no chat template", "messages")
      default: throw APIError.invalid("\(error)", "messages")
      }
    }
  }

  /// The tools as the template gets them.
  private static func tools(_ fields: RequestFields) throws(APIError) -> JSON? {
    guard let tools = fields["tools"] else { return nil }
    guard let list = tools.arrayValue else { throw fields.mismatch("tools", "list", tools) }
    for tool in list where tool.objectValue == nil {
      throw fields.mismatch("tools", "dictionary", tool)
    }
    return list.isEmpty ? nil : tools
  }

  private static func documents(_ fields: RequestFields) throws(APIError) -> JSON? {
    guard let documents = fields["documents"] else { return nil }
    guard let list = documents.arrayValue else {
      throw fields.mismatch("documents", "list", documents)
    }
    for document in list where document.objectValue == nil {
      throw fields.mismatch("documents", "dictionary", document)
    }
    return documents
  }

  /// The text of the last message if the assistant said it.
  static func finalAssistantText(_ fields: RequestFields) -> String? {
    guard let last = fields["messages"]?.arrayValue?.last, last["role"] == "assistant" else {
      return nil
    }
    return last["content"]?.stringValue
  }

  private static func checkPlaceholder(_ messages: [JSON]) throws(APIError) {
    for message in messages {
      let content = message["content"]
      var texts = [content?.stringValue, message["reasoning"]?.stringValue]
      texts += (content?.arrayValue ?? []).map { $0.stringValue ?? $0["text"]?.stringValue }
      guard !texts.contains(where: { $0?.contains(placeholder) ?? false }) else {
        throw .invalid(
          "Text content may not contain the reserved placeholder '\(placeholder)' while the server "
            + "reads prompt embeddings.",
          "messages"
        )
      }
    }
  }
}
