import ArgumentParsing
import ChatTemplates
import Engine
import Glibc
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import Tokenization

/// What a command's prompt is made of: the same options for every command that reads one.
struct PromptOptions: Sendable {
  /// A piece of the prompt as it stands on the command line.
  enum Part: Sendable, Equatable {
    case text(String)
    case tokens([TokenID])
    case embeddingsFile(String)
  }

  var parts: [Part] = []
  var isChat = false
  var system: String?
  var messagesFile: String?
  var chatTemplate: String?
  var templateVariables: TemplateVariables?
  var toolsFile: String?
  var documentsFile: String?
  var continuesFinalMessage = false
  var addsGenerationPrompt: Bool?
  var addsSpecialTokens: Bool?

  static let options: [Option<PromptOptions>] = [
    .append(
      "prompt-embeds",
      short: "e",
      "FILE",
      \.parts,
      "read rows [n, hidden] from FILE as a part of the prompt",
      kind: .file
    ) { (path) throws(InvalidValue) in
      guard !path.isEmpty else { throw InvalidValue(expected: "a file name") }
      return .embeddingsFile(path)
    }
    .details(
      """
      .Ar FILE
      is a torch, safetensors or npy file, or base64 of one;
      .Ar FILE Ns Cm # Ns Ar NAME
      picks one of several tensors and
      .Ql -
      is standard input.
      The option may be given repeatedly:
      rows and text are parts of one prompt, in the order of the command line.
      """
    ),
    .append(
      "token-ids",
      "IDS",
      \.parts,
      "read token ids, separated by commas, as a part of the prompt"
    ) { (text) throws(InvalidValue) in .tokens(try Self.tokens(text)) },
    .flag("chat", \.isChat, "render the prompt as a user turn with the model's chat template"),
    .value("system", "TEXT", \.system, "begin the chat with a system turn")
      .details(
        """
        Implies
        .Fl Fl chat .
        """
      ),
    .path("messages", "FILE", \.messagesFile, "begin the chat with the messages of a JSON list")
      .details(
        """
        Objects with
        .Ql role
        and
        .Ql content ,
        as in OpenAI's chat API.
        Implies
        .Fl Fl chat .
        """
      ),
    .path("tools", "FILE", \.toolsFile, "offer the model the tools of a JSON list")
      .details(
        """
        Objects as in OpenAI's chat API.
        Implies
        .Fl Fl chat .
        """
      ),
    .path(
      "documents",
      "FILE",
      \.documentsFile,
      "give the chat template the documents of a JSON list"
    )
    .details(
      """
      Objects with
      .Ql title
      and
      .Ql text .
      Implies
      .Fl Fl chat .
      """
    ),
    chatTemplateOption,
    templateVariablesOption,
    .flag(
      "continue-final-message",
      \.continuesFinalMessage,
      "let the model continue the chat's last message"
    )
    .details(
      """
      The prompt ends within that message instead of opening the assistant's turn.
      Implies
      .Fl Fl chat .
      """
    ),
    .flag(
      "add-generation-prompt",
      \.addsGenerationPrompt,
      "let the chat template open the assistant's turn (default: yes)"
    ),
    .flag(
      "add-special-tokens",
      \.addsSpecialTokens,
      "add the tokenizer's special tokens (default: to text, not to chats)"
    ),
  ]

  private static let chatTemplateOption = Option<PromptOptions>.path(
    "chat-template",
    "FILE",
    \.chatTemplate,
    "render chats with FILE, or the model's template of that name"
  )
  .details(
    """
    A Jinja template.
    Models may have several, as
    .Ql default
    and
    .Ql tool_use ,
    which is taken by itself where there are tools.
    Implies
    .Fl Fl chat ,
    except with
    .Fl Fl input .
    """
  )

  private static let templateVariablesOption = Option<PromptOptions>.value(
    "chat-template-kwargs",
    "JSON",
    \.templateVariables,
    "give the chat template the variables of a JSON object",
    expecting: TemplateVariables.expectation
  )
  .details(
    """
    As
    .Ql {"enable_thinking": false} .
    Implies
    .Fl Fl chat ,
    except with
    .Fl Fl input .
    """
  )

  private static func tokens(_ text: String) throws(InvalidValue) -> [TokenID] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let tokens = words.compactMap { word in
      UInt32(word.trimmingSpaces()).map { TokenID($0) }
    }
    guard tokens.count == words.count else {
      throw InvalidValue(expected: "token ids separated by commas")
    }
    return tokens
  }

  /// Whether a chat was asked for, by whichever option.
  private var wantsChat: Bool {
    isChat || system != nil || messagesFile != nil || toolsFile != nil || documentsFile != nil
      || chatTemplate != nil || templateVariables != nil || continuesFinalMessage
  }

  /// What was given, for messages.
  var given: [String] {
    var names = parts.map { part in
      switch part {
      case .text: "a prompt"
      case .tokens: "'--token-ids'"
      case .embeddingsFile: "'--prompt-embeds'"
      }
    }
    if isChat { names.append("'--chat'") }
    if system != nil { names.append("'--system'") }
    if messagesFile != nil { names.append("'--messages'") }
    if toolsFile != nil { names.append("'--tools'") }
    if documentsFile != nil { names.append("'--documents'") }
    if continuesFinalMessage { names.append("'--continue-final-message'") }
    if let addsGenerationPrompt {
      names.append("'--\(addsGenerationPrompt ? "" : "no-")add-generation-prompt'")
    }
    if addsSpecialTokens != nil { names.append("'--add-special-tokens'") }
    return names
  }

  /// Checks what can be known without opening a file.
  ///
  /// - Throws: `UsageError`.
  func validate() throws {
    var standardInputCount = 0
    for (index, part) in parts.enumerated() {
      switch part {
      case .text("-"): standardInputCount += 1
      case .embeddingsFile(let file) where PromptEmbedsFile.isStandardInput(file):
        standardInputCount += 1
      default: break
      }
      if index > 0, case .text = part, case .text = parts[index - 1] {
        throw UsageError(
          "two texts stand beside each other in the prompt",
          hint: "quote the prompt to make it one word"
        )
      }
    }
    standardInputCount += [messagesFile, toolsFile, documentsFile].count { $0 == "-" }
    guard standardInputCount <= 1 else {
      throw UsageError("standard input is named \(standardInputCount) times, expected once")
    }
    if continuesFinalMessage, addsGenerationPrompt == true {
      throw UsageError(
        "'--continue-final-message' and '--add-generation-prompt' are not compatible",
        hint: "the one continues the last message, the other opens a new one of the assistant"
      )
    }
    if parts.isEmpty, messagesFile == nil, isatty(STDIN_FILENO) == 1 {
      throw UsageError(
        "no prompt given",
        hint: "give a text, or pipe one to standard input"
      )
    }
  }

  /// Reads the prompt for `model`, its content checked against the model's configuration.
  ///
  /// - Parameters:
  ///   - isFollowed: Whether output is to follow in the model's context.
  ///   - show: Is told what the prompt is made of: the text that the chat template rendered, if it is a chat.
  func read(
    for model: LoadedModel,
    isFollowed: Bool,
    show: ([PromptReader.Part], Prompt) -> Void = { _, _ in }
  ) throws -> Prompt {
    var parts = try self.parts.map { (part) -> PromptReader.Part in
      switch part {
      case .text("-"): .text(try StandardInput.text())
      case .text(let text): .text(text)
      case .tokens(let tokens): .tokens(tokens)
      case .embeddingsFile(let file):
        .embeddings(
          Embeddings(
            rows: try PromptEmbedsFile.rows(
              of: file,
              hiddenSize: model.configuration.hiddenSize,
              contextLength: isFollowed ? model.configuration.contextLength : nil
            )
          )
        )
      }
    }
    if parts.isEmpty, messagesFile == nil { parts = [.text(try StandardInput.text())] }
    // A template would make a prompt even of nothing, which nobody means to ask.
    if parts.count == 1, case .text("") = parts[0] { throw PromptError.empty }
    let reader = try model.promptReader(
      forChat: wantsChat,
      chatTemplate: chatTemplate,
      withTools: toolsFile != nil
    )
    if wantsChat {
      do {
        parts = try reader.parts(of: try chat(endingWith: parts))
      } catch let error as TemplateError {
        throw CommandError("cannot render the chat: \(error)")
      }
    }
    let prompt = try reader.prompt(parts, addSpecialTokens: addsSpecialTokens ?? !wantsChat)
    show(parts, prompt)
    try prompt.validateContent(for: model.configuration)
    return prompt
  }

  private func chat(endingWith parts: [PromptReader.Part]) throws -> PromptReader.Chat {
    var messages =
      try messagesFile.map { try Self.json(of: $0) { try ChatMessages.validated($0) } } ?? []
    if let system { messages.insert(["role": "system", "content": .string(system)], at: 0) }
    var chat = PromptReader.Chat(
      messages: messages,
      userParts: parts,
      addGenerationPrompt: addsGenerationPrompt ?? !continuesFinalMessage,
      addSpecialTokens: addsSpecialTokens ?? false
    )
    chat.continueFinalMessage = continuesFinalMessage
    chat.tools = try toolsFile.map { try Self.json(of: $0) { try Self.tools($0) } }
    chat.documents =
      try documentsFile.map { try Self.json(of: $0) { try Self.objects($0, "document") } }
    chat.variables = templateVariables?.object ?? JSONObject()
    return chat
  }

  /// What `read` makes of the JSON in `file`, or in standard input for `-`.
  private static func json<Value>(of file: String, _ read: (JSON) throws -> Value) throws -> Value {
    let bytes = try file == "-" ? StandardInput.bytes() : SharedBytes.mapping(path: file)
    do {
      return try read(try JSON(parsing: bytes.array))
    } catch {
      let name = file == "-" ? "standard input" : "'\(file)'"
      throw CommandError("cannot read \(name): \(error)")
    }
  }

  /// `json` if it is a list of tools; an empty one would choose the template for tools all the same.
  private static func tools(_ json: JSON) throws(CommandError) -> JSON {
    let tools = try objects(json, "tool")
    guard tools.arrayValue?.isEmpty == false else {
      throw CommandError("expected a list of tools, found an empty one")
    }
    return tools
  }

  /// `json` if it is a list of objects, each of which is a `noun`.
  private static func objects(_ json: JSON, _ noun: String) throws(CommandError) -> JSON {
    guard let list = json.arrayValue else {
      throw CommandError("expected a list of \(noun)s, found \(json.kindDescription)")
    }
    for (index, element) in list.enumerated() where element.objectValue == nil {
      throw CommandError("\(noun) \(index) is \(element.kindDescription), expected an object")
    }
    return json
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
