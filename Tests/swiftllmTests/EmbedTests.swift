import Foundation
import JSON
import TestSupport
import Testing

@Suite struct `swiftllm embed` {
  static let model = Fixtures.path("encoders/bert")

  private func embed(_ arguments: String..., input: String = "") throws -> Swiftllm.Result {
    try Swiftllm.run(["embed", "-m", Self.model] + arguments, input: Data(input.utf8))
  }

  /// The vectors of JSON lines, checked to be numbered from 0.
  private func vectors(_ result: Swiftllm.Result) throws -> [[Double]] {
    try result.text.split(separator: "\n").enumerated().map { index, line in
      let json = try JSON(parsing: String(line))
      #expect(json["index"] == .integer(index))
      return (json["embedding"]?.arrayValue ?? []).compactMap(\.doubleValue)
    }
  }

  @Test func `prints a JSON line for each text, in order`() throws {
    let operands = try embed("How are you?", "", "The capital of France is Paris.")
    #expect(operands.status == 0 && operands.errors.isEmpty)
    let rows = try vectors(operands)
    #expect(rows.map(\.count) == [64, 64, 64])
    for row in rows { #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6) }
    let lines = "How are you?\r\n\n{\"input\":\"The capital of France is Paris.\"}\n"
    #expect(try embed(input: lines).output == operands.output)
    let folder = try TemporaryFolder()
    let file = try folder.write(Data(lines.utf8), to: "texts.txt")
    #expect(try embed("--input", file).output == operands.output)
  }

  @Test func `writes the same numbers in every format`() throws {
    let folder = try TemporaryFolder()
    let text = try embed("a", "b", "--format", "text").text
    let numbers = text.split(separator: "\n").flatMap { $0.split(separator: " ") }
      .compactMap { Float($0) }
    #expect(numbers.count == 128)
    let bytes = numbers.withUnsafeBytes { Data($0) }
    for format in ["npy", "torch", "safetensors"] {
      let path = folder.path("vectors.\(format)")
      let result = try embed("a", "b", "--format", format, "-o", path)
      #expect(result.status == 0 && result.output.isEmpty)
      let file = try Data(contentsOf: URL(filePath: path))
      #expect(file.range(of: bytes) != nil, "\(format)")
    }
  }

  @Test func `pools and scales as it is told`() throws {
    let scaled = try vectors(embed("How old are you?", "--pooling", "cls"))[0]
    let plain = try vectors(embed("How old are you?", "--pooling", "cls", "--no-normalize"))[0]
    let length = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
    for (scaled, plain) in zip(scaled, plain) { #expect(abs(scaled - plain / length) < 1e-6) }
    let mean = try vectors(embed("How old are you?"))[0]
    #expect(mean != scaled)
  }

  @Test func `applies a projection as it was fitted`() throws {
    let folder = try TemporaryFolder()
    let json = try JSON(parsing: try Fixtures.bytes("encoders/bert/reference.json"))
    let texts = (json["texts"]?.arrayValue ?? []).compactMap(\.stringValue)
    let lines = (0..<20).map { texts[$0 % 7] + texts[$0 / 7] }.joined(separator: "\n")
    let path = folder.path("pca.safetensors")
    let fitted = try embed("--pca", "4", "--whiten", "--save-projection", path, input: lines)
    #expect(fitted.status == 0)
    #expect(try vectors(fitted).allSatisfy { $0.count == 4 })
    #expect(try embed("--projection", path, input: lines).output == fitted.output)
    for column in 0..<4 {
      let values = try vectors(fitted).map { $0[column] }
      #expect(abs(values.reduce(0, +)) < 1e-3)
      #expect(abs(values.reduce(0) { $0 + $1 * $1 } / 19 - 1) < 1e-3)
    }
  }

  @Test func `refuses bad input and leaves nothing behind`() throws {
    let folder = try TemporaryFolder()
    let jsonl = try folder.write(Data("{\"input\":\"a\"}\nplain\n".utf8), to: "bad.jsonl")
    let output = folder.path("out.npy")
    let cases: [(arguments: [String], input: Data, status: Int32, message: String)] = [
      (["--input", jsonl], Data(), 1, "line 2 of '\(jsonl)'"),
      ([], Data("ok\n{\"text\":\"a\"}\n".utf8), 1, "line 2 of standard input: the object has no"),
      ([], Data([0x61, 0x0A, 0xFF, 0x0A]), 1, "line 2 of standard input: text is not UTF-8"),
      ([], Data(), 1, "no texts to embed"),
      (["a", "--pca", "3"], Data(), 1, "1 vectors have no principal components"),
      (["a", "b", "--pca", "3"], Data(), 1, "3 principal components asked for"),
      (["a", "--projection", jsonl], Data(), 1, jsonl),
      (["a", "--input", jsonl], Data(), 2, "both as operands"),
      (["a", "--save-projection", "x"], Data(), 2, "'--save-projection' needs"),
      (["a", "--pooling", "max"], Data(), 2, "max"),
      (["a", "--pca", "0"], Data(), 2, "pca"),
    ]
    for (arguments, input, status, message) in cases {
      let result = try Swiftllm.run(
        ["embed", "-m", Self.model, "--format", "npy", "-o", output] + arguments,
        input: input
      )
      #expect(result.status == status, "\(arguments)")
      #expect(result.errors.contains(message), "\(arguments): \(result.errors)")
      #expect(result.output.isEmpty)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(left == ["bad.jsonl"])
    let missing = try Swiftllm.run(["embed", "a"])
    #expect(missing.status == 1 && missing.errors.contains("make model"))
  }
}
