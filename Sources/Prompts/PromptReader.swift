public import ChatTemplates
public import JSON
public import Models
public import Tokenization

/// Makes prompts out of text, chats and rows, the same way for every command.
public struct PromptReader: Sendable {
  /// One piece of a prompt as a caller gives it.
  public enum Part: Sendable {
    /// Text, to be tokenized.
    case text(String)
    /// Token ids.
    case tokens([TokenID])
    /// Rows, [n, hidden].
    case embeddings(Embeddings)
  }

  private let tokenizer: Tokenizer
  private let template: ChatTemplate?

  /// A reader with a model's tokenizer and its chat template, if it has one.
  public init(tokenizer: Tokenizer, template: ChatTemplate?) {
    self.tokenizer = tokenizer
    self.template = template
  }

  /// The prompt of `parts` in order.
  ///
  /// With `addSpecialTokens` a text that begins the prompt is encoded as the tokenizer encodes a
  /// whole text, with its special tokens; texts further on continue what stands before them.
  ///
  /// - Throws: `TokenizerError` if an expression of the tokenizer takes too long on a text.
  public func prompt(_ parts: [Part], addSpecialTokens: Bool) throws(TokenizerError) -> Prompt {
    var prompt = Prompt()
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let text):
        let addsHere = addSpecialTokens && index == 0
        prompt.append(.tokens(try tokenizer.encode(text, addSpecialTokens: addsHere)))
      case .tokens(let tokens): prompt.append(.tokens(tokens))
      case .embeddings(let embeddings): prompt.append(.embeddings(embeddings))
      }
    }
    return prompt
  }

  /// A chat: its messages, and how the template is to end them.
  public struct Chat: Sendable {
    /// Messages as JSON objects with `role` and `content`: text, or a list of content parts.
    public var messages: [JSON]
    /// Parts of one more user turn at the end; none if empty.
    public var userParts: [Part]
    /// Whether the template opens the assistant's turn.
    public var addGenerationPrompt: Bool
    /// Whether the tokenizer adds its special tokens around what the template rendered.
    public var addSpecialTokens: Bool
    /// Whether the prompt ends inside the last message, which the model then continues.
    public var continueFinalMessage = false
    /// The tools that the model may call: a list of JSON schemas as in OpenAI's API.
    public var tools: JSON?
    /// Documents for templates that know them.
    public var documents: JSON?
    /// Further variables of the template.
    public var variables = JSONObject()
    /// Refuse at once what is surely longer, in positions; `nil` for no limit.
    public var lengthLimit: Int?

    /// A chat of `messages` and a user turn of `userParts`.
    public init(
      messages: [JSON],
      userParts: [Part] = [],
      addGenerationPrompt: Bool = true,
      addSpecialTokens: Bool = false
    ) {
      self.messages = messages
      self.userParts = userParts
      self.addGenerationPrompt = addGenerationPrompt
      self.addSpecialTokens = addSpecialTokens
    }
  }

  /// Turns the `data` of a `prompt_embeds` content part into rows, [n, hidden].
  public typealias RowsReader = (String) throws -> Embeddings

  /// The prompt that the model's template makes of `chat`.
  ///
  /// Parts that are not text stand in the template as markers, and take the markers' places
  /// afterwards, as in vLLM. `readRows` reads the `prompt_embeds` parts of messages.
  ///
  /// - Throws: `PromptError`, `TemplateError`, what `readRows` throws.
  public func prompt(
    _ chat: Chat,
    readRows: RowsReader = { _ in throw PromptError.unreadableParts }
  ) throws -> Prompt {
    try prompt(parts(of: chat, readRows: readRows), addSpecialTokens: chat.addSpecialTokens)
  }

  /// What the model's template makes of `chat`: texts, and rows between them.
  ///
  /// - Throws: `PromptError`, `TemplateError`, what `readRows` throws.
  public func parts(
    of chat: Chat,
    readRows: RowsReader = { _ in throw PromptError.unreadableParts }
  ) throws -> [Part] {
    guard let template else { throw PromptError.noChatTemplate }
    var content = ChatContent(keepsParts: template.readsContentParts)
    var messages = try chat.messages.map { try content.message($0, readRows) }
    if !chat.userParts.isEmpty { messages.append(content.userTurn(chat.userParts)) }
    guard !messages.isEmpty else { throw PromptError.empty }
    let rendered = try template.render(
      messages: .array(messages),
      tools: chat.tools,
      documents: chat.documents,
      addGenerationPrompt: chat.addGenerationPrompt,
      continueFinalMessage: chat.continueFinalMessage,
      specialTokens: tokenizer.specialTokens.texts,
      extra: chat.variables
    )
    if let limit = chat.lengthLimit {
      let length = tokenizer.leastTokenCount(of: rendered)
      guard length <= limit else { throw PromptError.tooLong(length: length, contextLength: limit) }
    }
    return try content.parts(of: rendered)
  }
}

extension ChatTemplate {
  /// Whether the template goes over a message's content parts itself, as its words tell.
  fileprivate var readsContentParts: Bool {
    ["'text'", "\"text\"", ".text"].contains { source.contains($0) }
  }
}

extension SpecialTokens {
  /// The texts by the names under which templates know them.
  fileprivate var texts: [String: String] {
    let named = [
      "bos_token": beginOfSequence, "eos_token": endOfSequence, "unk_token": unknown,
      "pad_token": padding,
    ]
    return named.compactMapValues { $0?.text }
  }
}
