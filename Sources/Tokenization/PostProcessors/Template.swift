/// What is put around the tokens of a text: the `TemplateProcessing` of one sequence.
///
/// Source: https://github.com/huggingface/tokenizers/blob/main/tokenizers/src/processors/template.rs
struct Template: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case tokens([TokenID])
    case text
  }

  var parts: [Part]

  /// Nothing but the text.
  static let plain = Template(parts: [.text])

  /// Tokens before and after the text.
  static func around(before: [TokenID], after: [TokenID]) -> Template {
    Template(parts: [.tokens(before), .text, .tokens(after)])
  }

  /// How many tokens are put around a text.
  var tokenCount: Int {
    parts.reduce(0) { count, part in
      if case .tokens(let tokens) = part { count + tokens.count } else { count }
    }
  }

  /// The parts in order, with `tokens` for the text.
  func apply(to tokens: [TokenID]) -> [TokenID] {
    if self == .plain { return tokens }
    var output: [TokenID] = []
    output.reserveCapacity(tokens.count + parts.count)
    for part in parts {
      switch part {
      case .tokens(let special): output += special
      case .text: output += tokens
      }
    }
    return output
  }
}
