import Foundation
import TestSupport
import Testing

/// The commands with the model that `make model` fetches.
@Suite(
  .enabled(if: Fixtures.defaultModel != nil, "`make model` has not fetched the default model")
)
struct `Whole model at the command line` {
  /// Twenty prompts of 1 to some 600 tokens: the options that read them, and their text.
  static let prompts: [(options: [String], text: String)] = {
    let story = "Once upon a time there was a small boat that wanted to see the sea. "
    let texts = [
      "A", "The capital of France is", "def fibonacci(n):\n    ", "1, 1, 2, 3, 5, 8, 13,",
      "Der Käse, 好的, 🧀 and", "  two spaces,\n\n\tand a tab", "Q: What is 17 + 25?\nA:",
      String(repeating: story, count: 6), String(repeating: story, count: 36),
      "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n",
    ]
    let questions = [
      "Hi", "What is the capital of France?", "Write a haiku about the sea.",
      "Translate 'good morning' into French, German and Japanese (日本語).", "List three primes.",
      "Why is the sky blue?\nAnswer in one sentence.", "What is 2 + 2?",
      "Summarize: " + String(repeating: story, count: 12),
      "Write a function that adds two numbers.",
      "Summarize in one word: " + String(repeating: story, count: 33),
    ]
    return texts.map { ([], $0) }
      + questions.enumerated().map { index, text in
        (index % 3 == 2 ? ["--system", "You are brief."] : ["--chat"], text)
      }
  }()

  /// One thread each, as tests run side by side.
  private static let generate = ["generate", "--threads", "1"]

  private func run(_ arguments: [String], input: Data = Data()) throws -> Data {
    let model = try #require(Fixtures.defaultModel)
    let result = try Swiftllm.run(
      arguments,
      input: input,
      environment: ["SWIFTLLM_MODEL": model]
    )
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test(arguments: prompts.indices)
  func `gives the same text for a prompt and its rows`(_ index: Int) throws {
    let (options, text) = Self.prompts[index]
    let expected = try run(Self.generate + ["-n", "64"] + options + [text])
    let rows = try run(["encode-embeds"] + options + [text])
    #expect(try run(Self.generate + ["-n", "64", "-e", "-"], input: rows) == expected)
  }

  @Test func `names Paris`() throws {
    let answer = try run(Self.generate + ["--chat", "What is the capital of France?"])
    #expect(String(decoding: answer, as: UTF8.self).contains("Paris"))
  }

  @Test func `tells the same story for the same seed`() throws {
    let stories = try ["7", "7", "8"].map {
      try run(Self.generate + ["-t", "0.8", "--seed", $0, "-n", "40", "Once upon a time"])
    }
    #expect(stories[0] == stories[1])
    #expect(stories[0] != stories[2])
  }

  @Test func `is found in the cache folder`() throws {
    let model = URL(filePath: try #require(Fixtures.defaultModel))
    let folder = try TemporaryFolder()
    let models = folder.url.appending(path: ".cache/swiftllm/models")
    try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: models.appending(path: model.lastPathComponent),
      withDestinationURL: model
    )
    for environment in [
      ["HOME": folder.url.path], ["XDG_CACHE_HOME": folder.path(".cache")],
      ["HOME": folder.url.path, "SWIFTLLM_MODEL": "", "XDG_CACHE_HOME": ""],
    ] {
      let result = try Swiftllm.run(["encode-embeds", "A"], environment: environment)
      #expect(result.status == 0, "\(result.errors)")
    }
  }
}
