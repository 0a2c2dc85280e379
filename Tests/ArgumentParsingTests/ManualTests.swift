import TestSupport
import Testing

@testable import ArgumentParsing

@Suite struct `Manual page` {
  static let template = """
    .Dd November 1, 2026
    .Dt SAMPLE 1
    .Os sample @version@
    .Sh NAME
    .Nm sample
    .Nd run language models
    .Sh SYNOPSIS
    @synopsis@
    .Sh DESCRIPTION
    The commands are:
    @commands@
    .Ss generate
    @options generate@
    .Ss encode
    @options encode@
    .Sh EXAMPLES
    @examples@
    .Sh SEE ALSO
    .Xr bash 1

    """

  @Test func `fills the holes`() throws {
    let text = try Sample.program.manual(from: Self.template)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(!lines.contains { $0.hasPrefix("@") })
    #expect(lines.contains(".Os sample 0.1.0"))
    #expect(
      text.contains(
        """
        .Nm sample
        .Cm encode
        .Fl m Ar PATH
        .Op Ar options
        .Op Ar TEXT
        .Nm sample
        .Cm inspect
        .Ar FILE
        """
      )
    )
    #expect(
      text.contains(
        #"""
        .It Fl m Ar PATH , Fl \-model Ar PATH
        Model directory or GGUF file.
        Without it, the environment variable
        .Ev SAMPLE_MODEL
        is used if it is set.
        A directory as published, with
        .Pa config.json .
        """#
      )
    )
    #expect(text.contains(#".It Fl \-max\-length Ar COUNT , Fl \-max\-model\-len Ar COUNT"#))
    #expect(text.contains(#".It Fl \-stream , Fl \-no\-stream"#))
    #expect(
      text.contains(#"sample encode \-m tiny \(dqa\eb\(dq | sample generate \-m tiny \-e \-"#)
    )
    #expect(!text.contains("internal"))
  }

  @Test func `refuses a hole that names nothing and wants every command's options`() {
    #expect(throws: ManualError.unknownHole("options bogus", line: 2)) {
      try Sample.program.manual(from: ".Sh A\n@options bogus@\n")
    }
    #expect(throws: ManualError.missingHole("options encode")) {
      try Sample.program.manual(from: "@options generate@\n")
    }
  }

  @Test(arguments: [
    (".leading", #"\&.leading"#), ("'quote", #"\&'quote"#), (#"a\b"#, #"a\eb"#),
    ("well-known --name (-1) \"x\"", #"well-known \-\-name (\-1) \(dqx\(dq"#),
    ("naïve 😀", #"na\[u00EF]ve \[u1F600]"#), ("- reads", #"\- reads"#),
  ])
  func `escapes prose`(_ text: String, _ expected: String) {
    #expect(MdocText.prose(text) == expected)
  }

  @Test(arguments: [("Ar", #"\&Ar"#), ("No", #"\&No"#), ("AR", "AR"), ("|", #"\&|"#), ("x", "x")])
  func `escapes arguments that are macros or delimiters`(_ word: String, _ expected: String) {
    #expect(MdocText.argument(word) == expected)
  }

  @Test(.enabled(if: Tool.isInstalled("mandoc"), "mandoc is not installed"))
  func `passes mandoc's lint`() throws {
    let text = try Sample.program.manual(from: Self.template)
    let result = try Tool.run(
      "mandoc",
      "-T",
      "lint",
      "-W",
      "warning",
      "sample.1",
      files: ["sample.1": text]
    )
    #expect(result.text == "")
    #expect(result.status == 0)
  }

  @Test(.enabled(if: Tool.isInstalled("mandoc"), "mandoc is not installed"))
  func `shows code as it was written`() throws {
    let text = try Sample.program.manual(from: Self.template)
    let result = try Tool.run("mandoc", "-T", "utf8", "sample.1", files: ["sample.1": text])
    // Terminals overstrike: letters that are bold come twice, with a backspace between.
    let plain = result.text.replacing(/.\u{8}/, with: "")
    for example in Sample.generate.description.examples { #expect(plain.contains(example.line)) }
    #expect(plain.contains("-e FILE, --prompt-embeds FILE"))
    #expect(plain.contains("sample generate -m PATH [options] [PROMPT ...]"))
    let words = plain.split { $0.isWhitespace }.joined(separator: " ")
    #expect(words.contains("One of auto, bfloat16, float32. The default is auto."))
  }

  @Test(.enabled(if: Tool.isInstalled("groff"), "groff is not installed"))
  func `passes groff without a warning`() throws {
    let text = try Sample.program.manual(from: Self.template)
    let result = try Tool.run(
      "sh",
      "-c",
      "groff -mdoc -Tutf8 -ww sample.1 2>&1 >/dev/null",
      files: ["sample.1": text]
    )
    #expect(result.text == "")
    #expect(result.status == 0)
  }

  @Test(.enabled(if: Tool.isInstalled("mandoc"), "mandoc is not installed"))
  func `keeps every character of code and prose`() throws {
    var random = SeededGenerator(7)
    let characters = (0x21...0x7E).map { Character(Unicode.Scalar(UInt8($0))) }
    let texts = (0..<200).map { _ in
      String((0..<30).compactMap { _ in characters.randomElement(using: &random) })
    }
    let code = [".Bd -literal"] + texts.map(MdocText.code) + [".Ed"]
    let prose = texts.flatMap { [".Pp", MdocText.prose($0)] }
    let arguments = texts.flatMap { [".Pp", ".Ar " + MdocText.argument($0)] }
    let head = [".Dd November 1, 2026", ".Dt X 1", ".Os", ".Sh NAME", ".Nm x", ".Nd x", ".Sh X"]
    let page = (head + code + prose + arguments).joined(separator: "\n") + "\n"
    let result = try Tool.run("mandoc", "-T", "ascii", "x.1", files: ["x.1": page])
    let plain = result.text.replacing(/.\u{8}/, with: "")
    let lines = plain.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
    #expect(lines.dropFirst(4).dropLast().map(String.init) == texts + texts + texts)
  }
}
