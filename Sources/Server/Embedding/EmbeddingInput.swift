import Engine
import JSON
import Prompts
import Tokenization

/// Reads the texts of a request for vectors: `input`, or a chat in `messages`.
struct EmbeddingInput {
  private static let name = "input"
  /// Most texts of a request: the answer has as many vectors.
  private static let maximumCount = 65_536
  private let model: ServedModel
  private let embedder: Embedder

  init(_ model: ServedModel, _ embedder: Embedder) {
    self.model = model
    self.embedder = embedder
  }

  /// The tokens of each text, at least one, and no more than the model takes.
  func texts(_ fields: RequestFields) throws -> [[TokenID]] {
    let truncation = try Truncation(fields, side: "right")
    let lengths = LengthRules(maxModelLength: embedder.maxTextLength)
    let limit = try truncation.limit(embedder.maxTextLength, all: embedder.maxTextLength)
    let inputs = try inputs(fields)
    let addsSpecialTokens = try fields.bool("add_special_tokens") ?? true
    var texts: [[TokenID]] = []
    for input in inputs {
      var tokens: [TokenID]
      switch input {
      case .text(let text):
        if limit == nil { try lengths.checkFits(text, embedder.model.tokenizer) }
        tokens = try embedder.model.tokens(
          of: text,
          addSpecialTokens: addsSpecialTokens,
          limit: limit,
          keepsEnd: truncation.keepsEnd
        )
      case .tokens(let all):
        tokens = all
        if let limit, tokens.count > limit {
          tokens = Array(truncation.keepsEnd ? tokens.suffix(limit) : tokens.prefix(limit))
        }
      }
      guard !tokens.isEmpty else { throw empty() }
      try lengths.checkFits(tokens.count)
      texts.append(tokens)
    }
    return texts
  }

  private enum Input {
    case text(String)
    case tokens([TokenID])
  }

  /// A text, a list of token ids, or a list of either.
  private func inputs(_ fields: RequestFields) throws -> [Input] {
    guard let value = fields[Self.name] else {
      guard fields["messages"] != nil else {
        throw APIError.schema("\(Self.name): Field required", Self.name)
      }
      let prompt = try ChatFields.prompt(fields, model, isWhole: true)
      guard let tokens = prompt.tokenIDs else {
        throw APIError.invalid("prompt embeddings have no vectors", "messages")
      }
      return [.tokens(tokens)]
    }
    guard let list = value.arrayValue, list.first?.integerValue == nil else {
      return [try input(value, fields)]
    }
    guard !list.isEmpty else { throw empty() }
    guard list.count <= Self.maximumCount else {
      throw APIError.invalid(
        "input must hold at most \(Self.maximumCount) texts, got \(list.count).",
        Self.name
      )
    }
    return try list.map { try input($0, fields) }
  }

  private func input(_ value: JSON, _ fields: RequestFields) throws(APIError) -> Input {
    if let text = value.stringValue {
      guard !text.isEmpty else { throw empty() }
      return .text(text)
    }
    guard let list = value.arrayValue else {
      throw fields.mismatch(Self.name, "string or list of token ids", value)
    }
    var numbers: [Int] = []
    for element in list {
      guard let number = element.integerValue else {
        throw fields.mismatch(Self.name, "integer", element)
      }
      numbers.append(number)
    }
    return .tokens(try SamplingFields.tokens(numbers, Self.name, model.vocabularySize))
  }

  private func empty() -> APIError { .invalid("input cannot be empty", Self.name) }
}
