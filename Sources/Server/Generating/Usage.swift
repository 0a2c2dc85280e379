import JSON
import Models
import Prompts
import Tokenization

/// What a request cost, in positions.
struct Usage: Sendable {
  var promptTokens: Int
  var completionTokens: Int
  /// Positions that were found in the prefix cache; `nil` where this is not told.
  var cachedTokens: Int?

  var json: JSON {
    var object = JSONObject()
    object["prompt_tokens"] = .integer(promptTokens)
    object["total_tokens"] = .integer(promptTokens + completionTokens)
    object["completion_tokens"] = .integer(completionTokens)
    if let cachedTokens {
      object["prompt_tokens_details"] = ["cached_tokens": .integer(cachedTokens)]
    }
    return .object(object)
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
