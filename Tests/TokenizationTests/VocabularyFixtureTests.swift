import Foundation
import JSON
import TestSupport
import Testing
import Tokenization

/// Cases written by Tests/Fixtures/make_vocabulary_fixtures.py; never edited by hand.
@Suite struct `Vocabulary files` {
  struct Fixture: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: String
    var files: [String: [UInt8]]
    var cases: [JSON]
    var decodings: [JSON]

    var testDescription: String { name }

    func tokenizer() throws -> Tokenizer {
      if kind == "directory" { return try Tokenizer(directory: { files[$0] }) }
      let (name, bytes) = try #require(files.first)
      return try Tokenizer(file: bytes.span, name: name)
    }
  }

  static let fixtures: [Fixture] = {
    guard let bytes = try? Fixtures.bytes("tokenizers/vocabularies.json"),
      let list = try? JSON(parsing: bytes).arrayValue
    else { return [] }
    return list.map { json in
      var files: [String: [UInt8]] = [:]
      for (name, data) in json["files"]?.objectValue ?? JSONObject() {
        files[name] = Data(base64Encoded: data.stringValue ?? "").map(Array.init)
      }
      return Fixture(
        name: json["name"]?.stringValue ?? "",
        kind: json["kind"]?.stringValue ?? "",
        files: files,
        cases: json["cases"]?.arrayValue ?? [],
        decodings: json["decodings"]?.arrayValue ?? []
      )
    }
  }()

  @Test func `are all there`() { #expect(Self.fixtures.count == 25) }

  @Test(arguments: fixtures)
  func `give the reference's tokens and texts`(fixture: Fixture) throws {
    let tokenizer = try fixture.tokenizer()
    #expect(fixture.cases.count > 40)
    let parses = fixture.kind == "directory" || fixture.kind == "tokenizer.json"
    for entry in fixture.cases {
      let text = try #require(entry["text"]?.stringValue)
      let ids = ConformanceData.tokens(entry["ids"])
      let tokens = try tokenizer.encode(text, addSpecialTokens: true, parseSpecialTokens: parses)
      #expect(tokens == ids, "\(text.debugDescription)")
      if let plain = entry["plain"] {
        let tokens = try tokenizer.encode(text, addSpecialTokens: false)
        #expect(tokens == ConformanceData.tokens(plain), "\(text.debugDescription)")
      }
      if let offsets = entry["offsets"] {
        let encoding = try tokenizer.encoding(of: text, addSpecialTokens: false)
        #expect(
          encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
            == ConformanceData.integers(offsets),
          "\(text.debugDescription)"
        )
      }
      let special = fixture.kind == "tekken" || fixture.kind == "tokenizer.json"
      for (key, skips) in [("decoded", special), ("decoded_without_special", true)] {
        guard let expected = entry[key]?.stringValue else { continue }
        let decoded = tokenizer.decode(ids, skipSpecialTokens: skips)
        #expect(decoded.utf8.elementsEqual(expected.utf8), "\(text.debugDescription): \(decoded)")
        #expect(pieces(of: ids, tokenizer, skips).utf8.elementsEqual(expected.utf8), "in pieces")
      }
    }
  }

  @Test(arguments: fixtures.filter { !$0.decodings.isEmpty })
  func `decode any row of tokens like the reference`(fixture: Fixture) throws {
    let tokenizer = try fixture.tokenizer()
    for entry in fixture.decodings {
      let ids = ConformanceData.tokens(entry["ids"])
      let expected = try #require(entry["decoded"]?.stringValue)
      let decoded = tokenizer.decode(ids, skipSpecialTokens: false)
      #expect(decoded.utf8.elementsEqual(expected.utf8), "\(ids): \(decoded.debugDescription)")
      #expect(
        pieces(of: ids, tokenizer, false).utf8.elementsEqual(expected.utf8),
        "\(ids) in pieces"
      )
    }
  }

  private func pieces(of ids: [TokenID], _ tokenizer: Tokenizer, _ skips: Bool) -> String {
    var decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: skips)
    return (ids.map { decoder.append($0) } + [decoder.finish()]).joined()
  }

  // MARK: Damage

  @Test(arguments: fixtures.filter { $0.kind == "sentencepiece" })
  func `cut short or changed anywhere never trap`(fixture: Fixture) throws {
    let file = try #require(fixture.files.values.first)
    for end in stride(from: 0, to: file.count, by: max(1, file.count / 60)) {
      let part = Array(file[..<end])
      _ = try? Tokenizer(file: part.span, name: "tokenizer.model")
    }
    var random = SeededGenerator(9)
    for _ in 0..<150 {
      var damaged = file
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        damaged[Int.random(in: damaged.indices, using: &random)] = .random(
          in: 0...255,
          using: &random
        )
      }
      guard let tokenizer = try? Tokenizer(sentencePiece: damaged.span) else { continue }
      let tokens = try tokenizer.encode("the castle é ﬁne\u{3000}x", addSpecialTokens: true)
      _ = tokenizer.decode(tokens, skipSpecialTokens: false)
    }
  }

  @Test func `ranks that are no numbers, come twice or go too high are refused`() {
    func load(_ text: String) throws {
      _ = try Tokenizer(tiktoken: Array(text.utf8).span, fileName: "x.tiktoken")
    }
    for text in ["", "YQ==", "YQ== x", "YQ== -1", "?? 1", "YQ== 0\nYg== 0", "YQ== 0\nYQ== 1"] {
      #expect(throws: TokenizerError.self, "\(text)") { try load(text) }
    }
    #expect(throws: TokenizerError.idOutOfRange(id: 99_999_999, limit: 1 << 24)) {
      try load("YQ== 99999999")
    }
    #expect(throws: Never.self) { try load("YQ== 0\r\nYg== 7\n\n") }
  }

  @Test func `a directory without a tokenizer says what was looked for`() {
    #expect(throws: TokenizerDirectoryError.self) { try Tokenizer(directory: { _ in nil }) }
    let files: [String: [UInt8]] = ["vocab.json": Array("{}".utf8)]
    #expect(throws: TokenizerDirectoryError.self) { try Tokenizer(directory: { files[$0] }) }
    let damaged: [String: [UInt8]] = ["tokenizer.model": [10, 200]]
    do {
      _ = try Tokenizer(directory: { damaged[$0] })
      Issue.record("a damaged file was read")
    } catch {
      #expect((error as? TokenizerDirectoryError)?.file == "tokenizer.model")
    }
  }

  // MARK: Long texts

  @Test(arguments: fixtures.filter { ["sp-bpe", "sp-unigram", "unigram"].contains($0.name) })
  func `long texts without cuts take linear time`(fixture: Fixture) throws {
    let tokenizer = try fixture.tokenizer()
    for text in [
      String(repeating: "a", count: 200_000), String(repeating: "e\u{301}", count: 70_000),
    ] {
      let start = ContinuousClock.now
      #expect(try !tokenizer.encode(text, addSpecialTokens: false).isEmpty)
      #expect(ContinuousClock.now - start < .seconds(5))
    }
  }
}
