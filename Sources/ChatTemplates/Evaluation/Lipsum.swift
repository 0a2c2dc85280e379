/// jinja2's `lipsum`: random paragraphs to fill space with.
enum Lipsum {
  private static let words = [
    "ac", "aliquam", "amet", "ante", "arcu", "at", "augue", "bibendum", "commodo", "consectetuer",
    "cras", "cursus", "dapibus", "diam", "dictum", "dolor", "donec", "dui", "egestas", "eget",
    "elit",
    "enim", "erat", "eros", "est", "et", "eu", "facilisis", "fames", "felis", "fermentum", "fusce",
    "habitant", "hac", "iaculis", "id", "imperdiet", "in", "integer", "interdum", "ipsum", "justo",
    "lacus", "lectus", "leo", "libero", "ligula", "lorem", "luctus", "maecenas", "magna", "massa",
    "mauris", "metus", "mi", "molestie", "morbi", "mus", "nam", "nec", "neque", "nibh", "nisi",
    "non",
    "nulla", "nunc", "odio", "orci", "ornare", "pede", "pharetra", "porta", "posuere", "pretium",
    "proin", "pulvinar", "purus", "quam", "quis", "risus", "rutrum", "sagittis", "sapien", "sed",
    "semper", "sit", "sodales", "suspendisse", "tellus", "tempor", "tortor", "tristique", "turpis",
    "ultrices", "urna", "ut", "varius", "vel", "velit", "vestibulum", "vitae", "vivamus",
    "volutpat",
  ]

  /// One paragraph of between `least` and `most` words, the last not included.
  static func paragraph(_ wordCount: Int) -> String {
    var result = ""
    var startsSentence = true
    var untilEnd = Int.random(in: 10..<20)
    var last = ""
    for index in 0..<wordCount {
      var word = words.randomElement() ?? "lorem"
      while word == last { word = words.randomElement() ?? "lorem" }
      last = word
      if index > 0 { result += " " }
      result += startsSentence ? word.prefix(1).uppercased() + word.dropFirst() : word
      startsSentence = false
      untilEnd -= 1
      if untilEnd == 0, index + 1 < wordCount {
        result += "."
        startsSentence = true
        untilEnd = Int.random(in: 10..<20)
      } else if untilEnd % 6 == 0, index + 1 < wordCount {
        result += ","
      }
    }
    return result + "."
  }
}

extension Evaluator {
  func makeLipsum(_ arguments: CallArguments) throws(TemplateError) -> Value {
    let passed = try Signature("generate_lorem_ipsum", ["n", "html", "min", "max"], required: 0)
      .bind(arguments)
    let count = try passed.integer(0, 5)
    let (least, most) = (try passed.integer(2, 20), try passed.integer(3, 100))
    guard least < most || count <= 0 else {
      throw .value("empty range for randrange() (\(least), \(most), \(most &- least))")
    }
    let isMarkup = passed[1]?.isTrue ?? true
    var bytes: [UInt8] = []
    for index in 0..<max(0, count) {
      let wordCount = max(0, Int.random(in: least..<most))
      try charge(bytes: bytes.count / 8)
      try charge(bytes: wordCount, times: 16)
      try charge(8 * wordCount)
      if index > 0 { bytes.append(isMarkup ? "\n" : "\n\n") }
      let paragraph = Lipsum.paragraph(wordCount)
      bytes.append(isMarkup ? "<p>\(paragraph)</p>" : paragraph)
    }
    return try made(Text(bytes: bytes, isMarkup: isMarkup))
  }
}
