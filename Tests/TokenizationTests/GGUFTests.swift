import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

/// GGUF vocabularies made of real tokenizer.json files, as llama.cpp's converter makes them.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `GGUF vocabularies` {
  #if DEBUG
    static let names = [("smollm2", "smollm")]
  #else
    static let names = [
      ("smollm2", "smollm"), ("gpt-2", "gpt-2"), ("qwen2", "qwen2"),
      ("qwen35", "qwen35"), ("mistral-tekken", "tekken"), ("deepseek-v4", "deepseek-v3"),
    ]
  #endif

  private func vocabulary(_ name: String, model: String, pre: String?) throws -> GGUFVocabulary {
    let folder = try #require(ConformanceData.folder)
    let bytes = try ConformanceData.unpacked(folder.appending(path: "json/\(name).json.gz"))
    let file = try TokenizerFile(bytes.span)
    var texts: [Int: (text: [UInt8], type: Int32)] = [:]
    for (entry, id) in file.ids.enumerated() { texts[id] = (Array(file.tokens[entry]), 1) }
    for token in file.parts["added_tokens"]?.arrayValue ?? [] {
      let type: Int32 = token["special"]?.boolValue == true ? 3 : 4
      texts[token["id"]?.integerValue ?? -1] = (
        Array((token["content"]?.stringValue ?? "").utf8), type
      )
    }
    var tokens = PackedStrings()
    var types: [Int32] = []
    for id in 0...(texts.keys.max() ?? 0) {
      let token = texts[id] ?? (Array("[PAD\(id)]".utf8), 5)
      let isByte = token.text.starts(with: "<0x".utf8) && token.text.count == 6
      tokens.append(token.text)
      types.append(isByte && model == "llama" ? 6 : token.type)
    }
    var merges = PackedStrings()
    for rank in 0..<file.merges.count / 2 where model == "gpt2" {
      merges.append(file.merges[2 * rank] + [0x20] + file.merges[2 * rank + 1])
    }
    var result = GGUFVocabulary(model: model, pre: pre, tokens: tokens, merges: merges)
    result.types = types
    result.beginOfSequence = 1
    result.addBOS = false
    return result
  }

  private func check(_ tokenizer: Tokenizer, name: String) throws {
    let folder = try #require(ConformanceData.folder)
    let corpus = try ConformanceData.corpus()
    for golden in try ConformanceData.lines(folder.appending(path: "goldens/\(name).jsonl.gz"))
      .dropFirst()
    {
      let id = try #require(golden["id"]?.integerValue)
      let text = try #require(corpus[id])
      // A GGUF file does not say which added tokens take the white space beside them.
      if name == "phi-3", text.contains("<") { continue }
      let expected = ConformanceData.tokens(golden["ids_plain"])
      #expect(try tokenizer.encode(text, addSpecialTokens: true) == expected, "\(name), text \(id)")
    }
  }

  @Test(arguments: names)
  func `of byte-level tokenizers give the reference's tokens`(name: String, pre: String) throws {
    let vocabulary = try vocabulary(name, model: "gpt2", pre: pre)
    let start = ContinuousClock.now
    let tokenizer = try Tokenizer(gguf: vocabulary)
    print("\(name): \(ContinuousClock.now - start) from GGUF")
    try check(tokenizer, name: name)
  }

  /// Scores that order the tokens as the merges of tokenizer.json do.
  private func sentencePiece() throws -> GGUFVocabulary {
    var result = try vocabulary("phi-3", model: "llama", pre: nil)
    let merges = try vocabulary("phi-3", model: "gpt2", pre: nil).merges
    var ranks: [[UInt8]: Int] = [:]
    for rank in 0..<merges.count {
      let token = merges[rank].filter { $0 != 0x20 }
      if ranks[token] == nil { ranks[token] = rank }
    }
    result.scores = (0..<result.tokens.count).map { id in
      -Float(ranks[Array(result.tokens[id])] ?? 1_000_000)
    }
    result.unknown = 0
    result.types[0] = 2
    return result
  }

  @Test func `of SentencePiece give the reference's tokens`() throws {
    try check(try Tokenizer(gguf: try sentencePiece()), name: "phi-3")
  }

  @Test func `put the begin of sequence where the file or the model says so`() throws {
    var vocabulary = try sentencePiece()
    vocabulary.addBOS = nil
    #expect(try Tokenizer(gguf: vocabulary).encode("a", addSpecialTokens: true).first == 1)
  }

  @Test func `of unknown kinds are refused by name`() {
    let empty = PackedStrings()
    #expect(throws: TokenizerError.unsupported(path: "tokenizer.ggml.model", name: "rwkv")) {
      try Tokenizer(gguf: GGUFVocabulary(model: "rwkv", pre: nil, tokens: empty, merges: empty))
    }
    #expect(throws: TokenizerError.unsupported(path: "tokenizer.ggml.pre", name: "new")) {
      try Tokenizer(gguf: GGUFVocabulary(model: "gpt2", pre: "new", tokens: empty, merges: empty))
    }
    for name in ["none", "no_vocab"] {
      #expect(throws: TokenizerError.self) {
        try Tokenizer(gguf: GGUFVocabulary(model: name, pre: nil, tokens: empty, merges: empty))
      }
    }
    #expect(throws: TokenizerError.missing(path: "tokenizer.ggml.scores")) {
      try Tokenizer(gguf: GGUFVocabulary(model: "llama", pre: nil, tokens: empty, merges: empty))
    }
  }
}
