import JSON
import TestSupport
import Testing
import Tokenization

@Suite struct `Tokenizer files` {
  private func load(_ text: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: Array(text.utf8))
  }

  @Test func `of a minimal kind load`() throws {
    let tokenizer = try load(
      #"{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}}"#
    )
    #expect(try tokenizer.encode("abba?", addSpecialTokens: true) == [2, 1, 0])
    #expect(tokenizer.decode([2, 1, 9], skipSpecialTokens: false) == "ab b")
    #expect(tokenizer.vocabularySize == 3)
    #expect(tokenizer.text(of: 2) == "ab")
    #expect(tokenizer.text(of: 3) == nil)
  }

  /// As tokenizers 0.23.3 has it.
  @Test func `without an unknown token let the neighbors of what is dropped merge`() throws {
    let tokenizer = try load(
      #"{"model":{"type":"BPE","vocab":{"▁":0,"▁▁":1},"merges":["▁ ▁"]}}"#
    )
    #expect(try tokenizer.encode("▁é▁", addSpecialTokens: true) == [1])
  }

  @Test(arguments: [
    (#"{"model":{"type":"WordSoup","vocab":{}}}"#, "model.type", "WordSoup"),
    (
      #"{"normalizer":{"type":"Smt"},"model":{"type":"BPE","vocab":{},"merges":[]}}"#,
      "normalizer", "Smt"
    ),
    (
      #"{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits"},{"type":"X"}]},"#
        + #""model":{"type":"BPE","vocab":{},"merges":[]}}"#,
      "pre_tokenizer.pretokenizers[1]", "X"
    ),
    (
      #"{"pre_tokenizer":{"type":"Split","pattern":{"Regex":"(a"},"behavior":"Isolated"},"#
        + #""model":{"type":"BPE","vocab":{},"merges":[]}}"#,
      "pre_tokenizer.pattern", "(a"
    ),
    (
      #"{"decoder":{"type":"CTX"},"model":{"type":"BPE","vocab":{},"merges":[]}}"#, "decoder",
      "CTX"
    ),
  ])
  func `with unknown parts are refused by name`(text: String, path: String, name: String) {
    #expect(throws: TokenizerError.unsupported(path: path, name: name)) { try load(text) }
  }

  @Test func `with damaged vocabularies are refused`() {
    #expect(throws: TokenizerError.mergeOutOfVocabulary(merge: 0, token: "ab")) {
      try load(#"{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[["a","b"]]}}"#)
    }
    #expect(throws: TokenizerError.invalid(path: "model.merges[0]", expected: "two tokens")) {
      try load(#"{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b c"]}}"#)
    }
    #expect(throws: TokenizerError.idOutOfRange(id: -1, limit: 1 << 24)) {
      try load(#"{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}"#)
    }
    #expect(throws: TokenizerError.idOutOfRange(id: 4_000_000_000, limit: 1 << 24)) {
      try load(#"{"model":{"type":"BPE","vocab":{"a":4000000000},"merges":[]}}"#)
    }
    #expect(throws: TokenizerError.self) { try load("[]") }
  }

  @Test func `of words without an unknown token are refused`() {
    #expect(
      throws: TokenizerError.invalid(
        path: "model.unk_token",
        expected: "a token of the vocabulary"
      )
    ) { try load(#"{"model":{"type":"WordPiece","vocab":{"a":0},"unk_token":"[UNK]"}}"#) }
  }

  @Test func `cut anywhere throw and do not trap`() throws {
    let json = try JSON(parsing: Fixtures.bytes("tokenizers/qwen2.json"))
    let file = Array(try #require(json["tokenizer"]?.text).utf8)
    for end in stride(from: 0, to: file.count - 1, by: 397) {
      #expect(throws: TokenizerError.self) { try Tokenizer(tokenizerJSON: Array(file[..<end])) }
    }
  }
}
