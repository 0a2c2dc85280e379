import Foundation
import TestSupport
import Testing

/// Rows that no prompt can be made of, from files and from standard input.
@Suite struct `Bad rows are refused` {
  private static let model = Fixtures.path("models/llama-f32")

  private func refuse(_ bytes: Data, _ message: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(bytes, to: "rows")
    let command = ["generate", "-m", Self.model, "-e"]
    try expectRefusal(command + [file], "cannot read '\(file)': \(message)")
    try expectRefusal(command + ["-"], input: bytes, "cannot read standard input: \(message)")
    #expect(try folder.names() == ["rows"])
  }

  private func rows(_ value: Float) -> [Float] {
    var rows = [Float](repeating: 0, count: 128)
    rows[67] = value
    return rows
  }

  @Test func `of the wrong width`() throws {
    try refuse(
      RowFiles.npy(shape: [12, 32]),
      "tensor is [12, 32] but the model's hidden size is 64"
    )
  }

  @Test func `of numbers that are no floats`() throws {
    let zeros = [Int64](repeating: 0, count: 64)
    let types = [
      ("<i8", [1, 64], "int64"), ("|b1", [8, 64], "bool"), ("<c8", [1, 64], "complex64"),
    ]
    for (type, shape, name) in types {
      try refuse(
        RowFiles.npy(zeros, type: type, shape: shape),
        "tensor is torch.\(name) where floating-point numbers are expected"
      )
    }
  }

  @Test func `that hold NaN or infinity`() throws {
    for (value, name) in [(Float.nan, "NaN"), (.infinity, "infinity"), (-.infinity, "infinity")] {
      try refuse(
        RowFiles.npy(rows(value), type: "<f4", shape: [2, 64]),
        "row 1 holds \(name)"
      )
    }
    try refuse(
      RowFiles.npy([Double](repeating: 1e300, count: 64), type: "<f8", shape: [1, 64]),
      "row 0 holds infinity"
    )
  }

  @Test func `of which there are none`() throws {
    try refuse(RowFiles.npy(shape: [0, 64]), "tensor of shape [0, 64] has no rows")
    try refuse(RowFiles.npy(shape: [2, 0]), "tensor of shape [2, 0] has no rows")
  }

  @Test func `of another shape than a matrix`() throws {
    for (shape, name) in [([64], "[64]"), ([2, 3, 64], "[2, 3, 64]"), ([], "[]")] {
      try refuse(
        RowFiles.npy(shape: shape),
        "tensor has shape \(name) where [n, 64] is expected"
      )
    }
  }

  @Test func `of several tensors without a name`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(RowFiles.safetensors(["a", "b"]), to: "rows.safetensors")
    let command = ["generate", "-m", Self.model, "-n", "1", "-e"]
    try expectRefusal(
      command + [file],
      """
      cannot read '\(file)': safetensors file holds 2 tensors, 2 of them matrices; \
      name one: 'a' float32 [1, 64], 'b' float32 [1, 64]
      """
    )
    try expectRefusal(command + ["\(file)#c"], "cannot read '\(file)': no tensor is named 'c'")
    #expect(try Swiftllm.run(command + ["\(file)#b"]).status == 0)
  }

  @Test func `of no known kind`() throws {
    try refuse(Data(), "no known kind of tensor file at byte 0")
    try refuse(Data("{\"a\": 1}\n".utf8), "no known kind of tensor file at byte 0")
    try refuse(Data("aGVsbG8gd29ybGQ=\n".utf8), "base64 of no tensor file at byte 0")
  }

  @Test func `that would run code`() throws {
    let folder = try TemporaryFolder()
    let call = "\u{2}cposix\nsystem\n(X\u{d}\u{0}\u{0}\u{0}touch 'ran.it'tR."
    let file = try folder.write(Data([0x80]) + Data(call.utf8), to: "rows.pt")
    let result = try Swiftllm.run(["generate", "-m", Self.model, "-e", file], in: folder.url)
    #expect(result.errors.hasPrefix("swiftllm: cannot read '\(file)': "))
    #expect(result.status == 1)
    #expect(try folder.names() == ["rows.pt"])
  }

  @Test(arguments: ["torch", "safetensors", "npy", "base64"])
  func `that are cut short`(_ format: String) throws {
    let whole = try Swiftllm.run([
      "encode-embeds", "-m", Self.model, "the small boats", "--format", format,
    ])
    #expect(whole.status == 0)
    // The last byte of base64 is a newline, which may be missing.
    let last = whole.output.count - (format == "base64" ? 5 : 1)
    for length in [0, 1, 3, 4, 9, 30, 100, 300, 800, last] {
      let result = try Swiftllm.run(
        ["generate", "-m", Self.model, "-e", "-"],
        input: whole.output.prefix(length)
      )
      #expect(result.errors.hasPrefix("swiftllm: cannot read standard input: "), "\(length) bytes")
      #expect(result.errors.filter { $0 == "\n" }.count == 1)
      #expect(result.status == 1)
      #expect(result.output.isEmpty)
    }
  }

  @Test func `that cannot be had`() throws {
    let folder = try TemporaryFolder()
    let command = ["generate", "-m", Self.model, "-e"]
    try expectRefusal(
      command + [folder.path("none.pt")],
      "cannot read '\(folder.path("none.pt"))': no such file or directory"
    )
    try expectRefusal(
      command + [folder.url.path],
      "cannot read '\(folder.url.path)': is a directory, expected a file"
    )
    let result = try Swiftllm.shell("swiftllm generate -m '\(Self.model)' -e - </")
    #expect(result.errors == "swiftllm: cannot read standard input: is a directory\n")
    #expect(result.status == 1)
  }
}
