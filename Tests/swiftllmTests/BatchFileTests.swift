import Foundation
import JSON
import TestSupport
import Testing

/// Files that `--input` and `-o` name.
@Suite struct `A batch's files` {
  private let folder: TemporaryFolder
  private let model = Fixtures.path("models/llama-f32")

  init() throws { folder = try TemporaryFolder() }

  private func run(_ command: String, _ options: [String]) throws -> Swiftllm.Result {
    try Swiftllm.run([command, "-m", model] + options)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `may not be the input, also by redirection`() throws {
    let line = #"{"prompt":"the","max_tokens":1}"# + "\n"
    let path = try folder.write(Data(line.utf8), to: "in.jsonl")
    let direct = try run("generate", ["--input", path, "-o", path])
    #expect(direct.status == 1)
    #expect(direct.errors.contains("it is the input"))
    let script = "swiftllm generate -m '\(model)' --input '\(path)' >> '\(path)'"
    let redirected = try Swiftllm.shell(script)
    #expect(redirected.status == 1)
    #expect(redirected.errors.contains("cannot write standard output: it is the input"))
    #expect(try text(path) == line)
  }

  @Test func `keep text that is no result when they are resumed`() throws {
    let input = try folder.write(Data(#"{"prompt":"the"}"#.utf8), to: "in.jsonl")
    let foreign = try folder.write(Data("a letter to keep".utf8), to: "letter")
    let result = try run("generate", ["--input", input, "-o", foreign, "--resume"])
    #expect(result.status == 1)
    #expect(try text(foreign) == "a letter to keep")
  }

  @Test func `of encoded requests resume with other requests and bad lines among them`() throws {
    let lines = [
      #" {"custom_id":"a","prompt":"the"}"#, #"{"input":"the"}"#, #"{"custom_id":"b","prompt":3}"#,
      #"{"url":"/v1/embeddings","body":{"input":"the"}}"#,
    ]
    let text = lines.map { $0 + "\n" }.joined()
    let input = try folder.write(Data(text.utf8), to: "in.txt")
    let output = folder.path("out.jsonl")
    #expect(try run("encode-embeds", ["--input", input, "-o", output]).status == 1)
    let whole = try self.text(output)
    #expect(whole.split(separator: "\n").count == lines.count)
    #expect(try run("encode-embeds", ["--input", input, "-o", output, "--resume"]).status == 1)
    #expect(try self.text(output) == whole)
  }

  @Test func `are read with any number of sequences at once`() throws {
    let input = try folder.write(Data(#"{"prompt":"the","max_tokens":1}"#.utf8), to: "in.jsonl")
    let options = ["--input", input, "--max-num-seqs", "\(Int.max)"]
    #expect(try run("generate", options).status == 0)
  }
}
