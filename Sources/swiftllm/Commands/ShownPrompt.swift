import Models
import Prompts
import Tensors
import Tokenization

/// A prompt as `--show-prompt` prints it: its text, then its token ids.
struct ShownPrompt {
  let text: String
  let tokens: String

  init(_ parts: [PromptReader.Part], _ prompt: Prompt) {
    text = parts.map { part in
      switch part {
      case .text(let text): text
      case .tokens(let tokens): "[\(tokens.count) tokens]"
      case .embeddings(let embeddings): "[\(embeddings.rowCount) rows]"
      }
    }.joined()
    tokens = prompt.segments.map { segment in
      switch segment {
      case .tokens(let tokens): tokens.map { String($0.rawValue) }.joined(separator: ",")
      case .embeddings(let embeddings): "[\(embeddings.rowCount) rows]"
      }
    }.joined(separator: ",")
  }

  func print() {
    StandardError.write(line: text)
    StandardError.write(line: tokens)
  }
}
