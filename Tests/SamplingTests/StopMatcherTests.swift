import Sampling
import TestSupport
import Testing

@Suite struct `Stop matcher` {
  private func run(_ pieces: [String], stops: [String]) -> (output: [String], isStopped: Bool) {
    var matcher = StopMatcher(stops)
    var output: [String] = []
    for piece in pieces {
      let (text, stop) = matcher.append(piece)
      output.append(text)
      if stop != nil { return (output, true) }
    }
    output.append(matcher.finish())
    return (output, false)
  }

  @Test func `passes text on at once when nothing can stop it`() {
    #expect(run(["a", "b"], stops: []).output == ["a", "b", ""])
    #expect(run(["a", "b"], stops: ["", "xyz"]).output == ["a", "b", ""])
  }

  @Test func `cuts the stop text and all that follows`() {
    let (output, isStopped) = run(["one\n", "two END three"], stops: ["END"])
    #expect(output == ["one\n", "two "])
    #expect(isStopped)
  }

  @Test func `finds a stop text that is spread over pieces`() {
    let (output, isStopped) = run(["ab<", "|e", "n", "d|>x"], stops: ["<|end|>"])
    #expect(output.joined() == "ab")
    #expect(isStopped)
  }

  @Test func `gives back what turned out to be no stop text`() {
    #expect(run(["a<|", "en", "X"], stops: ["<|end|>"]).output == ["a", "", "<|enX", ""])
    #expect(run(["a<|en"], stops: ["<|end|>"]).output == ["a", "<|en"])
  }

  @Test func `the earliest stop wins`() {
    #expect(run(["a b c"], stops: ["c", "b"]).output == ["a "])
  }

  @Test func `keeps the stop text where that is wanted, and tells which it was`() {
    var matcher = StopMatcher(["b", "bc"], includesStop: true)
    let (output, stop) = matcher.append("abcd")
    #expect(output == "ab")
    #expect(stop == "b")
  }

  @Test func `handles stop texts that overlap themselves and wide characters`() {
    #expect(run(["aa", "ab"], stops: ["aab"]).output.joined() == "a")
    #expect(run(["é", "è漢", "字"], stops: ["漢字"]).output.joined() == "éè")
  }

  @Test(arguments: UInt64(0)..<64)
  func `equals cutting the whole text, however it is split`(seed: UInt64) {
    var random = SeededGenerator(seed)
    let text = String((0..<60).map { _ in "abé".randomElement(using: &random) ?? "a" })
    let stop = String((0..<4).map { _ in "abé".randomElement(using: &random) ?? "a" })
    var pieces: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...5, using: &random))
      pieces.append(String(piece))
      rest = rest.dropFirst(piece.count)
    }
    let expected = text.firstRange(of: stop).map { String(text[..<$0.lowerBound]) }
    let (output, isStopped) = run(pieces, stops: [stop])
    #expect(output.joined() == expected ?? text)
    #expect(isStopped == (expected != nil))
  }
}
