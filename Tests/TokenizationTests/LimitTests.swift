import Testing

@testable import Tokenization

@Suite struct `Tokenizer limits` {
  private func load(_ text: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: Array(text.utf8))
  }

  /// A map of the letter a to what stands at `start` of `texts`.
  private func characterMap(_ texts: [UInt8], start: UInt32 = 0) -> [UInt8] {
    var units = [UInt32](repeating: 0, count: 256)
    units[0] = 1 << 10
    units[0x60] = 0x61 | 1 << 8 | 2 << 10
    units[0x62] = 1 << 31 | start
    var bytes: [UInt8] = []
    for word in [1024] + units {
      for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes + texts
  }

  @Test func `hold maps of characters to whole characters`() throws {
    let whole = characterMap([0xC3, 0xA9, 0])
    let map = try CharacterMap(whole.span, path: "map")
    let text: [UInt8] = [0x61]
    let match = map.longestMatch(in: text.span, 0..<1)
    #expect(match?.replacement == 0..<2)
    let damaged = [characterMap([0xE4, 0]), characterMap([0xC3, 0xA9, 0], start: 1)]
    for bytes in damaged {
      #expect(throws: TokenizerError.self) { try CharacterMap(bytes.span, path: "map") }
    }
  }

  @Test(arguments: [#"(?<=a\K.)."#, #"(?<=\Ka)a"#, #"a(?=a\Ka)"#])
  func `hold matches to what is searched`(pattern: String) throws {
    // The engine may refuse such a pattern.
    guard let expression = Expression(pattern) else { return }
    let bytes = Array("aaaaaa".utf8)
    var pieces = Pieces(TracedText(bytes.span, 0..<bytes.count, isTraced: false))
    try pieces.split(.expression(expression, source: pattern), .isolated, inverted: false)
    var end = 0
    for range in pieces.ranges {
      #expect(range.lowerBound == end)
      end = range.upperBound
    }
    #expect(end == bytes.count)
  }

  @Test func `let white space before a letter be searched`() throws {
    let expression = try #require(Expression(#"\s+$"#))
    let text = Array((String(repeating: " ", count: 5000) + "a").utf8)
    let result = expression.firstMatch(in: text.span, from: 0)
    #expect(result == .nothing)
  }

  @Test func `end searches that begin again at each of many places`() throws {
    let expression = try #require(Expression(#"(?>\s+)$"#))
    let text = Array((String(repeating: " ", count: 2_000_000) + "a").utf8)
    let start = ContinuousClock.now
    let deadline = start + .milliseconds(50)
    #expect(expression.firstMatch(in: text.span, from: 0, deadline: deadline) == .exhausted)
    #expect(.now - start < .seconds(5))
  }

  @Test(arguments: [
    #"\w+|\s+$"#, #"(?i)A|b+"#, #"(?<=a)b|^c"#, #"\G[a-d]"#, #"(?x) a | b # c"#, "d$", #"(.)\1"#,
  ])
  func `find the same with a deadline`(pattern: String) throws {
    let expression = try #require(Expression(pattern))
    let text = Array((String(repeating: "ab cBA bb-c", count: 5000) + "d").utf8)
    let deadline = ContinuousClock.now + .seconds(60)
    for index in [0, 1, 7, 500, 14_000] {
      let timed = expression.firstMatch(in: text.span, from: index, deadline: deadline)
      #expect(timed == expression.firstMatch(in: text.span, from: index))
    }
  }

  @Test func `let expressions in decoders see the whole text`() throws {
    let tokenizer = try Tokenizer(
      tokenizerJSON: Array(
        (#"{"model":{"type":"BPE","vocab":{"  ":0,"a":1},"merges":[]},"decoder":{"type":"Sequence","#
          + #""decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"Regex":"(?>\\s+)$"},"#
          + #""content":"x"}]}}"#).utf8
      )
    )
    let tokens = Array(repeating: TokenID(0), count: 20_000)
    #expect(tokenizer.decode(tokens, skipSpecialTokens: false) == "x")
    let text = tokenizer.decode(tokens + [1], skipSpecialTokens: false)
    #expect(text == String(repeating: " ", count: 40_000) + "a")
  }

  @Test func `refuse lists of tokens in place of ids`() {
    #expect(
      throws: TokenizerError.invalid(
        path: "model.vocab",
        expected: "an object of tokens and their ids"
      )
    ) { try load(#"{"model":{"type":"BPE","vocab":[["a",0]],"merges":[]}}"#) }
  }

  @Test func `tell of template tokens outside the vocabulary`() throws {
    let tokenizer = try load(
      #"{"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","#
        + #""type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"#
        + #""special_tokens":{"x":{"id":"x","ids":[4000000000],"tokens":["x"]}}},"#
        + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
    )
    #expect(tokenizer.vocabularySize == 1)
    #expect(tokenizer.highestTemplateID == TokenID(4_000_000_000))
  }

  @Test func `end normalizers that make too much of a text`() throws {
    let content = String(repeating: "a", count: 1000)
    let step = #"{"type":"Replace","pattern":{"String":"a"},"content":"\#(content)"}"#
    let steps = Array(repeating: step, count: 4).joined(separator: ",")
    let tokenizer = try load(
      #"{"normalizer":{"type":"Sequence","normalizers":[\#(steps)]},"#
        + #""model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"#
    )
    #expect(throws: TokenizerError.textTooLong(limit: (1 << 24) + 64)) {
      try tokenizer.encode("a", addSpecialTokens: false)
    }
  }

  @Test func `hold the number of unlisted special tokens`() {
    let file = Array(
      (#"{"config":{"pattern":"a","default_num_special_tokens":16000000},"#
        + #""vocab":[{"rank":0,"token_bytes":"YQ=="}]}"#).utf8
    )
    #expect(
      throws: TokenizerError.invalid(
        path: "config.default_num_special_tokens",
        expected: "20 to 65536"
      )
    ) { try Tokenizer(tekken: file.span) }
  }

  @Test func `hold the length of ranked tokens`() {
    let file = Array((String(repeating: "YWFh", count: 2667) + " 0\n").utf8)
    #expect(
      throws: TokenizerError.invalid(path: "line 1", expected: "a token of at most 8000 bytes")
    ) { try RankedTokens(tiktoken: file.span) }
  }

  @Test func `keep added tokens in any order of ids`() {
    var tokens = AddedTokens()
    for id in (0..<1000).reversed() {
      tokens.append(AddedToken(content: "<\(id)>", id: UInt32(id)))
    }
    for id in 0..<1000 { #expect(tokens[UInt32(id)]?.content == "<\(id)>") }
    #expect(tokens.position(of: 1000) == nil)
  }
}
