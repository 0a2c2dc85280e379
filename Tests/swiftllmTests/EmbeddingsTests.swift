import Foundation
import TestSupport
import Testing

/// `generate -e` after `encode-embeds` gives what `generate` gives for the same text.
@Suite struct `Rows stand for their text` {
  private static let texts = ["A", "the small boats of", "Ein Käse 🧀, 123\n\n\tund mehr", "  "]
  private static let models = [
    "llama-f32", "llama-bf16", "llama-rope3", "mistral", "qwen3", "gguf-f16/model.gguf",
    "gguf-q4_1/model.gguf",
  ]

  private func run(_ arguments: [String], input: Data = Data()) throws -> Data {
    let result = try Swiftllm.run(arguments, input: input)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  @Test(arguments: models)
  func `through a pipe`(_ name: String) throws {
    let model = Fixtures.path("models/\(name)")
    for text in Self.texts {
      for options in name.hasPrefix("gguf") ? [[]] : [[], ["--chat"]] {
        let expected = try run(["generate", "-m", model, "-n", "32"] + options + [text])
        let rows = try run(["encode-embeds", "-m", model] + options + [text])
        let found = try run(["generate", "-m", model, "-n", "32", "-e", "-"], input: rows)
        #expect(found == expected, "'\(text)' \(options)")
      }
    }
  }

  @Test(arguments: ["torch", "base64", "safetensors", "npy"])
  func `in every format`(_ format: String) throws {
    let model = Fixtures.path("models/llama-f32")
    let folder = try TemporaryFolder()
    let file = folder.path("rows")
    let expected = try run(["generate", "-m", model, Self.texts[1]])
    let written = try run([
      "encode-embeds", "-m", model, Self.texts[1], "--format", format, "-o", file,
    ])
    #expect(written.isEmpty)
    #expect(try run(["generate", "-m", model, "-e", file]) == expected)
  }

  @Test(arguments: [("llama-bf16", "bfloat16"), ("llama-f16", "float16"), ("llama-f32", "float32")])
  func `in the type of the table, which loses nothing`(_ name: String, _ type: String) throws {
    let model = Fixtures.path("models/\(name)")
    let expected = try run(["generate", "-m", model, Self.texts[1]])
    let encode = ["encode-embeds", "-m", model, Self.texts[1]]
    let rows = try run(encode + ["--dtype", type])
    #expect(try run(encode) == rows)
    let wide = try run(encode + ["--dtype", "float32"])
    for rows in [rows, wide] {
      #expect(try run(["generate", "-m", model, "-e", "-"], input: rows) == expected)
    }
  }

  @Test(arguments: ["llama-f32", "gguf-q4_1/model.gguf"])
  func `as segments of one prompt`(_ name: String) throws {
    let model = Fixtures.path("models/\(name)")
    let folder = try TemporaryFolder()
    func encode(_ file: String, _ arguments: [String]) throws -> String {
      let path = folder.path(file)
      _ = try run(["encode-embeds", "-m", model, "-o", path] + arguments)
      return path
    }
    let generate = ["generate", "-m", model, "-n", "32"]
    let first = try encode("first.pt", ["--token-ids", "35,40,41"])
    let last = try encode("last.pt", ["--token-ids", "50,51"])
    let middle = ["--no-add-special-tokens", "the small boats of"]

    let tokens = try run(generate + ["--token-ids", "35,40,41,77,50,51"])
    #expect(try run(generate + ["-e", first, "--token-ids", "77", "-e", last]) == tokens)
    #expect(try run(generate + ["--token-ids", "35,40,41,77", "-e", last]) == tokens)

    let parts = ["-e", first, "the small boats of", "-e", last]
    let mixed = try run(generate + parts)
    let text = try encode("text.pt", middle)
    #expect(try run(generate + ["-e", first, "-e", text, "-e", last]) == mixed)
    let whole = try encode("whole.pt", parts)
    #expect(try run(generate + ["-e", whole]) == mixed)
    #expect(try run(generate + ["-e", last, "the small boats of", "-e", first]) != mixed)
  }

  @Test(arguments: ["llama-f32", "qwen3"])
  func `inside the user's turn of a chat`(_ name: String) throws {
    let model = Fixtures.path("models/\(name)")
    let folder = try TemporaryFolder()
    let rows = folder.path("rows.pt")
    _ = try run([
      "encode-embeds", "-m", model, "--no-add-special-tokens", "the boats", "-o", rows,
    ])
    let generate = ["generate", "-m", model, "-n", "32", "--system", "You are brief."]
    let expected = try run(generate + ["the boats"])
    #expect(try run(generate + ["-e", rows]) == expected)
    let encoded = try run(["encode-embeds", "-m", model, "--system", "You are brief.", "-e", rows])
    #expect(try run(["generate", "-m", model, "-n", "32", "-e", "-"], input: encoded) == expected)
  }
}
