import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

@Suite struct `Split patterns` {
  private func pieces(_ text: String) -> Pieces {
    let bytes = Array(text.utf8)
    return Pieces(TracedText(bytes.span, 0..<bytes.count, isTraced: false))
  }

  private func matches(_ pattern: SplitPattern, _ text: String) throws -> [String] {
    var pieces = pieces(text)
    try pieces.split(pattern, .removed, inverted: true)
    return pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
  }

  private func matches(_ expression: String, _ text: String) throws -> [String] {
    let compiled = try #require(Expression(expression))
    return try matches(.expression(compiled, source: expression), text)
  }

  @Test func `match as Oniguruma does`() throws {
    #expect(try matches(#"a{1,2}"#, "aaaaa") == ["aa", "aa", "a"])
    #expect(try matches(#"a{1,2}+"#, "aaaaa") == ["aaaaa"])  // A plus after an interval repeats.
    #expect(try matches(#"(?>a+)b|c"#, "aabc") == ["aab", "c"])
    #expect(try matches(#"(?i:k)"#, "kK\u{212A}") == ["k", "K", "\u{212A}"])
    #expect(try matches(#"[a-z&&[^aeiou]]+"#, "hello") == ["h", "ll"])
    #expect(try matches(#"(?<=a)b|(?<!a)c"#, "abcac") == ["b", "c"])
    #expect(try matches(#"\h+"#, "beefg") == ["beef"])
    #expect(try matches(#"(.)\1"#, "aabcc") == ["aa", "cc"])
  }

  @Test(arguments: ["(", "[", "a)", #"\p{Klingon}"#, "*", "a{2,1}b("])
  func `that are no expressions are refused`(expression: String) {
    #expect(Expression(expression) == nil)
  }

  /// Scalars that are newer than the system's engine, as tokenizers 0.23.3 takes them.
  @Test func `know the scalars that the reference knows`() throws {
    #expect(try matches(#"\p{Lo}+"#, "a\u{31350}\u{2EBF0}b") == ["\u{31350}\u{2EBF0}"])
    #expect(try matches(#"\p{Lu}|\p{Ll}"#, "\u{1C89}\u{1C8A}") == ["\u{1C89}", "\u{1C8A}"])
    #expect(try matches(#"\p{Nd}+"#, "\u{10D40}\u{11DE0}") == ["\u{10D40}"])
    #expect(try matches(#"\p{S}+"#, "x\u{1FAE8}\u{2FFC}") == ["\u{1FAE8}\u{2FFC}"])
  }

  @Test func `that would take for ever end with an error`() throws {
    let text = String(repeating: "a", count: 64)
    #expect(throws: TokenizerError.patternTooSlow("(a|aa)+$|(a|b|ab)*c")) {
      try matches("(a|aa)+$|(a|b|ab)*c", text + "b")
    }
  }

  /// The scanners against the expressions that they stand for.
  @Test(arguments: UInt64(0)..<40)
  func `agree with the scanners`(seed: UInt64) throws {
    let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    let end = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"#
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"#
    let first = #"[^\r\n\p{L}\p{N}]?"#
    let signs = #"| ?[^\s\p{L}\p{N}]+[\r\n/]*"#
    let expressions = [
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#,
      contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + end,
      contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"# + end,
      contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#
        + end,
      "\(first)\(upper)*\(lower)+|\(first)\(upper)+\(lower)*" + #"|\p{N}"# + signs + end,
      "\(first)\(upper)*\(lower)+\(contractions)?|\(first)\(upper)+\(lower)*\(contractions)?"
        + #"|\p{N}{1,3}"# + signs + end,
      ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"##
        + #"| ?[\p{P}\p{S}]+[\r\n]*"# + end,
      #"\p{N}{1,3}"#, #"\p{N}"#, #"\p{N}+"#, "[一-龥\u{3040}-ゟ゠-ヿ]+",
    ]
    var generator = SeededGenerator(seed)
    for expression in expressions {
      let scanner = try #require(PatternScanner(expression: expression), "\(expression)")
      for _ in 0..<50 {
        let text = Self.text(&generator)
        #expect(
          try matches(.scanner(scanner), text) == matches(expression, text),
          "\(expression): \(text.debugDescription)"
        )
      }
    }
  }

  private static func text(_ generator: inout SeededGenerator) -> String {
    let parts = [
      "'", "s", "S", "t", "l", "L", "v", "e", "E", "re", "ſ", "K", " ", " ", "  ", "\t", "\n", "\r",
      "\r\n", "1", "٣", "½", "a", "B", "é", "e\u{301}", "ǅ", "ʰ", "中", "あ", "ー", "ก็", "!", "/", "-",
      "…", "$", "€", "\u{A0}", "\u{2028}", "\u{200D}", "👩‍🚀", "\u{E000}", "\u{0}", "𝒳", "_",
      "\u{31350}", "\u{1C89}", "\u{11DE0}", "\u{1FAE8}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0..<12, using: &generator) {
      text += parts.randomElement(using: &generator) ?? ""
    }
    return text
  }
}

/// Patterns of the hub with what tokenizers makes of them.
@Suite(.enabled(if: ConformanceData.folder != nil))
struct `Split pattern conformance` {
  @Test func `of patterns of the hub`() throws {
    guard let patternFile = ConformanceData.file("splitRegexPatterns", in: "peer_goldens"),
      let oracleFile = ConformanceData.file("splitRegexOracle", in: "peer_goldens")
    else { return }
    let patterns = try JSON(parsing: ConformanceData.unpacked(patternFile))
    let oracle = try JSON(parsing: ConformanceData.unpacked(oracleFile))
    let defaults = patterns["defaults"]
    let tally = Tally("peer_goldens/splitRegexPatterns")
    defer { tally.report() }
    var expressions: [String: String] = [:]
    for entry in patterns["patterns"]?.arrayValue ?? [] {
      let id = try #require(entry["id"]?.stringValue)
      expressions[id] = try #require(entry["pattern"]?.stringValue)
      try check(id, expressions[id] ?? "", entry, defaults, oracle, tally)
    }
    for entry in patterns["additionalCases"]?.arrayValue ?? [] {
      let id = try #require(entry["patternId"]?.stringValue)
      let name = try #require(entry["name"]?.stringValue)
      try check(name, expressions[id] ?? "", entry, defaults, oracle, tally)
    }
    #expect(tally.passed > 1000)
  }

  private func check(
    _ name: String,
    _ expression: String,
    _ entry: JSON,
    _ defaults: JSON?,
    _ oracle: JSON,
    _ tally: Tally
  ) throws {
    guard let expected = oracle["tokens"]?[name]?.arrayValue else {
      tally.skip("no oracle")
      return
    }
    let behavior = (entry["behavior"] ?? defaults?["behavior"])?.stringValue ?? "Removed"
    let inverts = (entry["invert"] ?? defaults?["invert"])?.boolValue ?? true
    let pattern = try SplitPattern(expression: expression, path: name)
    let inputs = (entry["inputs"] ?? defaults?["inputs"])?.arrayValue ?? []
    for (input, tokens) in zip(inputs, expected) {
      let bytes = Array((input.stringValue ?? "").utf8)
      var pieces = Pieces(TracedText(bytes.span, 0..<bytes.count, isTraced: false))
      try pieces.split(pattern, try #require(SplitBehavior(rawValue: behavior)), inverted: inverts)
      let result = pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
      tally.check(
        "splits",
        result == tokens.arrayValue?.compactMap(\.stringValue),
        "\(name) \(expression): \(input.text) gives \(result)"
      )
    }
  }
}
