import ChatTemplates
import JSON
import Models
import Prompts
import Tensors
import TestSupport
import Testing
import Tokenization

@Suite struct `Prompt reader` {
  private func reader(_ template: String) throws -> PromptReader {
    PromptReader(
      tokenizer: try Tokenizer(
        tokenizerJSON: try Fixtures.bytes("models/llama-f32/tokenizer.json")
      ),
      template: try ChatTemplate(template)
    )
  }

  private let rows = Embeddings(rows: Matrix(rowCount: 2, columnCount: 1, storage: [1, 2]))

  @Test func `puts rows where the template has the user's content`() throws {
    let reader = try reader("[{{ messages[0].content }}]")
    let prompt = try reader.prompt(
      PromptReader.Chat(messages: [], userParts: [.text("a"), .embeddings(rows), .text("b")])
    )
    let expected = [PromptReader.Part.text("[a"), .embeddings(rows), .text("b]")]
    #expect(try prompt == reader.prompt(expected, addSpecialTokens: false))
  }

  @Test func `refuses templates that drop or repeat rows`() throws {
    for (template, count) in [("none", 0), ("{{ messages[0].content * 2 }}", 2)] {
      #expect(throws: PromptError.misplacedEmbeddings(count: count)) {
        try reader(template).prompt(PromptReader.Chat(messages: [], userParts: [.embeddings(rows)]))
      }
    }
  }

  /// Texts that look like what stands for rows once made a search for another name take minutes.
  @Test(.timeLimit(.minutes(1))) func `is not confused by texts that imitate its marks`() throws {
    let reader = try reader("{{ messages[0].content }}{{ messages[1].content }}")
    let text = String(repeating: "<", count: 50_000) + "prompt_embeds"
    let imitation = text + String(repeating: ">", count: 50_000)
    let prompt = try reader.prompt(
      PromptReader.Chat(
        messages: [["role": "user", "content": .string(imitation)]],
        userParts: [.embeddings(rows)]
      )
    )
    #expect(prompt.segments.last == .embeddings(rows))
    #expect(prompt.segments.count == 2)
  }
}
