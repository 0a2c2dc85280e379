import JSON
import TestSupport
import Testing
import Tokenization

/// Cases written by Tests/Fixtures/make_tokenizer_fixtures.py; never edited by hand.
@Suite struct `Trained tokenizers` {
  static let names = ["gpt2", "llama3", "qwen2", "sentencepiece", "bert"]

  private func fixture(_ name: String) throws -> (tokenizer: Tokenizer, json: JSON) {
    let json = try JSON(parsing: Fixtures.bytes("tokenizers/\(name).json"))
    let file = try #require(json["tokenizer"]?.text)
    return (try Tokenizer(tokenizerJSON: Array(file.utf8)), json)
  }

  @Test(arguments: names)
  func `give the reference's tokens and texts`(name: String) throws {
    let (tokenizer, json) = try fixture(name)
    let cases = try #require(json["cases"]?.arrayValue)
    #expect(cases.count > 40)
    for entry in cases {
      let text = try #require(entry["text"]?.stringValue)
      let ids = ConformanceData.tokens(entry["ids"])
      #expect(try tokenizer.encode(text, addSpecialTokens: true) == ids, "\(text)")
      #expect(
        try tokenizer.encode(text, addSpecialTokens: false)
          == ConformanceData.tokens(entry["plain"]),
        "\(text)"
      )
      #expect(
        tokenizer.decode(ids, skipSpecialTokens: false) == entry["decoded"]?.stringValue,
        "\(text)"
      )
      #expect(
        tokenizer.decode(ids, skipSpecialTokens: true)
          == entry["decoded_without_special"]?.stringValue,
        "\(text)"
      )
    }
  }

  @Test(arguments: names)
  func `tell a least number of tokens that holds`(name: String) throws {
    let (tokenizer, json) = try fixture(name)
    for entry in try #require(json["cases"]?.arrayValue) {
      let text = try #require(entry["text"]?.stringValue)
      for text in [text, String(repeating: text, count: 50)] {
        let count = try tokenizer.encode(text, addSpecialTokens: false).count
        #expect(tokenizer.leastTokenCount(of: text) <= count, "\(text)")
      }
    }
  }

  @Test(arguments: ["llama-f32", "qwen2"])
  func `tell of long texts that they are long`(model: String) throws {
    let file = try Fixtures.bytes("models/\(model)/tokenizer.json")
    let text = String(repeating: "words ", count: 100_000)
    #expect(try Tokenizer(tokenizerJSON: file).leastTokenCount(of: text) > 1000)
  }

  @Test(arguments: names)
  func `decode any row of tokens like the reference`(name: String) throws {
    let (tokenizer, json) = try fixture(name)
    for entry in try #require(json["decodings"]?.arrayValue) {
      let ids = ConformanceData.tokens(entry["ids"])
      let expected = try #require(entry["decoded"]?.stringValue)
      #expect(
        tokenizer.decode(ids, skipSpecialTokens: false).utf8.elementsEqual(expected.utf8),
        "\(ids)"
      )
      var decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: false)
      let pieces = ids.map { decoder.append($0) } + [decoder.finish()]
      #expect(pieces.joined().utf8.elementsEqual(expected.utf8), "\(ids)")
    }
  }

  @Test func `text of special tokens stays text on request`() throws {
    let (tokenizer, _) = try fixture("llama3")
    let tokens = try tokenizer.encode(
      "<|bos|>",
      addSpecialTokens: false,
      parseSpecialTokens: false
    )
    #expect(tokens.count > 1)
    #expect(!tokens.contains { tokenizer.isSpecial($0) })
    #expect(tokenizer.decode(tokens, skipSpecialTokens: true) == "<|bos|>")
  }

  @Test func `configuration names special tokens and what is put around a text`() throws {
    let json = try JSON(parsing: Fixtures.bytes("tokenizers/gpt2.json"))
    let file = Array(try #require(json["tokenizer"]?.text).utf8)
    let tokenizer = try Tokenizer(
      tokenizerJSON: file,
      configuration: [
        "bos_token": "<|bos|>", "eos_token": ["content": "<|eos|>", "lstrip": false],
        "pad_token": "<pad>", "add_bos_token": true,
        "added_tokens_decoder": ["900": ["content": "<tool>", "special": false]],
      ]
    )
    #expect(tokenizer.specialTokens.beginOfSequence == NamedToken(text: "<|bos|>", id: 1))
    #expect(tokenizer.specialTokens.endOfSequence == NamedToken(text: "<|eos|>", id: 2))
    // As the reference does: new tokens are numbered on, whatever the file says.
    #expect(tokenizer.id(of: "<tool>") == 492)
    #expect(tokenizer.specialTokens.padding?.id == 493)
    let tokens = try tokenizer.encode("a<tool><pad>", addSpecialTokens: true)
    #expect(tokens.first == 1)
    #expect(tokens.suffix(2) == [492, 493])
    #expect(tokenizer.decode(tokens, skipSpecialTokens: true) == "a<tool>")
  }

  @Test func `long texts without cuts take n log n`() throws {
    let (tokenizer, _) = try fixture("sentencepiece")
    let text = String(repeating: "a", count: 20_000)
    let tokens = try tokenizer.encode(text, addSpecialTokens: false)
    #expect(tokenizer.decode(tokens, skipSpecialTokens: false) == text)
  }

  @Test(arguments: UInt64(0)..<20)
  func `any text comes back`(seed: UInt64) throws {
    let (tokenizer, _) = try fixture("llama3")
    var random = SeededGenerator(seed)
    let alphabet = Array(" \n\r\t'sSſaéß日本\u{301}😀1２½.,;!<|>\u{0}\u{200D}".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<200 { text.append(alphabet.randomElement(using: &random) ?? " ") }
    let tokens = try tokenizer.encode(String(text), addSpecialTokens: false)
    #expect(
      tokenizer.decode(tokens, skipSpecialTokens: false).utf8.elementsEqual(String(text).utf8)
    )
    #expect(
      tokens.flatMap { tokenizer.bytes(of: $0) ?? [] }.elementsEqual(String(text).utf8)
    )
  }
}
