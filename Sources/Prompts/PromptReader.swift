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
  public func prompt(_ parts: [Part], addSpecialTokens: Bool) -> Prompt {
    var prompt = Prompt()
    for (index, part) in parts.enumerated() {
      switch part {
      case .text(let text):
        let addsHere = addSpecialTokens && index == 0
        prompt.append(.tokens(tokenizer.encode(text, addSpecialTokens: addsHere)))
      case .tokens(let tokens): prompt.append(.tokens(tokens))
      case .embeddings(let embeddings): prompt.append(.embeddings(embeddings))
      }
    }
    return prompt
  }

  /// A chat: its messages, and how the template is to end them.
  public struct Chat: Sendable {
    /// Messages as JSON objects with `role` and `content`.
    public var messages: [JSON]
    /// Parts of one more user turn at the end; none if empty.
    public var userParts: [Part]
    /// Whether the template opens the assistant's turn.
    public var addGenerationPrompt: Bool
    /// Whether the tokenizer adds its special tokens around what the template rendered.
    public var addSpecialTokens: Bool

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

  /// The prompt that the model's template makes of `chat`.
  ///
  /// Parts of the user turn that are not text stand in the template as markers, and take the
  /// markers' places afterwards, as in vLLM.
  ///
  /// - Throws: `PromptError`, `TemplateError`.
  public func prompt(_ chat: Chat) throws -> Prompt {
    guard let template else { throw PromptError.noChatTemplate }
    var messages = chat.messages
    let texts = chat.userParts.map { part in
      if case .text(let text) = part { text } else { "" }
    }
    let marker = Self.marker(absentFrom: messages.map(\.text) + texts)
    if !chat.userParts.isEmpty {
      let content = chat.userParts.map { part in
        if case .text(let text) = part { text } else { marker }
      }
      messages.append(["role": "user", "content": .string(content.joined())])
    }
    guard !messages.isEmpty else { throw PromptError.empty }
    let rendered = try template.render(
      messages: .array(messages),
      addGenerationPrompt: chat.addGenerationPrompt,
      specialTokens: tokenizer.specialTokens.texts
    )

    let insertions = chat.userParts.filter { if case .text = $0 { false } else { true } }
    // Bytes, not characters: a combining mark behind the marker must not hide it.
    let pieces = rendered.utf8.split(separator: marker.utf8, omittingEmptySubsequences: false)
    guard pieces.count == insertions.count + 1 else {
      throw PromptError.misplacedEmbeddings(count: pieces.count - 1)
    }
    var parts: [Part] = []
    for (index, piece) in pieces.enumerated() {
      parts.append(.text(String(Substring(piece))))
      if index < insertions.count { parts.append(insertions[index]) }
    }
    return prompt(parts, addSpecialTokens: chat.addSpecialTokens)
  }

  /// A string that none of `texts` holds, to stand for rows inside a template.
  private static func marker(absentFrom texts: [String]) -> String {
    var marker = "<prompt_embeds>"
    while texts.contains(where: { $0.contains(marker) }) { marker = "<\(marker)>" }
    return marker
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
