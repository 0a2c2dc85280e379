import JSON
import Testing

@testable import Server

@Suite struct `Chats` {
  let greedy: JSON = ["temperature": 0, "max_tokens": 8, "ignore_eos": true]

  static func message(_ content: JSON, role: JSON = "user") -> JSON {
    ["role": role, "content": content]
  }

  private func content(_ answer: Client.Answer) -> String {
    answer.choices.first?["message"]?["content"]?.stringValue ?? ""
  }

  @Test func `read the template's tokens`() async throws {
    try await ServerFixture.with { client in
      let messages = ServerFixture.reference["chat"]?["messages"] ?? .null
      let answer = try await client.chat(
        greedy.with(["messages": messages, "return_token_ids": true])
      )
      #expect(answer.status == 200)
      #expect(answer.json["prompt_token_ids"] == ServerFixture.reference["chat"]?["tokens"])
      #expect(answer.json["object"] == "chat.completion")
      #expect(!content(answer).isEmpty)
      let tokens = try await client.post("/tokenize", ["messages": messages])
      #expect(tokens.json["tokens"] == ServerFixture.reference["chat"]?["tokens"])
    }
  }

  @Test func `stream a role, then text`() async throws {
    try await ServerFixture.with { client in
      let request = greedy.with(["messages": [Self.message("Hello")]])
      let whole = try await client.chat(request)
      let choices = try await client.chat(request.with(["stream": true])).events
        .compactMap { $0["choices"]?.arrayValue?.first }
      #expect(choices.first?["delta"]?["role"] == "assistant")
      let text = choices.compactMap { $0["delta"]?["content"]?.stringValue }.joined()
      #expect(text == content(whole))
      #expect(choices.filter { $0["finish_reason"] != .null }.count == 1)
    }
  }

  @Test func `read embeddings in any message as the text they stand for`() async throws {
    try await ServerFixture.with { client in
      func part(_ text: String) async throws -> JSON {
        let rows = try await client.post(
          "/v1/prompt_embeds",
          ["prompt": .string(text), "add_special_tokens": false]
        )
        return ["type": "prompt_embeds", "data": rows.json["prompt_embeds"] ?? .null]
      }
      let system = "You are kind."
      let question = "What is it?"
      let byText = try await client.chat(
        greedy.with([
          "messages": [
            Self.message(.string(system), role: "system"),
            Self.message([["type": "text", "text": .string(question)]]),
          ]
        ])
      )
      let byRows = try await client.chat(
        greedy.with([
          "messages": [
            Self.message([try await part(system)], role: "system"),
            Self.message([try await part(question)]),
          ]
        ])
      )
      #expect(byRows.status == 200, "\(byRows.text)")
      #expect(content(byRows) == content(byText))
      #expect(byRows.json["usage"] == byText.json["usage"])

      let mixed = try await client.chat(
        greedy.with([
          "messages": [
            Self.message([
              ["type": "text", "text": "a"], try await part("b"), ["type": "text", "text": "c"],
              try await part("d"),
            ])
          ]
        ])
      )
      #expect(mixed.status == 200)
    }
  }

  @Test func `refuse what no chat is made of`() async throws {
    try await ServerFixture.with { client in
      let cases: [(JSON, String)] = [
        ([:], "messages: Field required"),
        (["messages": []], "at least one"),
        (["messages": "Hello"], "expected a list"),
        (["messages": [["content": "Hello"]]], "'role'"),
        (
          ["messages": [Self.message([["type": "prompt_embeds"]])]],
          "prompt_embeds content part requires a non-empty `data` field"
        ),
        (
          ["messages": [Self.message([["type": "prompt_embeds", "data": "invalid_base64"]])]],
          "base64"
        ),
        (["messages": [Self.message([["type": "image_url"]])]], "image_url"),
        (["messages": [Self.message("a <prompt_embeds> b")]], "reserved placeholder"),
        (["messages": [Self.message("a")], "tools": []], "`tools` must not be an empty array."),
        (
          ["messages": [Self.message("a")], "tools": [["type": "function"]]],
          "\"auto\" tool choice requires"
        ),
        (["messages": [Self.message("a")], "tools": "x", "tool_choice": "none"], "valid list"),
        (["messages": [Self.message("a")], "documents": ["x"]], "valid dictionary"),
        (["messages": [Self.message("a")], "top_logprobs": 2], "`logprobs` must be set to true"),
        (["messages": [Self.message("a")], "chat_template": "x"], "Chat template is passed"),
        (
          [
            "messages": [Self.message("a")], "continue_final_message": true,
            "add_generation_prompt": true,
          ],
          "Cannot set both"
        ),
        (
          [
            "messages": [
              [
                "role": "assistant", "content": "a",
                "reasoning": ["type": "prompt_embeds", "data": "!"],
              ]
            ]
          ],
          "base64"
        ),
      ]
      for (body, part) in cases {
        let answer = try await client.chat(body.with(["max_tokens": 1]))
        #expect(answer.status == 400, "\(body.text)")
        #expect(answer.message.contains(part), "\(answer.message)")
        #expect(answer.parameter != nil)
      }
    }
  }
}
