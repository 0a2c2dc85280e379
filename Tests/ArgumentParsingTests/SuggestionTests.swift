import Testing

@testable import ArgumentParsing

@Suite struct Suggestions {
  static let names = ["max-tokens", "max-length", "temperature", "top-p", "top-k", "json", "seed"]

  @Test(arguments: [
    ("max-token", "max-tokens"), ("maxtokens", "max-tokens"), ("max_tokens", "max-tokens"),
    ("max-tokesn", "max-tokens"), ("temprature", "temperature"), ("temp", "temperature"),
    ("jsno", "json"), ("jason", "json"), ("sed", "seed"), ("max-lenth", "max-length"),
  ])
  func `finds what was meant`(_ word: String, _ expected: String) {
    #expect(Suggestion.nearest(to: word, among: Self.names) == expected)
  }

  @Test(arguments: ["", "x", "foo", "max", "top", "output", "verbose", "json-lines-please"])
  func `does not guess wildly`(_ word: String) {
    #expect(Suggestion.nearest(to: word, among: Self.names) == nil)
  }

  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3),
    ("abc", "", 3), ("ca", "abc", 3), ("flaw", "lawn", 2),
  ])
  func `counts edits and swaps of neighbors`(_ a: String, _ b: String, _ expected: Int) {
    #expect(Suggestion.distance(Array(a.unicodeScalars), Array(b.unicodeScalars)) == expected)
  }
}
