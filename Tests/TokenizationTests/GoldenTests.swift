import Foundation
import JSON
import TestSupport
import Testing
import Tokenization

/// Expected values were made by tokenizers 0.23 from the same tokenizer.json.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Tokenizers of real models` {
  #if DEBUG
    /// Unoptimized code takes seconds to load the larger ones.
    static let names = ["smollm2", "phi-3", "minilm"]
  #else
    static let names = [
      "smollm2", "gpt-2", "refact", "qwen2", "qwen35", "mistral-tekken", "deepseek-v4", "phi-3",
      "mistral-v3-metaspace", "minilm", "bert-bge",
    ]
  #endif

  @Test(arguments: names)
  func `give the reference's tokens and texts`(name: String) throws {
    let folder = try #require(ConformanceData.folder)
    let tokenizer = try ConformanceData.tokenizer(name)
    let corpus = try ConformanceData.corpus()
    let goldens = try ConformanceData.lines(folder.appending(path: "goldens/\(name).jsonl.gz"))
    // The reference counts tokens; ids may have gaps.
    #expect(tokenizer.vocabularySize >= goldens[0]["vocab_size"]?.integerValue ?? .max)
    var checked = 0
    for golden in goldens.dropFirst() {
      let id = try #require(golden["id"]?.integerValue)
      let text = try #require(corpus[id])
      let tokens = tokenizer.encode(text, addSpecialTokens: true)
      #expect(tokens == ConformanceData.tokens(golden["ids"]), "text \(id) of \(name): \(text)")
      #expect(
        tokenizer.encode(text, addSpecialTokens: false)
          == ConformanceData.tokens(golden["ids_plain"]),
        "text \(id) of \(name)"
      )
      let expected = ConformanceData.tokens(golden["ids"])
      #expect(
        tokenizer.decode(expected, skipSpecialTokens: false) == golden["decoded"]?.stringValue,
        "text \(id) of \(name)"
      )
      #expect(
        tokenizer.decode(expected, skipSpecialTokens: true) == golden["decoded_skip"]?.stringValue,
        "text \(id) of \(name)"
      )
      var decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: false)
      let pieces = expected.map { decoder.append($0) } + [decoder.finish()]
      #expect(pieces.joined() == golden["decoded"]?.stringValue, "text \(id) of \(name)")
      checked += 1
    }
    print("\(name): \(checked) texts")
    #expect(checked > 400)
  }

  /// llama.cpp's own test pairs.
  @Test(arguments: ["gpt-2", "phi-3", "qwen2", "qwen35", "bert-bge"].filter(names.contains))
  func `give the tokens that llama dot cpp expects`(name: String) throws {
    let folder = try #require(ConformanceData.folder)
    let file = folder.appending(path: "peer_goldens/llama_cpp_\(name).json.gz")
    let json = try JSON(parsing: ConformanceData.unpacked(file))
    let tokenizer = try ConformanceData.tokenizer(name)
    let cases = try #require(json["cases"]?.arrayValue)
    for entry in cases {
      let text = try #require(entry["text"]?.stringValue)
      #expect(
        tokenizer.encode(text, addSpecialTokens: false) == ConformanceData.tokens(entry["ids"]),
        "\(name): \(text)"
      )
    }
    print("\(name): \(cases.count) pairs of llama.cpp")
  }
}
