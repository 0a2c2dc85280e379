import Engine
import Glibc
import JSON
import Prompts
import Tensors
import Tokenization

/// What happens to text around a model: opening its tokenizer, encoding, decoding, rendering a chat.
struct TextCells {
  private static let byteCount = 1_000_000
  private static let turnCount = 50

  private let model: TestedModel
  private let runCount: Int

  init(_ model: TestedModel, runCount: Int) {
    self.model = model
    self.runCount = runCount
  }

  /// One line for each cell; no chat where the model has no template.
  func lines() throws -> [JSON] {
    let text = Self.text
    let tokenizer = try openTokenizer()
    let tokens = try tokenizer.encode(text, addSpecialTokens: false)
    let megabytes = Double(text.utf8.count) / 1e6
    var lines = [
      try line("open_tokenizer", "milliseconds", { $0 * 1000 }) { _ = try openTokenizer() },
      try line("encode", "megabytes_per_second", { megabytes / $0 }) {
        _ = try tokenizer.encode(text, addSpecialTokens: false)
      },
      try line("decode_text", "megabytes_per_second", { megabytes / $0 }) {
        _ = tokenizer.decode(tokens, skipSpecialTokens: false)
      },
    ]
    if let reader = try chatReader() {
      let chat = PromptReader.Chat(messages: Self.messages)
      lines.append(
        try line("render_chat", "renders_per_second", { 1 / $0 }) { _ = try reader.parts(of: chat) }
      )
    }
    return lines
  }

  /// Runs `body` once to warm up and then as often as asked for; `figure` makes figures of seconds.
  private func line(
    _ cell: String,
    _ unit: String,
    _ figure: (Double) -> Double,
    _ body: () throws -> Void
  ) throws -> JSON {
    let use = MachineUse()
    try body()
    var figures: [Double] = []
    for _ in 0..<runCount { figures.append(figure(try seconds(of: body))) }
    var line = JSONObject()
    line["cell"] = .string(cell)
    line["model"] = .string(baseName(of: model.path))
    line["threads"] = 1
    line[unit] = .spread(figures)
    line["foreign_share"] = .rounded(use.foreignShare)
    return .object(line)
  }

  /// The tokenizer alone of a directory; of a GGUF file with the rest of its metadata.
  private func openTokenizer() throws -> Tokenizer {
    let path = model.path
    guard access("\(path)/config.json", F_OK) == 0 else {
      return try LoadedModel(path: path).tokenizer
    }
    return try Tokenizer(directory: { name in
      let file = "\(path)/\(name)"
      return access(file, F_OK) == 0 ? try SharedBytes.mapping(path: file).array : nil
    })
  }

  /// Reads chats by the model's template; `nil` if it has none, or answers to nothing.
  private func chatReader() throws -> PromptReader? {
    guard model.configuration != nil else { return nil }
    let reader = try LoadedModel(path: model.path).promptReader(forChat: true)
    do {
      _ = try reader.parts(of: PromptReader.Chat(messages: Self.messages))
    } catch PromptError.noChatTemplate {
      return nil
    }
    return reader
  }

  private static var text: String {
    var text = ""
    for sentence in Sentences.make(byteCount / 50) where text.utf8.count < byteCount {
      text += sentence + ".\n"
    }
    return text
  }

  private static var messages: [JSON] {
    let sentences = Sentences.make(2 * turnCount)
    return sentences.enumerated().map { number, text in
      ["role": .string(number % 2 == 0 ? "user" : "assistant"), "content": .string(text)]
    }
  }
}
