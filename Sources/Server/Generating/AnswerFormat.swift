import Engine
import JSON
import Prompts
import Tokenization

/// How one kind of completion is written: the two kinds differ in little else.
protocol AnswerFormat: Sendable {
  /// `object` of a whole answer.
  var objectName: String { get }
  /// `object` of a chunk.
  var chunkName: String { get }

  /// What a stream tells of choice `index` before its first text, if anything.
  func opening(_ index: Int) -> JSON?
  /// A part of choice `index`; `offset` is where its next token stands in the text.
  func chunk(_ index: Int, _ delta: ChoiceProgress.Delta, offset: inout Int) -> JSON
  /// All of choice `index`.
  func choice(_ index: Int, _ whole: ChoiceProgress.Delta, _ prompt: [TokenLogprobs?]?) -> JSON
  /// Members of a whole answer beside the choices.
  func members(_ prompt: [TokenLogprobs?]?, _ job: Job) -> [(String, JSON)]
}

extension AnswerFormat {
  /// Why and at what `result` ended, for a choice.
  func ending(_ result: GenerationResult?) -> (reason: JSON, stop: JSON) {
    guard let result else { return (.null, .null) }
    let stop: JSON =
      switch result.stopReason {
      case .text(let text): .string(text)
      case .token(let token): .integer(token.index)
      case nil: .null
      }
    return (.string(result.finishReason.rawValue), stop)
  }
}

/// Answers of /v1/completions.
struct CompletionFormat: AnswerFormat {
  let job: Job
  let logprobs: LogprobText
  var objectName: String { "text_completion" }
  var chunkName: String { "text_completion" }

  func opening(_ index: Int) -> JSON? { nil }

  func chunk(_ index: Int, _ delta: ChoiceProgress.Delta, offset: inout Int) -> JSON {
    let ending = ending(delta.result)
    var choice = JSONObject()
    choice["index"] = .integer(index)
    choice["text"] = .string(delta.text)
    choice["logprobs"] =
      job.logprobCount == nil || delta.tokens.isEmpty
      ? .null
      : logprobs.completion(
        delta.promptLogprobs + delta.logprobs,
        tokens: delta.tokens,
        offset: &offset
      )
    choice["finish_reason"] = ending.reason
    choice["stop_reason"] = ending.stop
    if job.sampling.returnsTokenIDs {
      choice["token_ids"] = .array(delta.tokens.map { .integer($0.index) })
    }
    return .object(choice)
  }

  func choice(_ index: Int, _ whole: ChoiceProgress.Delta, _ prompt: [TokenLogprobs?]?) -> JSON {
    let ending = ending(whole.result)
    let input = job.prompts[index / job.sampling.n]
    var choice = JSONObject()
    choice["index"] = .integer(index)
    choice["text"] = .string((job.echoes?[index / job.sampling.n] ?? "") + whole.text)
    var offset = 0
    if job.logprobCount == nil {
      choice["logprobs"] = .null
    } else if job.echoes != nil, let prompt {
      choice["logprobs"] = logprobs.completion(
        prompt + whole.logprobs,
        tokens: (input.tokenIDs ?? []) + whole.tokens,
        offset: &offset
      )
    } else {
      choice["logprobs"] = logprobs.completion(
        whole.logprobs,
        tokens: whole.tokens,
        offset: &offset
      )
    }
    choice["finish_reason"] = ending.reason
    choice["stop_reason"] = ending.stop
    let wantsPrompt = job.sampling.promptLogprobCount != nil
    choice["prompt_logprobs"] = wantsPrompt ? prompt.map(logprobs.prompt) ?? .null : .null
    if job.sampling.returnsTokenIDs {
      choice["prompt_token_ids"] = input.labels
      choice["token_ids"] = .array(whole.tokens.map { .integer($0.index) })
    }
    return .object(choice)
  }

  func members(_ prompt: [TokenLogprobs?]?, _ job: Job) -> [(String, JSON)] { [] }
}

/// Answers of /v1/chat/completions.
struct ChatFormat: AnswerFormat {
  let job: Job
  let logprobs: LogprobText
  var objectName: String { "chat.completion" }
  var chunkName: String { "chat.completion.chunk" }

  func opening(_ index: Int) -> JSON? {
    [
      "index": .integer(index), "delta": ["role": "assistant", "content": ""],
      "logprobs": nil, "finish_reason": nil,
    ]
  }

  func chunk(_ index: Int, _ delta: ChoiceProgress.Delta, offset: inout Int) -> JSON {
    let ending = ending(delta.result)
    var choice = JSONObject()
    choice["index"] = .integer(index)
    choice["delta"] = ["content": .string(delta.text)]
    choice["logprobs"] =
      job.logprobCount == nil || delta.logprobs.isEmpty
      ? .null : logprobs.chat(delta.logprobs)
    choice["finish_reason"] = ending.reason
    if delta.result != nil { choice["stop_reason"] = ending.stop }
    if job.sampling.returnsTokenIDs {
      choice["token_ids"] = .array(delta.tokens.map { .integer($0.index) })
    }
    return .object(choice)
  }

  func choice(_ index: Int, _ whole: ChoiceProgress.Delta, _ prompt: [TokenLogprobs?]?) -> JSON {
    let ending = ending(whole.result)
    var choice = JSONObject()
    choice["index"] = .integer(index)
    choice["message"] = [
      "role": "assistant", "content": .string((job.echoes?[0] ?? "") + whole.text),
      "refusal": nil, "tool_calls": [],
    ]
    choice["logprobs"] = job.logprobCount == nil ? .null : logprobs.chat(whole.logprobs)
    choice["finish_reason"] = ending.reason
    choice["stop_reason"] = ending.stop
    if job.sampling.returnsTokenIDs {
      choice["token_ids"] = .array(whole.tokens.map { .integer($0.index) })
    }
    return .object(choice)
  }

  func members(_ prompt: [TokenLogprobs?]?, _ job: Job) -> [(String, JSON)] {
    var members: [(String, JSON)] = []
    let wantsPrompt = job.sampling.promptLogprobCount != nil
    members.append(("prompt_logprobs", wantsPrompt ? prompt.map(logprobs.prompt) ?? .null : .null))
    if job.sampling.returnsTokenIDs { members.append(("prompt_token_ids", job.prompts[0].labels)) }
    return members
  }
}
