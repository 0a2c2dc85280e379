import JSON
import Models
import Tensors
import Testing

@testable import Prompts

@Suite struct `Chat content` {
  /// Rows that stand for `text`: as many as it has characters.
  private func rows(_ text: String) -> Embeddings {
    Embeddings(rows: Matrix(rowCount: text.count, columnCount: 2))
  }

  private func text(_ text: String) -> JSON { ["type": "text", "text": .string(text)] }
  private func part(_ data: JSON) -> JSON { ["type": "prompt_embeds", "data": data] }
  private func user(_ parts: JSON...) -> JSON { ["role": "user", "content": .array(parts)] }

  private func shown(_ parts: [PromptReader.Part]) -> [String] {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .tokens(let tokens): "\(tokens)"
      case .embeddings(let embeddings): "[\(embeddings.rows.rowCount)]"
      }
    }
  }

  @Test func `puts rows where their parts stood`() throws {
    var content = ChatContent(keepsParts: false)
    let first = try content.message(user(text("a"), part("xx"), text("b")), rows)
    let second = try content.message(user(part("yyy")), rows)
    let rendered = [first, second].map { "<\($0["content"]?.stringValue ?? "")>" }.joined()
    let parts = try content.parts(of: rendered)
    #expect(shown(parts) == ["<a\n", "[2]", "\nb><", "[3]", ">"])
  }

  @Test func `keeps lists for templates that read them`() throws {
    var content = ChatContent(keepsParts: true)
    let message = try content.message(user(text("a"), part("xx")), rows)
    let parts = message["content"]?.arrayValue ?? []
    #expect(parts.map { $0["type"] } == ["text", "text"])
    let rendered = parts.compactMap { $0["text"]?.stringValue }.joined()
    #expect(shown(try content.parts(of: rendered)) == ["a", "[2]", ""])
  }

  @Test func `finds markers beside text that looks like them`() throws {
    let odd = "<prompt_embeds 0>"
    var content = ChatContent(keepsParts: false)
    let message = try content.message(user(text(odd), part("xx"), text("\u{301}")), rows)
    let parts = try content.parts(of: message["content"]?.stringValue ?? "")
    #expect(shown(parts) == [odd + "\n", "[2]", "\n\u{301}"])
  }

  @Test func `refuses content that is dropped or repeated, but for reasoning`() throws {
    var content = ChatContent(keepsParts: false)
    let message = try content.message(user(part("xx")), rows)
    let marker = message["content"]?.stringValue ?? ""
    #expect(throws: PromptError.misplacedEmbeddings(count: 0)) { _ = try content.parts(of: "") }
    #expect(throws: PromptError.misplacedEmbeddings(count: 2)) {
      _ = try content.parts(of: marker + marker)
    }
    let thought = try content.message(["role": "assistant", "reasoning": part("yyy")], rows)
    #expect(shown(try content.parts(of: marker)) == ["", "[2]", ""])
    let reasoning = thought["reasoning"]?.stringValue ?? ""
    #expect(shown(try content.parts(of: reasoning + marker)) == ["", "[3]", "", "[2]", ""])
  }

  @Test func `refuses parts without data and of other kinds`() throws {
    for data in [JSON.null, "", 7] {
      var content = ChatContent(keepsParts: false)
      #expect(throws: PromptError.missingPartData) {
        _ = try content.message(user(part(data)), rows)
      }
    }
    var content = ChatContent(keepsParts: false)
    #expect(
      throws: PromptError.invalidMessages("content parts of type 'image_url' are not supported")
    ) {
      _ = try content.message(user(["type": "image_url"]), rows)
    }
  }
}
