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
  var addsGenerationPrompt = true
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
    .flag(
      "add-generation-prompt",
      \.addsGenerationPrompt,
      "let the chat template open the assistant's turn",
      negatable: true
    ),
    .flag(
      "add-special-tokens",
      \.addsSpecialTokens,
      "add the tokenizer's special tokens (default: to text, not to chats)"
    ),
  ]

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
  private var wantsChat: Bool { isChat || system != nil || messagesFile != nil }

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
    if !addsGenerationPrompt { names.append("'--no-add-generation-prompt'") }
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
      case .text("-"), .embeddingsFile("-"): standardInputCount += 1
      default: break
      }
      if index > 0, case .text = part, case .text = parts[index - 1] {
        throw UsageError(
          "two texts stand beside each other in the prompt",
          hint: "quote the prompt to make it one word"
        )
      }
    }
    if messagesFile == "-" { standardInputCount += 1 }
    guard standardInputCount <= 1 else {
      throw UsageError("standard input is named \(standardInputCount) times, expected once")
    }
    if parts.isEmpty, messagesFile == nil, isatty(STDIN_FILENO) == 1 {
      throw UsageError(
        "no prompt given",
        hint: "give a text, or pipe one to standard input"
      )
    }
  }

  /// Reads the prompt for `model`, its content checked against the model's configuration.
  func read(for model: LoadedModel) throws -> Prompt {
    let width = model.configuration.hiddenSize
    var parts = try self.parts.map { (part) -> PromptReader.Part in
      switch part {
      case .text("-"): .text(try StandardInput.text())
      case .text(let text): .text(text)
      case .tokens(let tokens): .tokens(tokens)
      case .embeddingsFile(let file):
        .embeddings(Embeddings(rows: try PromptEmbedsFile.rows(of: file, hiddenSize: width)))
      }
    }
    if parts.isEmpty, messagesFile == nil { parts = [.text(try StandardInput.text())] }
    // A template would make a prompt even of nothing, which nobody means to ask.
    if parts.count == 1, case .text("") = parts[0] { throw PromptError.empty }
    let reader = try model.promptReader(forChat: wantsChat)
    let prompt: Prompt
    if wantsChat {
      var messages = try messagesFile.map(Self.messages) ?? []
      if let system { messages.insert(["role": "system", "content": .string(system)], at: 0) }
      let chat = PromptReader.Chat(
        messages: messages,
        userParts: parts,
        addGenerationPrompt: addsGenerationPrompt,
        addSpecialTokens: addsSpecialTokens ?? false
      )
      do {
        prompt = try reader.prompt(chat)
      } catch let error as TemplateError {
        throw CommandError("cannot render the chat: \(error)")
      }
    } else {
      prompt = reader.prompt(parts, addSpecialTokens: addsSpecialTokens ?? true)
    }
    try prompt.validateContent(for: model.configuration)
    return prompt
  }

  private static func messages(of file: String) throws -> [JSON] {
    let bytes = try file == "-" ? StandardInput.bytes() : SharedBytes.mapping(path: file)
    do {
      return try ChatMessages.validated(try JSON(parsing: bytes.array))
    } catch {
      let name = file == "-" ? "standard input" : "'\(file)'"
      throw CommandError("cannot read \(name): \(error)")
    }
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
