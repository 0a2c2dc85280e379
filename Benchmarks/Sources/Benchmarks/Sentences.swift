import Tensors

/// Texts for models that compare sentences.
enum Sentences {
  private static let words = [
    "the", "a", "of", "and", "in", "to", "was", "is", "for", "on", "as", "with", "by", "that",
    "from", "river", "house", "children", "winter", "letter", "mountain", "walked", "remembered",
    "quickly", "yesterday", "between", "government", "music", "teacher", "language", "carried",
    "several", "important", "morning", "garden", "research", "engine", "number", "window",
    "history",
  ]

  /// `count` texts of 10 to 30 words, the same ones each time.
  static func make(_ count: Int) -> [String] {
    var state: UInt64 = 1
    func next(_ bound: Int) -> Int {
      // Source: Knuth's MMIX generator.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    return (0..<count).map { _ in
      (0..<10 + next(21)).map { _ in words[next(words.count)] }.joined(separator: " ")
    }
  }

  /// The lines of the file at `path`, empty ones left out.
  static func read(_ path: String) throws -> [String] {
    let text = String(decoding: try SharedBytes.mapping(path: path).array, as: UTF8.self)
    return text.split(separator: "\n").map(String.init)
  }
}
