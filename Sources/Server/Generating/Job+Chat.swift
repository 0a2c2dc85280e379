import Engine
import JSON
import Models
import Prompts
import Sampling

extension Job {
  /// A request to /v1/chat/completions.
  ///
  /// Source: vllm/entrypoints/openai/chat_completion/protocol.py
  static func chat(_ fields: RequestFields, _ model: ServedModel) throws -> Job {
    _ = try model.generator(for: "Chat Completions")
    guard fields["messages"] != nil else {
      throw APIError.schema("messages: Field required", "messages")
    }
    let modelName = try model.name(for: fields)
    if fields["tools"] == [] {
      throw APIError.schema(
        "`tools` must not be an empty array. Either provide at least one tool or omit the field "
          + "entirely.",
        "tools"
      )
    }
    if fields["prompt_embeds"] != nil {
      throw APIError.invalid(
        "`prompt_embeds` is a field of /v1/completions; in a chat it is a content part",
        "prompt_embeds"
      )
    }
    let streaming = try Job.streaming(fields)
    if streaming != nil, fields["prompt_logprobs"] != nil {
      throw APIError.schema(
        "`prompt_logprobs` are not available when `stream=True`.",
        "prompt_logprobs"
      )
    }
    try UnsupportedFields.check(fields)
    let sampling = try SamplingFields(fields, model)
    let logprobCount = try topLogprobs(fields, model)
    let maxTokens =
      try fields.integer("max_completion_tokens") ?? fields.integer("max_tokens")
    let lengths = LengthRules(maxModelLength: model.maxModelLength)
    try lengths.check(maxTokens: maxTokens, minTokens: sampling.sampling.minTokens)
    let prompt = try lengths.fitted(ChatFields.prompt(fields, model), sampling)
    if sampling.promptLogprobCount != nil, prompt.tokenIDs == nil {
      throw APIError.invalid(
        "prompt_logprobs is not compatible with prompt embeds.",
        "prompt_logprobs"
      )
    }
    let echoed = try fields.bool("echo") ?? false ? ChatFields.finalAssistantText(fields) : nil
    return Job(
      prompts: [prompt],
      sampling: sampling,
      maxTokens: maxTokens,
      logprobCount: logprobCount,
      echoes: echoed.map { [$0] },
      modelName: modelName,
      id: try Job.id("chatcmpl-", fields),
      streaming: streaming
    )
  }

  /// Likeliest tokens to tell for each one; `nil` where no log probabilities are wanted.
  static func topLogprobs(
    _ fields: RequestFields,
    _ model: ServedModel
  ) throws(APIError) -> Int? {
    let wantsLogprobs = try fields.bool("logprobs") ?? false
    let count = try SamplingFields.logprobCount(fields, "top_logprobs", model)
    guard wantsLogprobs else {
      guard count == nil || count == 0 else {
        throw .schema("when using `top_logprobs`, `logprobs` must be set to true.", "top_logprobs")
      }
      return nil
    }
    return count ?? 0
  }
}
