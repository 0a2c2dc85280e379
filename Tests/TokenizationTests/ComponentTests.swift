import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

/// Expected values were made by tokenizers 0.23, one component at a time.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Components` {
  /// Runs `body` for each case of each component of `file` that is supported here.
  private func forEachCase(
    of file: String,
    _ body: (Component, String, JSON) throws -> Bool
  ) throws {
    let folder = try #require(ConformanceData.folder)
    var component: Component?
    var name = ""
    var (checked, refused): (Int, Set<String>) = (0, [])
    for line in try ConformanceData.lines(folder.appending(path: "components/\(file).jsonl.gz")) {
      if let title = line["component"]?.stringValue {
        name = title
        component = Component(line["config"], path: file)
      } else if let component, !refused.contains(name) {
        do {
          if try body(component, name, line) { checked += 1 }
        } catch let error as TokenizerError {
          guard case .unsupported = error else { throw error }
          refused.insert(name)
        }
      }
    }
    print("\(file): \(checked) cases; refused: \(refused.sorted().joined(separator: ", "))")
    #expect(checked > 100)
  }

  @Test func `pre-tokenizers cut like the reference`() throws {
    let corpus = try ConformanceData.corpus()
    try forEachCase(of: "pretokenizers") { component, name, entry in
      guard let id = entry["id"]?.integerValue, let text = corpus[id] else { return false }
      guard let out = entry["out"]?.arrayValue else { return false }
      #if DEBUG
        guard id % 24 == 0 else { return false }
      #endif
      let preTokenizer = try PreTokenizer(component)
      var pieces = Pieces(Array(text.utf8), startsAtOrigin: true)
      preTokenizer.apply(to: &pieces)
      let result = pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
      #expect(result == out.map { $0.arrayValue?.first?.stringValue ?? "" }, "\(name), text \(id)")
      return true
    }
  }

  @Test func `normalizers rewrite like the reference`() throws {
    let corpus = try ConformanceData.corpus()
    try forEachCase(of: "normalizers") { component, name, entry in
      guard let id = entry["id"]?.integerValue, let text = corpus[id] else { return false }
      guard let out = entry["out"]?.stringValue else { return false }
      let result = try Normalizer(component).apply(to: Array(text.utf8))
      #expect(result.elementsEqual(out.utf8), "\(name), text \(id)")
      return true
    }
  }

  @Test func `decoders join like the reference`() throws {
    try forEachCase(of: "decoders") { component, name, entry in
      guard let out = entry["out"]?.stringValue else { return false }
      let tokens = (entry["tokens"]?.arrayValue ?? []).compactMap(\.stringValue)
      let steps = try Decoder(component).steps
      var texts = PackedStrings()
      for token in tokens { texts.append(token.utf8) }
      var isFused = false
      for step in steps {
        var stage = DecoderStage(step, inputIsFused: isFused)
        isFused = stage.outputIsFused
        var output = PackedStrings()
        for index in 0..<texts.count {
          stage.take(texts.bytes.span, texts.range(of: index), to: &output)
        }
        stage.finish(to: &output)
        texts = output
      }
      #expect(String(decoding: texts.bytes, as: UTF8.self) == out, "\(name): \(tokens)")
      return true
    }
  }

  @Test func `long texts lose their end like in the reference`() throws {
    let folder = try #require(ConformanceData.folder)
    let lines = try ConformanceData.lines(
      folder.appending(path: "components/trunc_pad_pair.jsonl.gz")
    )
    let tokenizer = try ConformanceData.tokenizer("minilm")
    var checked = 0
    for line in lines
    where line["tokenizer"] == "minilm" && line["ids"] != nil && line["pair"] == .null
      && line["direction"] == "right"
      && line["strategy"] == "longest_first"
    {
      let text = try #require(line["text"]?.stringValue)
      let limit = try #require(line["max_length"]?.integerValue)
      let tokens = tokenizer.encode(text, addSpecialTokens: true, limit: limit)
      #expect(tokens == ConformanceData.tokens(line["ids"]), "\(limit) of \(text)")
      checked += 1
    }
    print("truncation: \(checked) cases")
    #expect(checked > 5)
  }
}
