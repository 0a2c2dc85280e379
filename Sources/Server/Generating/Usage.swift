import JSON
import Models
import Prompts
import Tokenization

/// What a request cost, in positions.
struct Usage: Sendable {
  var promptTokens: Int
  var completionTokens: Int

  var json: JSON {
    [
      "prompt_tokens": .integer(promptTokens),
      "total_tokens": .integer(promptTokens + completionTokens),
      "completion_tokens": .integer(completionTokens),
    ]
  }
}

extension Prompt {
  /// A number for each position: its token, or 0 for a row.
  var labels: JSON {
    var labels: [JSON] = []
    for segment in segments {
      switch segment {
      case .tokens(let tokens): labels += tokens.map { .integer($0.index) }
      case .embeddings: labels += [JSON](repeating: 0, count: segment.length)
      }
    }
    return .array(labels)
  }
}
