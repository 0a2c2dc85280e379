import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

/// Expected values were made by tokenizers, one component at a time.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Tokenizer component conformance` {
  /// Runs `body` for each case of each component of a file.
  private func forEachCase(
    of file: String,
    _ body: (JSON, String, JSON, Tally) throws -> Void
  ) throws {
    let tally = Tally("components/\(file)")
    defer { tally.report() }
    guard let url = ConformanceData.file(file, in: "components") else { return }
    var configuration: JSON = .null
    var name = ""
    for line in try ConformanceData.lines(url) {
      if let title = line["component"]?.stringValue {
        name = title
        configuration = line["config"] ?? .null
        continue
      }
      #if DEBUG
        if let id = line["id"]?.integerValue, id % 24 != 0 { continue }
      #endif
      do {
        try body(configuration, name, line, tally)
      } catch let error as TokenizerError {
        guard case .unsupported = error else { throw error }
        tally.skip("\(name): \(error)")
      }
    }
    #expect(tally.passed > 100)
  }

  @Test func `of pre-tokenizers`() throws {
    let corpus = try ConformanceData.corpus()
    var made: (name: String, preTokenizer: PreTokenizer)?
    try forEachCase(of: "pretokenizers") { configuration, name, entry, tally in
      guard let id = entry["id"]?.integerValue, let text = corpus[id] else { return }
      guard let out = entry["out"]?.arrayValue else { return }
      if made?.name != name {
        let component = try #require(Component(configuration, path: name))
        made = (name, try PreTokenizer(component))
      }
      let bytes = Array(text.utf8)
      var pieces = Pieces(TracedText(bytes.span, 0..<bytes.count, isTraced: true))
      try made?.preTokenizer.apply(to: &pieces)
      var plain = Pieces(TracedText(bytes.span, 0..<bytes.count, isTraced: false))
      try made?.preTokenizer.apply(to: &plain)
      func texts(_ pieces: Pieces) -> [String] {
        pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
      }
      let expected = out.map { $0.arrayValue?.first?.stringValue ?? "" }
      func comment() -> String { "\(name), text \(id): \(texts(pieces)) for \(expected)" }
      tally.check("texts", texts(pieces) == expected && texts(plain) == expected, comment())
      func character(_ offset: UInt32) -> Int {
        bytes[..<Int(offset)].count { $0 & 0xC0 != 0x80 }
      }
      let offsets = pieces.ranges.map { range in
        [
          character(pieces.text.sources[range.lowerBound].start),
          character(pieces.text.sources[range.upperBound - 1].end),
        ]
      }
      tally.check(
        "offsets",
        offsets == out.map { ($0.arrayValue ?? []).dropFirst().compactMap(\.integerValue) },
        "\(comment()) \(offsets)"
      )
    }
  }

  @Test func `of normalizers`() throws {
    let corpus = try ConformanceData.corpus()
    var made: (name: String, normalizer: Normalizer)?
    try forEachCase(of: "normalizers") { configuration, name, entry, tally in
      guard let id = entry["id"]?.integerValue, let text = corpus[id] else { return }
      guard let out = entry["out"]?.stringValue else { return }
      if made?.name != name {
        let component = Component(try withCharacterMap(configuration), path: name)
        made = (name, try Normalizer(try #require(component)))
      }
      let normalizer = try #require(made?.normalizer)
      let bytes = Array(text.utf8)
      for isTraced in [false, true] {
        let input = TracedText(bytes.span, 0..<bytes.count, isTraced: isTraced)
        let result = try normalizer.apply(to: input)
        let passes =
          result.bytes.elementsEqual(out.utf8)
          && result.sources.count == (isTraced ? result.bytes.count : 0)
        tally.check(isTraced ? "traced" : "texts", passes, "\(name), text \(id)")
      }
    }
  }

  /// The component with the map that it takes from a tokenizer.json by its name.
  private func withCharacterMap(_ configuration: JSON) throws -> JSON {
    guard let reference = configuration["precompiled_charsmap"]?.stringValue,
      let url = ConformanceData.file(String(reference.dropFirst().dropLast()), in: "json")
    else { return configuration }
    let bytes = try ConformanceData.unpacked(url)
    return try JSON(parsing: bytes)["normalizer"] ?? .null
  }

  @Test func `of decoders`() throws {
    try forEachCase(of: "decoders") { configuration, name, entry, tally in
      guard let out = entry["out"]?.stringValue else { return }
      let tokens = (entry["tokens"]?.arrayValue ?? []).compactMap(\.stringValue)
      let steps = try Decoder(try #require(Component(configuration, path: name))).steps
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
      let text = String(decoding: texts.bytes, as: UTF8.self)
      tally.check("texts", text == out, "\(name): \(tokens) \(text) for \(out)")
    }
  }

  @Test func `of added tokens`() throws {
    var made: (configuration: JSON, tokenizer: Tokenizer)?
    try forEachCase(of: "added_tokens") { configuration, name, entry, tally in
      if made?.configuration != configuration {
        let tokenizer = try Tokenizer(tokenizerJSON: Array(configuration.text.utf8))
        made = (configuration, tokenizer)
      }
      let tokenizer = try #require(made?.tokenizer)
      let text = try #require(entry["text"]?.stringValue)
      func comment() -> String { "\(configuration["added_tokens"]?.text ?? "") \(text)" }
      let encoding = try tokenizer.encoding(of: text, addSpecialTokens: true)
      let ids = ConformanceData.tokens(entry["ids"])
      tally.check("ids", encoding.tokens == ids, comment())
      tally.check("plain", try tokenizer.encode(text, addSpecialTokens: true) == ids, comment())
      let offsets = encoding.offsets.map { [$0.lowerBound, $0.upperBound] }
      let expected = (entry["offsets"]?.arrayValue ?? []).map { ConformanceData.integers($0) }
      tally.check("offsets", offsets == expected, "\(comment()) \(offsets) for \(expected)")
      tally.check(
        "special",
        encoding.isAdded == ConformanceData.integers(entry["special_mask"]).map { $0 == 1 },
        comment()
      )
      for (key, skips) in [("decoded", true), ("decoded_keep", false)] {
        let decoded = tokenizer.decode(ids, skipSpecialTokens: skips)
        tally.check(key, decoded == entry[key]?.stringValue, "\(comment()): \(decoded)")
      }
    }
  }

  @Test func `of truncation and padding and pairs`() throws {
    let tally = Tally("components/trunc_pad_pair")
    defer { tally.report() }
    guard let url = ConformanceData.file("trunc_pad_pair", in: "components") else { return }
    var tokenizers: [String: Tokenizer] = [:]
    for line in try ConformanceData.lines(url) {
      let name = try #require(line["tokenizer"]?.stringValue)
      if tokenizers[name] == nil { tokenizers[name] = try? ConformanceData.tokenizer(name) }
      guard let tokenizer = tokenizers[name] else {
        tally.skip("no tokenizer.json of \(name)")
        continue
      }
      if line["padding"] == nil {
        try checkTruncation(line, tokenizer, tally)
      } else {
        try checkPadding(line, tokenizer, tally)
      }
    }
  }

  private func checkTruncation(_ line: JSON, _ tokenizer: Tokenizer, _ tally: Tally) throws {
    let text = try #require(line["text"]?.stringValue)
    let truncation = Truncation(
      length: try #require(line["max_length"]?.integerValue),
      stride: line["stride"]?.integerValue ?? 0,
      strategy: try #require(
        (line["strategy"]?.stringValue).flatMap(Truncation.Strategy.init(rawValue:))
      ),
      direction: line["direction"] == "left" ? .left : .right
    )
    let encoding = try? tokenizer.encoding(
      of: text,
      and: line["pair"]?.stringValue,
      addSpecialTokens: true,
      truncation: truncation
    )
    guard line["error"] == nil else {
      tally.check("errors", encoding == nil, line.text)
      return
    }
    tally.check("ids", encoding?.tokens == ConformanceData.tokens(line["ids"]), line.text)
    tally.check("types", encoding?.typeIDs == ConformanceData.integers(line["type_ids"]), line.text)
    let overflow = (line["overflow"]?.arrayValue ?? []).map { ConformanceData.tokens($0) }
    tally.check("overflow", encoding?.overflowing.map(\.tokens) == overflow, line.text)
  }

  private func checkPadding(_ line: JSON, _ tokenizer: Tokenizer, _ tally: Tally) throws {
    let padding = Padding(
      token: tokenizer.specialTokens.padding?.id ?? tokenizer.padding?.token ?? 0,
      length: line["padding"]?["length"]?.integerValue,
      multiple: line["padding"]?["multiple"]?.integerValue,
      direction: line["padding"]?["direction"] == "left" ? .left : .right
    )
    var encodings = try (line["batch"]?.arrayValue ?? []).map {
      try tokenizer.encoding(of: $0.stringValue ?? "", addSpecialTokens: true)
    }
    padding.apply(to: &encodings)
    let ids = (line["ids"]?.arrayValue ?? []).map { ConformanceData.tokens($0) }
    tally.check("padded", encodings.map(\.tokens) == ids, line.text)
    let masks = (line["mask"]?.arrayValue ?? []).map { ConformanceData.integers($0) }
    let ours = encodings.map { $0.isPadding.map { $0 ? 0 : 1 } }
    tally.check("masks", ours == masks, line.text)
  }
}
