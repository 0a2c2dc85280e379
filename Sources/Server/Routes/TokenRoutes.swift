import Engine
import Hummingbird
import JSON
import Prompts
import Tokenization

/// `/tokenize` and `/detokenize`.
struct TokenRoutes: Sendable {
  let services: ServerServices

  func add(to router: Router<ServerContext>) {
    router.post("/tokenize", use: tokenize)
    router.post("/detokenize", use: detokenize)
  }

  @Sendable private func tokenize(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let answer = try await services.read(request) { fields -> JSON in
      _ = try model.name(for: fields)
      let tokens: [TokenID]
      if fields["messages"] != nil {
        try UnsupportedFields.check(fields)
        guard let ids = try ChatFields.prompt(fields, model).tokenIDs else {
          throw APIError.invalid("prompt embeddings have no tokens", "messages")
        }
        tokens = ids
      } else {
        guard let text = try fields.string("prompt") else {
          throw APIError.schema("prompt: Field required", "prompt")
        }
        let addsSpecialTokens = try fields.bool("add_special_tokens") ?? true
        tokens = try model.tokenizer.encode(text, addSpecialTokens: addsSpecialTokens)
      }
      let wantsTexts = try fields.bool("return_token_strs") ?? false
      return [
        "count": .integer(tokens.count),
        "max_model_len": .integer(model.maxModelLength),
        "tokens": .array(tokens.map { .integer($0.index) }),
        "token_strs": wantsTexts
          ? .array(tokens.map { .string(model.tokenizer.text(of: $0) ?? "") }) : .null,
      ]
    }
    return Response(json: answer)
  }

  @Sendable private func detokenize(
    _ request: Request,
    _ context: ServerContext
  ) async throws -> Response {
    let model = services.model
    let answer = try await services.read(request) { fields -> JSON in
      _ = try model.name(for: fields)
      guard let numbers = try fields.integers("tokens") else {
        throw APIError.schema("tokens: Field required", "tokens")
      }
      let tokens = try SamplingFields.tokens(numbers, "tokens", model.vocabularySize)
      return ["prompt": .string(model.tokenizer.decode(tokens, skipSpecialTokens: false))]
    }
    return Response(json: answer)
  }
}
