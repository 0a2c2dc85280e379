import TestSupport
import Testing

/// What `serve` says before it listens; Tests/ServerTests and Tests/Server ask it over HTTP.
@Suite struct `Serving` {
  /// Options that are read; then the model is looked for, in vain.
  @Test(arguments: [
    ["--max-model-len", "4k"], ["--max_model_len", "1K"], ["--max-model-len=-1"],
    ["--max-num-batched-tokens", "2.5k"], ["--served-model-name", "a", "b", "--port", "0"],
    ["--api-key", "a", "b"], ["--allowed-origins", "[\"*\"]"], ["--runner", "pooling"],
    ["--task", "embed"], ["--task=embedding"], ["--enable-prompt-tokens-details"],
  ])
  func `reads options as vLLM's users write them`(_ options: [String]) throws {
    let result = try Swiftllm.run(["serve", "nobody/nothing"] + options)
    #expect(result.status == 1)
    #expect(result.errors.hasPrefix("swiftllm: no model at 'nobody/nothing'"), "\(result.errors)")
  }

  @Test(arguments: [
    ("--max-model-len", "1"), ("--max-model-len", "4x"), ("--max-model-len", "1.5K"),
    ("--max-model-len", "k"), ("--max-num-batched-tokens", "0"), ("--max-model-len", "99999999T"),
    ("--runner", "draft"), ("--allowed-origins", "[1]"), ("--allowed-origins", "[\"a\""),
  ])
  func `refuses what they cannot mean`(_ option: String, _ value: String) throws {
    let result = try Swiftllm.run(["serve", "nobody/nothing", option, value])
    #expect(result.status == 2)
    #expect(result.errors.hasPrefix("swiftllm: invalid value for '\(option)'"), "\(result.errors)")
  }

  @Test func `generates with no encoder`() throws {
    let path = Fixtures.path("encoders/bert")
    try expectRefusal(
      ["serve", path, "--runner", "generate"],
      "'\(path)' is an encoder, which makes vectors and generates no text"
    )
  }

  @Test func `reads no chats with an encoder`() throws {
    try expectRefusal(
      ["serve", Fixtures.path("encoders/bert"), "--chat-template", "x"],
      "the model is an encoder, which reads no chats: it takes no chat template"
    )
  }
}
