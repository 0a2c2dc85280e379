import Foundation
import JSON
import TestSupport
import Testing
import Tokenization

/// Expected values were made by tokenizers from the same tokenizer.json, or by the projects named.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Tokenizer conformance` {
  #if DEBUG
    /// Unoptimized code takes seconds to load the larger ones.
    static let names = ["smollm2", "phi-3", "minilm"]
  #else
    static let names = ConformanceData.files(in: "goldens").map(\.name)
  #endif

  @Test(arguments: names)
  func `of goldens`(name: String) throws {
    let tally = Tally("goldens/\(name)")
    defer { tally.report() }
    let file = try #require(ConformanceData.file(name, in: "goldens"))
    let goldens = try ConformanceData.lines(file)
    guard let tokenizer = try load(name, tally, count: goldens.count - 1) else { return }
    let corpus = try ConformanceData.corpus()
    // The reference counts tokens; ids may have gaps.
    #expect(tokenizer.vocabularySize >= goldens[0]["vocab_size"]?.integerValue ?? .max)
    for golden in goldens.dropFirst() {
      let id = try #require(golden["id"]?.integerValue)
      let text = try #require(corpus[id])
      let expected = ConformanceData.tokens(golden["ids"])
      let plain = ConformanceData.tokens(golden["ids_plain"])
      func comment() -> String { "text \(id): \(text.debugDescription.prefix(200))" }
      tally.check(
        "ids",
        try tokenizer.encode(text, addSpecialTokens: true) == expected,
        comment()
      )
      tally.check("plain", try tokenizer.encode(text, addSpecialTokens: false) == plain, comment())
      let encoding = try tokenizer.encoding(of: text, addSpecialTokens: false)
      let offsets = encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
      tally.check(
        "offsets",
        encoding.tokens == plain && offsets == ConformanceData.integers(golden["offsets"]),
        "\(comment()) \(offsets)"
      )
      for (key, skips) in [("decoded", false), ("decoded_skip", true)] {
        let decoded = golden[key]?.stringValue
        let text = tokenizer.decode(expected, skipSpecialTokens: skips)
        tally.check(key, text == decoded, "\(comment()): \(text.debugDescription)")
      }
      var decoder = IncrementalDecoder(tokenizer, skipSpecialTokens: false)
      let pieces = expected.map { decoder.append($0) } + [decoder.finish()]
      tally.check("incremental", pieces.joined() == golden["decoded"]?.stringValue, comment())
    }
  }

  static let peers = ConformanceData.files(in: "peer_goldens").map(\.name)
    .filter { $0.hasPrefix("llama_cpp_") }

  /// llama.cpp's own test pairs.
  @Test(arguments: peers)
  func `of pairs of llama dot cpp`(name: String) throws {
    let file = try #require(ConformanceData.file(name, in: "peer_goldens"))
    let json = try JSON(parsing: ConformanceData.unpacked(file))
    let tally = Tally("peer_goldens/\(name)")
    defer { tally.report() }
    let cases = try #require(json["cases"]?.arrayValue)
    let tokenizerName = String(name.dropFirst("llama_cpp_".count))
    guard let tokenizer = try load(tokenizerName, tally, count: cases.count) else { return }
    for entry in cases {
      let text = try #require(entry["text"]?.stringValue)
      let tokens = try tokenizer.encode(text, addSpecialTokens: false)
      tally.check("ids", tokens == ConformanceData.tokens(entry["ids"]), text.debugDescription)
    }
  }

  #if !DEBUG
    /// Cases of transformers.js, for each of its tokenizers whose tokens one of ours has.
    @Test func `of tokenizers dot js`() throws {
      guard let file = ConformanceData.file("tokenizers_js", in: "peer_goldens") else { return }
      let json = try JSON(parsing: ConformanceData.unpacked(file))
      var tokenizers: [(name: String, tokenizer: Tokenizer)] = []
      for (name, _) in ConformanceData.files(in: "json") {
        if let tokenizer = try? ConformanceData.tokenizer(name) {
          tokenizers.append((name, tokenizer))
        }
      }
      let tally = Tally("peer_goldens/tokenizers_js")
      defer { tally.report() }
      for (model, cases) in json.objectValue ?? JSONObject() {
        let cases = Array(cases.objectValue ?? JSONObject())
        guard let found = tokenizers.first(where: { spells($0.tokenizer, cases.map(\.1)) }) else {
          tally.skip("no such vocabulary", count: cases.count)
          continue
        }
        for (name, entry) in cases {
          let text = try #require(entry["text"]?.stringValue)
          let expected = ConformanceData.tokens(entry["ids"])
          let encoding = try found.tokenizer.encoding(
            of: text,
            and: entry["text_pair"]?.stringValue,
            addSpecialTokens: true
          )
          tally.check("ids", encoding.tokens == expected, "\(model) \(name) with \(found.name)")
          let decoded = found.tokenizer.decode(expected, skipSpecialTokens: false)
          tally.check(
            "decoded",
            decoded == entry["decoded"]?.stringValue
              || cleanedUp(decoded) == entry["decoded"]?.stringValue,
            "\(model) \(name) with \(found.name): \(decoded)"
          )
        }
      }
      #expect(tally.passed > 0)
    }
  #endif

  /// What tokenizer_config.json's `clean_up_tokenization_spaces` makes of a decoded text.
  private func cleanedUp(_ text: String) -> String {
    let repairs = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
      (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return repairs.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  /// Whether `tokenizer` has the tokens of all cases under their numbers, and these are many.
  private func spells(_ tokenizer: Tokenizer, _ cases: [JSON]) -> Bool {
    var count = 0
    for entry in cases {
      guard let tokens = entry["tokens"]?.arrayValue else { return false }
      let ids = Set(ConformanceData.tokens(entry["ids"]))
      for token in tokens.compactMap(\.stringValue) {
        guard let id = tokenizer.id(of: token), ids.contains(id) else { return false }
        count += 1
      }
    }
    return count > 20
  }

  private func load(_ name: String, _ tally: Tally, count: Int) throws -> Tokenizer? {
    do {
      if let tokenizer = try ConformanceData.tokenizer(name) { return tokenizer }
      tally.skip("no tokenizer.json", count: count)
    } catch let error as TokenizerError {
      guard case .unsupported = error else { throw error }
      tally.skip(error.description, count: count)
    }
    return nil
  }
}
