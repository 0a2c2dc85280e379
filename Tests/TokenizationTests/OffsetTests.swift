import Testing
import Tokenization

/// As tokenizers 0.23.3 has them.
@Suite struct `Offsets` {
  private func load(_ model: String, _ rest: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: Array(#"{"model":\#(model),\#(rest)}"#.utf8))
  }

  @Test func `leave the text where prefixes and suffixes are spelled in bytes`() throws {
    let bytes = (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return "\"<0x\(byte < 16 ? "0" : "")\(digits)>\":\(byte)"
    }
    let tokenizer = try load(
      ###"{"type":"BPE","unk_token":"[UNK]","continuing_subword_prefix":"##","###
        + #""end_of_word_suffix":"</w>","byte_fallback":true,"merges":[],"#
        + #""vocab":{\#(bytes.joined(separator: ",")),"a":256,"[UNK]":257}}"#,
      #""pre_tokenizer":{"type":"WhitespaceSplit"}"#
    )
    let encoding = try tokenizer.encoding(of: "aé a", addSpecialTokens: false)
    let ids: [TokenID] = [256, 35, 35, 195, 169, 60, 47, 119, 62, 97, 60, 47, 119, 62]
    #expect(encoding.tokens == ids)
    let starts = [0, 1, 1, 2, 3, 5, 6, 7, 8, 3, 1, 1, 2, 3]
    let ends = [1, 2, 2, 3, 4, 6, 7, 8, 9, 4, 1, 2, 3, 4]
    #expect(encoding.offsets.map(\.lowerBound) == starts)
    #expect(encoding.offsets.map(\.upperBound) == ends)
    let ascii = try tokenizer.encoding(of: "ab", addSpecialTokens: false)
    #expect(ascii.offsets == (0..<8).map { $0..<$0 + 1 })
  }

  @Test(arguments: [
    ("a b", [0..<1, 2..<2, 2..<3]), ("a \t", [0..<1, 3..<3]), ("  xa", [2..<3, 3..<4]),
  ])
  func `are without the white space of unknown text`(text: String, offsets: [Range<Int>]) throws {
    let tokenizer = try load(
      #"{"type":"Unigram","unk_id":0,"vocab":[["[UNK]",0.0],["a",-1.0],["b",-2.0]]}"#,
      #""post_processor":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}"#
    )
    #expect(try tokenizer.encoding(of: text, addSpecialTokens: false).offsets == offsets)
  }

  /// The nearest numbers to these scores would give 1, 3, 2.
  @Test func `belong to tokens whose scores are rounded as the reference rounds them`() throws {
    let tokenizer = try load(
      #"{"type":"Unigram","unk_id":0,"vocab":[["[UNK]",0.0],["x",-4.269969055288224],"#
        + #"["a",-8.963312171885551],["aa",-3.8480268389969035]]}"#,
      #""decoder":null"#
    )
    #expect(try tokenizer.encode("xaaa", addSpecialTokens: false) == [1, 2, 3])
  }
}
