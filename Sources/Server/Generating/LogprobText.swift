import Engine
import JSON
import Tokenization

/// Log probabilities as the two kinds of answers tell them.
struct LogprobText: Sendable {
  let tokenizer: Tokenizer
  let writesTokensAsIDs: Bool

  /// The log probabilities that `job` asks `model` for.
  init(_ job: Job, _ model: ServedModel) {
    tokenizer = model.tokenizer
    writesTokensAsIDs = job.sampling.writesTokensAsIDs
  }

  /// The bytes of `token` as a text of its own.
  private func bytes(_ token: TokenID) -> [UInt8] { tokenizer.bytes(of: token) ?? [] }

  private func text(_ token: TokenID) -> String {
    writesTokensAsIDs ? "token_id:\(token)" : String(decoding: bytes(token), as: UTF8.self)
  }

  /// JSON has no infinity.
  private func number(_ logprob: Float) -> JSON { .number(max(Double(logprob), -9999)) }

  /// The object of /v1/completions; `offset` is where the first token stands, and moves on.
  ///
  /// `top_logprobs` has the chosen token first, then the likeliest ones.
  func completion(_ logprobs: [TokenLogprobs?], tokens: [TokenID], offset: inout Int) -> JSON {
    var offsets: [JSON] = []
    var values: [JSON] = []
    var texts: [JSON] = []
    var tops: [JSON] = []
    for (token, entry) in zip(tokens, logprobs) {
      let name = text(token)
      texts.append(.string(name))
      offsets.append(.integer(offset))
      offset += name.unicodeScalars.count
      values.append(entry.map { number($0.logprob) } ?? .null)
      tops.append(entry.map { .object(alternatives($0)) } ?? .null)
    }
    return [
      "text_offset": .array(offsets), "token_logprobs": .array(values),
      "tokens": .array(texts), "top_logprobs": .array(tops),
    ]
  }

  private func alternatives(_ entry: TokenLogprobs) -> JSONObject {
    var object = JSONObject()
    object[text(entry.token)] = number(entry.logprob)
    for other in entry.top {
      let name = text(other.token)
      if object[name] == nil { object[name] = number(other.logprob) }
    }
    return object
  }

  /// The object of /v1/chat/completions.
  func chat(_ logprobs: [TokenLogprobs]) -> JSON {
    let content = logprobs.map { entry -> JSON in
      var object = item(entry.token, entry.logprob)
      object["top_logprobs"] = .array(entry.top.map { .object(item($0.token, $0.logprob)) })
      return .object(object)
    }
    return ["content": .array(content)]
  }

  private func item(_ token: TokenID, _ logprob: Float) -> JSONObject {
    var object = JSONObject()
    object["token"] = .string(text(token))
    object["logprob"] = number(logprob)
    object["bytes"] = .array(bytes(token).map { .integer(Int($0)) })
    return object
  }

  /// `prompt_logprobs`: for each position null, or the tokens by id.
  func prompt(_ logprobs: [TokenLogprobs?]) -> JSON {
    .array(
      logprobs.map { entry in
        guard let entry else { return .null }
        var object = JSONObject()
        func add(_ token: TokenID, _ logprob: Float, _ rank: Int) {
          object["\(token)"] = [
            "logprob": number(logprob), "rank": .integer(rank),
            "decoded_token": .string(String(decoding: bytes(token), as: UTF8.self)),
          ]
        }
        add(entry.token, entry.logprob, entry.rank)
        for (index, top) in entry.top.enumerated() where object["\(top.token)"] == nil {
          add(top.token, top.logprob, index + 1)
        }
        return .object(object)
      }
    )
  }
}
