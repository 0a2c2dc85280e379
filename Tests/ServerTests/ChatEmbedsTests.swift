import JSON
import TestSupport
import Testing

@testable import Server

/// What vLLM's own tests ask of rows in chats.
///
/// Source: tests/entrypoints/openai/chat_completion/test_chat_completion_with_prompt_embeds.py
@Suite struct `Chats with rows` {
  let greedy: JSON = ["temperature": 0, "max_tokens": 6, "ignore_eos": true]
  static let template = """
    {%- for m in messages -%}<{{ m.role }}>{{ m.reasoning or '' }}{{ m.content }}{%- endfor -%}
    {%- if add_generation_prompt -%}<assistant>{%- endif -%}
    """

  private static func content(_ answer: Client.Answer) -> String {
    answer.choices.first?["message"]?["content"]?.stringValue ?? ""
  }

  /// The part that stands for `text`.
  private static func part(_ text: String, _ client: Client) async throws -> JSON {
    let rows = try await client.post(
      "/v1/prompt_embeds",
      ["prompt": .string(text), "add_special_tokens": false]
    )
    return ["type": "prompt_embeds", "data": rows.json["prompt_embeds"] ?? .null]
  }

  @Test func `stream the text of the whole answer`() async throws {
    try await ServerFixture.with { client in
      let part = try await Self.part("Tell me a story.", client)
      let request = greedy.with([
        "messages": [
          ["role": "system", "content": "Be brief."],
          ["role": "user", "content": [part, ["type": "text", "text": " Please."], part]],
          ["role": "assistant", "content": "Once"],
          ["role": "user", "content": [part]],
        ]
      ])
      let whole = try await client.chat(request)
      #expect(whole.status == 200)
      #expect(Self.content(whole) != "")
      let choices = try await client.chat(request.with(["stream": true])).events
        .compactMap { $0["choices"]?.arrayValue?.first }
      let text = choices.compactMap { $0["delta"]?["content"]?.stringValue }.joined()
      #expect(text == Self.content(whole))
      let ends = choices.filter { $0["finish_reason"] != .null }
      #expect(ends.count == 1)
    }
  }

  @Test func `read reasoning as the text it stands for`() async throws {
    let folder = try TemporaryFolder(copyOf: ServerFixture.modelPath)
    try folder.write(Self.template.utf8, to: "chat_template.jinja")
    try await ServerFixture.with(path: folder.path) { client in
      func ask(_ reasoning: JSON) async throws -> Client.Answer {
        try await client.chat(
          greedy.with([
            "messages": [
              ["role": "user", "content": "What is it?"],
              ["role": "assistant", "content": "A cat.", "reasoning": reasoning],
              ["role": "user", "content": "Why?"],
            ]
          ])
        )
      }
      let byText = try await ask("It has four legs.")
      let byRows = try await ask(try await Self.part("It has four legs.", client))
      #expect(byText.status == 200)
      #expect(byRows.status == 200, "\(byRows.text)")
      #expect(Self.content(byRows) == Self.content(byText))
      #expect(byRows.json["usage"] == byText.json["usage"])
      let without = try await ask(nil)
      #expect(without.json["usage"] != byText.json["usage"])
    }
  }

  @Test func `need the flag, and keep their placeholder to themselves`() async throws {
    let reserved = "a <prompt_embeds> b"
    let messages: [JSON] = [
      ["role": "user", "content": .string(reserved)],
      ["role": "user", "content": [["type": "text", "text": .string(reserved)]]],
      ["role": "assistant", "content": "a", "reasoning": .string(reserved)],
    ]
    try await ServerFixture.with { client in
      for message in messages {
        let answer = try await client.chat(greedy.with(["messages": [message]]))
        #expect(answer.status == 400)
        let beginning = "Text content may not contain the reserved placeholder '<prompt_embeds>'"
        #expect(answer.message.hasPrefix(beginning), "\(answer.message)")
      }
      for part in [["type": "prompt_embeds"], ["type": "prompt_embeds", "data": 7]] as [JSON] {
        let answer = try await client.chat(["messages": [["role": "user", "content": [part]]]])
        #expect(answer.status == 400)
        #expect(
          answer.message.hasPrefix(
            "prompt_embeds content part requires a non-empty `data` field with base64-encoded "
              + "tensor bytes."
          )
        )
      }
    }
    try await ServerFixture.with { options in
      options.enablesPromptEmbeds = false
    } _: { client in
      for message in messages {
        #expect(try await client.chat(greedy.with(["messages": [message]])).status == 200)
      }
      let part: JSON = ["type": "prompt_embeds", "data": .string(try ServerFixture.embeds())]
      let answer = try await client.chat(["messages": [["role": "user", "content": [part]]]])
      #expect(answer.status == 400)
      #expect(answer.message.hasPrefix("You must set `--enable-prompt-embeds` to input"))
      #expect(answer.parameter == "prompt_embeds")
    }
  }
}
