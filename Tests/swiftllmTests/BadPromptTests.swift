import Foundation
import TestSupport
import Testing

/// Prompts that no model can read.
@Suite struct `A bad prompt is refused` {
  private static let model = Fixtures.path("models/llama-f32")
  private static let empty = "prompt is empty, expected at least one token or row"

  @Test(arguments: ["generate", "encode-embeds"])
  func `if it is empty`(_ command: String) throws {
    for options in [[], ["--chat"]] {
      let arguments = [command, "-m", Self.model] + options
      try expectRefusal(arguments + [""], Self.empty)
      try expectRefusal(arguments, Self.empty)
      try expectRefusal(arguments + ["-"], input: Data("\n".utf8), Self.empty)
    }
  }

  @Test(arguments: ["generate", "encode-embeds"])
  func `if it is not text`(_ command: String) throws {
    for bytes in [Data([0xFF]), Data("abc\u{e9}".unicodeScalars.map { UInt8($0.value) })] {
      // Often: whether the bytes were still there when they were read used to depend on luck.
      for _ in 0..<8 {
        try expectRefusal(
          [command, "-m", Self.model],
          input: bytes,
          "cannot read standard input: text is not UTF-8"
        )
      }
    }
  }

  @Test func `if it is longer than the context`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    try folder.set("max_position_embeddings", to: "8", in: "model/config.json")
    let tokens = "10,11,12,13,14,15,16"
    try expectRefusal(
      ["generate", "-m", model, "--token-ids", tokens + ",17"],
      "prompt has 8 positions but the model's context is 8, and at least one is needed for output"
    )
    let rows = try folder.write(RowFiles.npy(shape: [9, 64]), to: "rows.npy")
    try expectRefusal(
      ["generate", "-m", model, "-e", rows],
      "prompt has 9 positions but the model's context is 8, and at least one is needed for output"
    )
    let result = try Swiftllm.run(["generate", "-m", model, "--token-ids", tokens])
    #expect(result.status == 0)
  }

  @Test(arguments: [("352", "352"), ("5,4294967295", "4294967295")])
  func `if it has tokens out of vocabulary`(_ tokens: String, _ token: String) throws {
    for command in ["generate", "encode-embeds"] {
      try expectRefusal(
        [command, "-m", Self.model, "--token-ids", tokens],
        "token id \(token) is out of vocabulary, expected 0 to 351"
      )
    }
  }

  @Test(arguments: [
    ("{\"a\": 1}", "invalid messages: expected a list, found an object"),
    ("\"x\"", "invalid messages: expected a list, found a string"),
    ("[]", "invalid messages: expected at least one, found none"),
    ("[\"x\"]", "invalid messages: message 0 is a string, expected an object"),
    (
      "[{\"role\": \"user\", \"content\": \"a\"}, {\"content\": \"x\"}]",
      "invalid messages: message 1 has no string 'role'"
    ),
    ("[{\"role\": \"user\"", "JSON ends too early at byte 16"),
    ("", "JSON ends too early at byte 0"),
  ])
  func `if messages are none`(_ json: String, _ message: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Data(json.utf8), to: "messages.json")
    let command = ["generate", "-m", Self.model, "--messages"]
    try expectRefusal(command + [file], "cannot read '\(file)': \(message)")
    try expectRefusal(
      command + ["-"],
      input: Data(json.utf8),
      "cannot read standard input: \(message)"
    )
  }

  @Test func `if there is no file of messages`() throws {
    try expectRefusal(
      ["generate", "-m", Self.model, "--messages", "/nonexistent/messages.json"],
      "cannot read '/nonexistent/messages.json': no such file or directory"
    )
  }

  @Test(arguments: [
    (nil, "model has no chat template"),
    (
      "{{ raise_exception('roles must alternate') }}",
      "cannot render the chat: roles must alternate"
    ),
    ("{{ person.name }}", "cannot render the chat: UndefinedError: 'person' is undefined"),
    (
      "{% if %}",
      "cannot load 'M': TemplateSyntaxError: Expected an expression, "
        + "got 'end of statement block' (line 1)"
    ),
  ])
  func `if the chat template cannot render it`(_ template: String?, _ message: String) throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    try folder.set(
      "chat_template",
      to: template.map { "\"\($0)\"" },
      in: "model/tokenizer_config.json"
    )
    try expectRefusal(
      ["generate", "-m", model, "--chat", "the"],
      message.replacing("M'", with: "\(model)'")
    )
  }

  @Test func `if the chat template repeats rows`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    let template = "\"{{ messages[0]['content'] * 2 }}\""
    try folder.set("chat_template", to: template, in: "model/tokenizer_config.json")
    try expectRefusal(
      ["generate", "-m", model, "--chat", "-e", "-"],
      input: RowFiles.npy(shape: [2, 64]),
      "chat template renders prompt embeddings 2 times, expected once"
    )
  }
}
