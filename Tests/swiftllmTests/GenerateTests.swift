import Foundation
import JSON
import TestSupport
import Testing

/// What the options of `generate` do to its output.
@Suite struct `Generating` {
  private static let folder = Fixtures.path("models/llama-f32")

  private struct Answer {
    let text: String
    let tokens: [Int]
    let finishReason: String
  }

  private func answer(_ arguments: [String], model: String = folder) throws -> Answer {
    let result = try Swiftllm.run(["generate", "-m", model, "--json"] + arguments)
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSON(parsing: [UInt8](result.output))
    return Answer(
      text: try #require(json["text"]?.stringValue),
      tokens: json["token_ids"]?.arrayValue?.compactMap(\.integerValue) ?? [],
      finishReason: try #require(json["finish_reason"]?.stringValue)
    )
  }

  /// The tokens and the text that transformers generates after the first prompt, token 35.
  private func reference() throws -> (tokens: [Int], text: String) {
    let json = try JSON(parsing: try Fixtures.bytes("models/llama-f32/reference.json"))
    let prompt = try #require(json["prompts"]?.arrayValue?.first)
    return (
      prompt["greedyTokens"]?.arrayValue?.compactMap(\.integerValue) ?? [],
      try #require(prompt["greedyText"]?.stringValue)
    )
  }

  @Test func `stops after --max-tokens`() throws {
    let expected = try reference()
    for count in [1, 2, 24] {
      let answer = try answer(["--token-ids", "35", "-n", "\(count)"])
      #expect(answer.tokens == Array(expected.tokens.prefix(count)))
      #expect(answer.finishReason == "length")
      if count == 24 { #expect(answer.text == expected.text) }
    }
  }

  @Test func `stops at the end of the context`() throws {
    let answer = try answer(["--token-ids", "35", "-n", "100000", "--ignore-eos"])
    #expect(answer.tokens.count == 511)
    #expect(answer.finishReason == "length")
  }

  @Test func `stops at end tokens unless told to go on`() throws {
    let expected = try reference()
    let folder = try TemporaryFolder()
    let model = try folder.copy(model: "llama-f32")
    let ends = "[300, \(expected.tokens[5])]"
    try folder.set("eos_token_id", to: ends, in: "model/generation_config.json")
    let ended = try answer(["--token-ids", "35", "-n", "24"], model: model)
    #expect(ended.tokens == Array(expected.tokens.prefix(6)))
    #expect(ended.finishReason == "stop")
    let whole = try answer(["--token-ids", "35", "-n", "24", "--ignore-eos"], model: model)
    #expect(whole.tokens == expected.tokens)
    #expect(whole.finishReason == "length")
  }

  @Test func `ends the output before a stop text`() throws {
    let expected = try reference()
    let end = try #require(expected.text.range(of: "Y in")).lowerBound
    let stopped = try answer(
      ["--token-ids", "35", "-n", "24", "--stop", "never", "--stop", "Y in"]
    )
    #expect(stopped.text == String(expected.text[..<end]))
    #expect(stopped.finishReason == "stop")
  }

  @Test func `draws the same tokens for the same seed`() throws {
    let command = ["generate", "-m", Self.folder, "-t", "0.8", "-n", "40", "--token-ids", "35"]
    let texts = try ["7", "7", "8"].map {
      try Swiftllm.run(command + ["--seed", $0, "--ignore-eos"]).output
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0] != texts[2])
    let narrow = try Swiftllm.run(command + ["--seed", "8", "--ignore-eos", "--top-k", "1"]).output
    let greedy = try Swiftllm.run(command + ["-t", "0", "--ignore-eos"]).output
    #expect(narrow == greedy)
  }

  @Test func `reads the same prompt from an operand and from standard input`() throws {
    for options in [[], ["--chat"], ["--system", "You are brief."]] {
      let command = ["generate", "-m", Self.folder, "-n", "16"] + options
      let operand = try Swiftllm.run(command + ["the small\nboats"])
      #expect(operand.status == 0)
      for input in ["the small\nboats", "the small\nboats\n"] {
        let piped = try Swiftllm.run(command, input: Data(input.utf8))
        #expect(piped.output == operand.output)
        let named = try Swiftllm.run(command + ["-"], input: Data(input.utf8))
        #expect(named.output == operand.output)
      }
    }
  }

  @Test func `reads messages as the same chat`() throws {
    let folder = try TemporaryFolder()
    let messages = """
      [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "the boats"}]
      """
    let file = try folder.write(Data(messages.utf8), to: "messages.json")
    let command = ["generate", "-m", Self.folder, "-n", "16"]
    let expected = try Swiftllm.run(command + ["--system", "You are brief.", "the boats"]).output
    #expect(try Swiftllm.run(command + ["--messages", file]).output == expected)
    let piped = try Swiftllm.run(command + ["--messages", "-"], input: Data(messages.utf8))
    #expect(piped.output == expected)
    let plain = try Swiftllm.run(command + ["--chat", "the boats"]).output
    #expect(plain != expected)
  }
}
