import Foundation
import TestSupport
import Testing

/// The options that say how a chat is rendered; `--show-prompt` shows what they do.
@Suite struct `A chat is rendered` {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try folder.copy(model: "llama-f32")
  }

  /// The text and the ids of the prompt that `options` make.
  private func shown(_ options: [String]) throws -> (text: String, tokens: String) {
    let result = try Swiftllm.run(
      ["encode-embeds", "-m", model, "--show-prompt", "-o", "/dev/null"] + options
    )
    #expect(result.status == 0, "\(result.errors)")
    var lines = result.errors.split(separator: "\n", omittingEmptySubsequences: false)
    // Behind the ids stands a line break.
    lines.removeLast()
    let tokens = try #require(lines.last)
    lines.removeLast()
    return (lines.joined(separator: "\n"), String(tokens))
  }

  private func write(_ text: String, to name: String) throws -> String {
    try folder.write(Data(text.utf8), to: name)
  }

  @Test func `with ids that make the same prompt`() throws {
    let (text, tokens) = try shown(["--chat", "--system", "Be kind.", "Hi"])
    #expect(
      text == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
        + "<|im_start|>assistant\n"
    )
    let rows = ["encode-embeds", "-m", model, "--format", "npy"]
    let chat = try Swiftllm.run(rows + ["--system", "Be kind.", "Hi"])
    let ids = try Swiftllm.run(rows + ["--token-ids", tokens])
    #expect(chat.status == 0 && chat.output == ids.output)
  }

  @Test func `and shown with the number of its rows`() throws {
    let rows = try folder.write(RowFiles.npy(shape: [3, 64]), to: "rows.npy")
    let (text, tokens) = try shown(["-e", rows, "--token-ids", "5,6"])
    #expect(text == "[3 rows][2 tokens]")
    #expect(tokens == "[3 rows],5,6")
  }

  @Test func `with the template of a file, of a name, or of the line itself`() throws {
    let file = try write("{{ messages[0].content|upper }}!", to: "own.jinja")
    #expect(try shown(["--chat-template", file, "hi"]).text == "HI!")
    #expect(try shown(["--chat-template", "{{ messages[0].content }}?", "hi"]).text == "hi?")
    try FileManager.default.createDirectory(
      atPath: folder.path("model/additional_chat_templates"),
      withIntermediateDirectories: true
    )
    _ = try write(
      "named: {{ messages[0].content }}",
      to: "model/additional_chat_templates/rag.jinja"
    )
    #expect(try shown(["--chat-template", "rag", "hi"]).text == "named: hi")
  }

  @Test func `with the templates of tokenizer_config.json`() throws {
    let templates = """
      [{"name": "default", "template": "plain"}, {"name": "tool_use", "template": "{{ tools[0].name }}"}]
      """
    try folder.set("chat_template", to: templates, in: "model/tokenizer_config.json")
    let tools = try write(#"[{"name": "find"}]"#, to: "tools.json")
    #expect(try shown(["--chat", "hi"]).text == "plain")
    #expect(try shown(["--tools", tools, "hi"]).text == "find")
    #expect(try shown(["--chat-template", "default", "--tools", tools, "hi"]).text == "plain")
    _ = try write("file", to: "model/chat_template.jinja")
    #expect(try shown(["--chat", "hi"]).text == "file")
  }

  @Test func `with tools, documents and variables`() throws {
    let tools = try write(#"[{"type": "function", "function": {"name": "é"}}]"#, to: "tools.json")
    let documents = try write(#"[{"title": "T", "text": "x"}]"#, to: "documents.json")
    let template =
      "{{ tools|tojson }}{{ documents[0].title }}{{ deep.a[1] }}{{ big }}{{ add_generation_prompt }}"
    let (text, _) = try shown([
      "--chat-template", template, "--tools", tools, "--documents", documents,
      "--chat-template-kwargs", #"{"deep": {"a": [1, 2.0]}, "big": 123456789012345678901}"#,
      "--no-add-generation-prompt", "hi",
    ])
    #expect(
      text == #"[{"type": "function", "function": {"name": "é"}}]T2.0123456789012345678901False"#
    )
  }

  @Test func `up to where the model continues`() throws {
    let chat = #"[{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Well, "}]"#
    let messages = try write(chat, to: "messages.json")
    let (text, _) = try shown(["--messages", messages, "--continue-final-message"])
    #expect(text.hasSuffix("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nWell,"))
    let result = try Swiftllm.run(
      ["generate", "-m", model, "-n", "2", "--messages", messages, "--continue-final-message"]
    )
    #expect(result.status == 0)
  }

  @Test(arguments: ["generate", "encode-embeds"])
  func `never with options that are wrong`(_ command: String) throws {
    let start = [command, "-m", model]
    let object = try write("{}", to: "object.json")
    let text = try write(#"["x"]"#, to: "text.json")
    let none = try write("[]", to: "none.json")
    let noJSON = try write("[", to: "no.json")
    let empty = try write(#"[{"role": "assistant", "content": null}]"#, to: "empty.json")
    try expectRefusal(
      start + ["--tools", object, "a"],
      "cannot read '\(object)': expected a list of tools, found an object"
    )
    try expectRefusal(
      start + ["--tools", text, "a"],
      "cannot read '\(text)': tool 0 is a string, expected an object"
    )
    try expectRefusal(
      start + ["--tools", none, "a"],
      "cannot read '\(none)': expected a list of tools, found an empty one"
    )
    try expectRefusal(
      start + ["--documents", object, "a"],
      "cannot read '\(object)': expected a list of documents, found an object"
    )
    let parsing = try Swiftllm.run(start + ["--tools", noJSON, "a"])
    #expect(parsing.status == 1 && parsing.errors.contains("cannot read '\(noJSON)': "))
    try expectRefusal(
      start + ["--tools", "/nonexistent/tools.json", "a"],
      "cannot read '/nonexistent/tools.json': no such file or directory"
    )
    try expectRefusal(
      start + ["--chat-template", "nosuch", "a"],
      "no chat template 'nosuch': there is no such file, and the model has only 'default'"
    )
    try expectRefusal(
      start + ["--messages", empty, "--continue-final-message"],
      "cannot render the chat: ValueError: continue_final_message is set but the final message has no"
        + " \"content\" to continue!"
    )
    for value in ["[1]", "x"] {
      let result = try Swiftllm.run(start + ["--chat-template-kwargs", value, "a"])
      #expect(result.status == 2 && result.errors.contains("expected a JSON object"))
    }
    let both = try Swiftllm.run(
      start + ["--continue-final-message", "--add-generation-prompt", "a"]
    )
    #expect(both.status == 2 && both.errors.contains("are not compatible"))
    let twice = try Swiftllm.run(start + ["--messages", "-", "--tools", "-"])
    #expect(twice.status == 2 && twice.errors.contains("standard input is named 2 times"))
  }
}
