import Foundation
import JSON
import TestSupport
import Testing

@testable import Tokenization

@Suite struct `Regular expressions` {
  private func matches(_ expression: String, _ text: String) throws -> [String] {
    let regex = try #require(Regex(expression))
    var pieces = Pieces(Array(text.utf8), startsAtOrigin: true)
    pieces.split(.regex(regex), .removed, inverted: true)
    return pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
  }

  @Test func `match as Oniguruma does`() throws {
    #expect(try matches(#"a{1,2}"#, "aaaaa") == ["aa", "aa", "a"])
    #expect(try matches(#"a{1,2}+"#, "aaaaa") == ["aaaaa"])  // A plus after an interval repeats.
    #expect(try matches(#"a++b|a+"#, "aac") == ["aa"])
    #expect(try matches(#"(?>a+)b|c"#, "aabc") == ["aab", "c"])
    #expect(try matches(#"a+?b"#, "aab") == ["aab"])
    #expect(try matches(#"(?i:k)"#, "kK\u{212A}") == ["k", "K", "\u{212A}"])
    #expect(try matches(#"[a-z&&[^aeiou]]+"#, "hello") == ["h", "ll"])
    #expect(try matches(#"\s+$"#, "a \nb  ") == [" ", "  "])
    #expect(try matches(#"(?<=a)b|(?<!a)c"#, "abcac") == ["b", "c"])
    #expect(try matches(#"\h+"#, "beefg") == ["beef"])
    #expect(try matches(#"[[:alpha:]]+|[^[:alpha:]]"#, "ab1") == ["ab", "1"])
    #expect(try matches(#"\p{^L}"#, "a1") == ["1"])
    #expect(try matches("x{,2}y{", "xxxy{") == ["xxy{"])
  }

  @Test(arguments: [#"(a)\1"#, #"(?:a*)*"#, "a{2,1}", "(", "[", "a)", #"\p{Klingon}"#, "*", #"\G"#])
  func `refuse what they do not know`(expression: String) {
    #expect(Regex(expression) == nil)
  }

  @Test func `run over long texts without recursion`() throws {
    let text = String(repeating: "ab", count: 50_000)
    #expect(try matches(#"(?:ab)+c|[ab]+"#, text) == [text])
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
    ]
    let alphabet = Array(
      " \n\r\t\u{A0}'’sSſtTreRELlMd aAbǅʰªéÉß日本ا\u{301}\u{93E}😀1２½Ⅷ.,/$+<\u{0}\u{200D}"
        .unicodeScalars
    )
    var random = SeededGenerator(seed)
    for expression in expressions {
      let words = try #require(WordPattern(expression: expression))
      let regex = try #require(Regex(expression))
      for _ in 0..<8 {
        var text = String.UnicodeScalarView()
        for _ in 0..<60 { text.append(alphabet.randomElement(using: &random) ?? " ") }
        let whole = Pieces(Array(String(text).utf8), startsAtOrigin: true)
        var (scanned, matched) = (whole, whole)
        scanned.split(.words(words), .isolated, inverted: false)
        matched.split(.regex(regex), .isolated, inverted: false)
        #expect(scanned.ranges == matched.ranges, "\(String(text).debugDescription)")
      }
    }
  }

  /// Patterns of the hub with what tokenizers makes of them.
  @Test(.enabled(if: ConformanceData.folder != nil))
  func `split like the reference for patterns of the hub`() throws {
    let folder = try #require(ConformanceData.folder).appending(path: "peer_goldens")
    let patterns = try JSON(
      parsing: ConformanceData.unpacked(folder.appending(path: "splitRegexPatterns.json.gz"))
    )
    let oracle = try JSON(
      parsing: ConformanceData.unpacked(folder.appending(path: "splitRegexOracle.json.gz"))
    )
    let inputs = patterns["defaults"]?["inputs"]?.arrayValue ?? []
    var (checked, refused): (Int, [String]) = (0, [])
    for entry in try #require(patterns["patterns"]?.arrayValue) {
      let id = try #require(entry["id"]?.stringValue)
      let expression = try #require(entry["pattern"]?.stringValue)
      guard let expected = oracle["tokens"]?[id]?.arrayValue, !expression.isEmpty,
        entry["knownDivergence"]?.boolValue != true
      else { continue }
      guard let pattern = try? SplitPattern(expression: expression, path: "") else {
        refused.append("\(id) \(expression)")
        continue
      }
      for (input, tokens) in zip(entry["inputs"]?.arrayValue ?? inputs, expected) {
        var pieces = Pieces(Array((input.stringValue ?? "").utf8), startsAtOrigin: true)
        pieces.split(pattern, .removed, inverted: true)
        let result = pieces.ranges.map { String(decoding: pieces.bytes[$0], as: UTF8.self) }
        #expect(result == tokens.arrayValue?.compactMap(\.stringValue), "\(id): \(expression)")
        checked += 1
      }
    }
    print("hub patterns: \(checked) splits; refused:\n  \(refused.joined(separator: "\n  "))")
    #expect(checked > 1000)
  }
}
