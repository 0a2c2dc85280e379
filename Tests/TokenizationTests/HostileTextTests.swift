import Foundation
import JSON
import TestSupport
import Testing
import Tokenization

/// Texts that make a careless tokenizer take time that grows with the square of their length.
enum HostileText: String, CaseIterable, Sendable {
  case letters = "a"
  case spaces = " "
  case marks = "\u{301}"
  case mixedMarks = "\u{301}\u{316}"
  case joinedEmoji = "👩\u{200D}"
  case digits = "1"
  case newlines = "\n"

  /// About so many bytes of it.
  func text(byteCount: Int) -> String {
    String(repeating: rawValue, count: byteCount / rawValue.utf8.count)
  }
}

/// What hostile texts are tried with.
enum HostileCase {
  static let names = ["gpt2", "llama3", "qwen2", "sentencepiece", "bert"]

  static func tokenizer(_ name: String) throws -> Tokenizer {
    let json = try JSON(parsing: Fixtures.bytes("tokenizers/\(name).json"))
    return try Tokenizer(tokenizerJSON: Array((json["tokenizer"]?.text ?? "").utf8))
  }

  /// The least processor time, in seconds, that this thread needs to encode the text.
  static func seconds(_ tokenizer: Tokenizer, _ text: String, tries: Int) throws -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    var best = Double.infinity
    for _ in 0..<tries {
      let start = now()
      #expect(try !tokenizer.encode(text, addSpecialTokens: true).isEmpty)
      best = min(best, now() - start)
    }
    return best
  }
}

@Suite struct `Hostile texts` {
  @Test(arguments: HostileCase.names)
  func `take time in proportion to their length`(name: String) throws {
    let tokenizer = try HostileCase.tokenizer(name)
    #if DEBUG
      let size = 4000
    #else
      let size = 60_000
    #endif
    for kind in HostileText.allCases {
      let short = try HostileCase.seconds(tokenizer, kind.text(byteCount: size), tries: 3)
      let long = try HostileCase.seconds(tokenizer, kind.text(byteCount: size * 8), tries: 3)
      // Eight times as long, and far from 64 times; a millisecond is for what does not grow.
      #expect(long < 24 * short + 0.001, "\(kind): \(short) s, then \(long) s")
    }
  }

  @Test(arguments: HostileCase.names)
  func `of combining marks keep their tokens' offsets inside`(name: String) throws {
    let tokenizer = try HostileCase.tokenizer(name)
    let text = "e" + HostileText.mixedMarks.text(byteCount: 2000)
    let encoding = try tokenizer.encoding(of: text, addSpecialTokens: false)
    #expect(encoding.tokens == (try tokenizer.encode(text, addSpecialTokens: false)))
    let count = text.unicodeScalars.count
    #expect(encoding.offsets.allSatisfy { $0.upperBound <= count })
  }
}

#if !DEBUG
  @Suite struct `Slow hostile texts` {
    @Test(arguments: HostileCase.names)
    func `of ten megabytes take less than a second`(name: String) throws {
      let tokenizer = try HostileCase.tokenizer(name)
      for kind in HostileText.allCases {
        let text = kind.text(byteCount: 10_000_000)
        let seconds = try HostileCase.seconds(tokenizer, text, tries: 2)
        print("10 MB of \(kind) with \(name): \((seconds * 1000).rounded()) ms")
        #expect(seconds < 1, "\(kind)")
      }
    }
  }
#endif
