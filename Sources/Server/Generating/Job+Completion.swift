import Engine
import JSON
import Models
import Prompts
import Sampling
import Tokenization

extension Job {
  /// A request to /v1/completions.
  ///
  /// Source: vllm/entrypoints/openai/completion/protocol.py, vllm/renderers/online_renderer.py
  static func completion(_ fields: RequestFields, _ model: ServedModel) throws -> Job {
    _ = try model.generator(for: "Completions")
    try checkPresence(fields)
    try checkCounts(fields, limit: model.options.maxPromptCount)
    let modelName = try model.name(for: fields)
    let echoes = try fields.bool("echo") ?? false
    try checkCombinations(fields, echoes: echoes)
    let streaming = try Job.streaming(fields)
    if streaming != nil, fields["prompt_logprobs"] != nil {
      throw APIError.schema(
        "`prompt_logprobs` are not available when `stream=True`.",
        "prompt_logprobs"
      )
    }
    try UnsupportedFields.check(fields)
    let sampling = try SamplingFields(fields, model)
    let logprobCount = try SamplingFields.logprobCount(fields, "logprobs", model)
    let maxTokens = try fields.integer("max_tokens") ?? 16
    let lengths = LengthRules(maxModelLength: model.maxModelLength)
    try lengths.check(
      maxTokens: maxTokens,
      minTokens: sampling.sampling.minTokens,
      least: echoes ? 0 : 1
    )

    var prompts = try embeddings(fields, model)
    prompts += try texts(fields, model)
    prompts = try prompts.map { try lengths.fitted($0, sampling) }
    guard prompts.count * sampling.n <= model.options.maxSequenceCount else {
      throw APIError.invalid(
        "n times the number of prompts must be at most \(model.options.maxSequenceCount), "
          + "got \(prompts.count * sampling.n).",
        "n",
        value: "\(sampling.n)"
      )
    }
    func text(_ prompt: Prompt) -> String {
      model.tokenizer.decode(prompt.tokenIDs ?? [], skipSpecialTokens: sampling.skipsSpecialTokens)
    }
    return Job(
      prompts: prompts,
      sampling: sampling,
      maxTokens: maxTokens,
      logprobCount: logprobCount,
      echoes: echoes ? prompts.map(text) : nil,
      modelName: modelName,
      id: try Job.id("cmpl-", fields),
      streaming: streaming
    )
  }

  /// Refuses requests without a prompt.
  static func checkPresence(_ fields: RequestFields) throws(APIError) {
    let hasPrompt = fields["prompt"].map { $0 != "" } ?? false
    let hasEmbeddings = fields["prompt_embeds"].map { $0 != [] } ?? false
    guard hasPrompt || hasEmbeddings else {
      throw .schema(
        "Either prompt or prompt_embeds must be provided and non-empty. (parameter=prompt)",
        "prompt"
      )
    }
  }

  private static func checkCounts(_ fields: RequestFields, limit: Int) throws(APIError) {
    for name in ["prompt", "prompt_embeds"] {
      guard let list = fields[name]?.arrayValue, list.count > limit else { continue }
      if name == "prompt", list.first?.integerValue != nil { continue }
      throw .schema(
        "\(name) list length \(list.count) exceeds the maximum allowed count of \(limit). To "
          + "increase this limit, set the VLLM_MAX_COMPLETION_PROMPTS environment variable.",
        name
      )
    }
  }

  private static func checkCombinations(
    _ fields: RequestFields,
    echoes: Bool
  ) throws(APIError) {
    let hasEmbeddings = fields["prompt_embeds"] != nil
    if fields["suffix"] != nil {
      if echoes { throw .invalid("Echo is unsupported with suffix.", "suffix") }
      if hasEmbeddings {
        throw .invalid("suffix is not supported with prompt_embeds", "suffix")
      }
      throw .invalid("suffix is not supported", "suffix")
    }
    if echoes, hasEmbeddings {
      throw .invalid("Echo is unsupported with prompt embeds.", "echo")
    }
    if hasEmbeddings, fields["prompt_logprobs"] != nil {
      throw .invalid("prompt_logprobs is not compatible with prompt embeds.", "prompt_logprobs")
    }
  }

  private static func embeddings(
    _ fields: RequestFields,
    _ model: ServedModel
  ) throws(APIError) -> [Prompt] {
    guard fields["prompt_embeds"] != nil else { return [] }
    let texts = try fields.strings("prompt_embeds") ?? []
    let field = PromptEmbedsField(model, fields)
    var prompts: [Prompt] = []
    for text in texts { prompts.append(Prompt([.embeddings(try field.rows(text))])) }
    return prompts
  }

  /// The prompts of `prompt`: a text, token ids, or a list of either.
  static func texts(
    _ fields: RequestFields,
    _ model: ServedModel
  ) throws(APIError) -> [Prompt] {
    guard let value = fields["prompt"] else { return [] }
    // OpenAI's client must send a prompt; an empty one beside embeddings asks for nothing.
    if value == "", fields["prompt_embeds"] != nil { return [] }
    let addsSpecialTokens = try fields.bool("add_special_tokens") ?? true
    let lengths = LengthRules(maxModelLength: model.maxModelLength)
    func prompt(_ value: JSON) throws(APIError) -> Prompt {
      if let text = value.stringValue {
        if fields["truncate_prompt_tokens"] == nil {
          try lengths.checkFits(text, model.tokenizer)
        }
        do {
          let tokens = try model.tokenizer.encode(text, addSpecialTokens: addsSpecialTokens)
          return Prompt([.tokens(tokens)])
        } catch {
          throw .invalid("\(error)", "prompt")
        }
      }
      guard let list = value.arrayValue else { throw fields.mismatch("prompt", "string", value) }
      var numbers: [Int] = []
      for element in list {
        guard let number = element.integerValue else {
          throw fields.mismatch("prompt", "integer", element)
        }
        numbers.append(number)
      }
      return Prompt([
        .tokens(try SamplingFields.tokens(numbers, "prompt", model.vocabularySize))
      ])
    }
    guard let list = value.arrayValue else { return [try prompt(value)] }
    guard let first = list.first else {
      throw .invalid("Please provide at least one prompt", "prompt")
    }
    if first.doubleValue != nil { return [try prompt(value)] }
    var prompts: [Prompt] = []
    for element in list { prompts.append(try prompt(element)) }
    return prompts
  }
}
