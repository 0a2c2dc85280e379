import Foundation
import TestSupport
import Testing

/// Files written by `-o`: whole or not at all, with nothing left beside them.
@Suite struct `Output files` {
  private static let model = Fixtures.path("models/llama-f32")
  private static let encode = ["encode-embeds", "-m", model, "the"]

  @Test func `hold what standard output would`() throws {
    let folder = try TemporaryFolder()
    let expected = try Swiftllm.run(Self.encode).output
    let result = try Swiftllm.run(Self.encode + ["-o", "rows.pt"], in: folder.url)
    #expect(result.status == 0)
    #expect(result.output.isEmpty)
    #expect(result.errors.isEmpty)
    #expect(try Data(contentsOf: folder.url.appending(path: "rows.pt")) == expected)
    #expect(try folder.names() == ["rows.pt"])
    #expect(try Swiftllm.run(Self.encode + ["-o", "-"]).output == expected)
    let piped = try Swiftllm.shell(
      "swiftllm encode-embeds the -o /dev/stdout | cat",
      environment: ["SWIFTLLM_MODEL": Self.model]
    )
    #expect(piped.output == expected)
  }

  @Test func `are replaced where a link leads`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Data("old".utf8), to: "rows.pt")
    let link = folder.path("link.pt")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "rows.pt")
    #expect(try Swiftllm.run(Self.encode + ["-o", link]).status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "rows.pt")
    #expect(try Data(contentsOf: URL(filePath: file)).count > 256)
    #expect(try folder.names() == ["link.pt", "rows.pt"])
  }

  @Test func `are renamed into place`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Data("old".utf8), to: "rows.pt")
    let old = try #require(FileHandle(forReadingAtPath: file))
    #expect(try Swiftllm.run(Self.encode + ["-o", file]).status == 0)
    #expect(try old.readToEnd() == Data("old".utf8))
    #expect(try Data(contentsOf: URL(filePath: file)).count > 256)
    #expect(try folder.names() == ["rows.pt"])
  }

  @Test func `stay as they were when the disk is full`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Data("old".utf8), to: "rows.pt")
    let result = try Swiftllm.shell(
      "trap '' XFSZ; ulimit -f 1; swiftllm encode-embeds 'the small boats of' -o rows.pt",
      environment: ["SWIFTLLM_MODEL": Self.model],
      in: folder.url
    )
    #expect(result.errors == "swiftllm: cannot write 'rows.pt': file too large\n")
    #expect(result.status == 1)
    #expect(try Data(contentsOf: folder.url.appending(path: "rows.pt")) == Data("old".utf8))
    #expect(try folder.names() == ["rows.pt"])
  }

  @Test func `leave alone what another process writes`() throws {
    let folder = try TemporaryFolder()
    let result = try Swiftllm.shell(
      "echo theirs > rows.pt.$$.tmp; exec swiftllm encode-embeds the -o rows.pt",
      environment: ["SWIFTLLM_MODEL": Self.model],
      in: folder.url
    )
    let names = try folder.names()
    #expect(names.count == 1)
    let name = names.first ?? ""
    #expect(result.errors == "swiftllm: cannot write '\(name)': file exists\n")
    #expect(result.status == 1)
    #expect(try Data(contentsOf: folder.url.appending(path: name)) == Data("theirs\n".utf8))
  }

  @Test func `are not begun when the work fails`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("rows.pt")
    try expectRefusal(
      ["encode-embeds", "-m", Self.model, "--token-ids", "352", "-o", file],
      "token id 352 is out of vocabulary, expected 0 to 351"
    )
    #expect(try folder.names().isEmpty)
  }

  @Test func `need a folder to lie in`() throws {
    let folder = try TemporaryFolder()
    let file = folder.path("none/rows.pt")
    try expectRefusal(
      Self.encode + ["-o", file],
      "cannot write '\(file)': no such file or directory"
    )
    try expectRefusal(
      Self.encode + ["-o", folder.url.path],
      "cannot write '\(folder.url.path)': is a directory"
    )
    try expectRefusal(
      Self.encode + ["-o", "/dev/full"],
      "cannot write '/dev/full': no space left on device"
    )
    try expectRefusal(
      Self.encode + ["-o", ""],
      "invalid value for '-o': expected a file name, found ''\nsee 'swiftllm encode-embeds --help'",
      status: 2
    )
    #expect(try folder.names().isEmpty)
  }
}
