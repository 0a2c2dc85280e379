import Engine
import JSON
import Models
import Sampling
import Tokenization

/// The sampling fields that both kinds of completion share, checked as vLLM checks them.
///
/// Source: vllm/sampling_params.py, vllm/entrypoints/openai/completion/protocol.py
struct SamplingFields: Sendable {
  var sampling = SamplingParameters()
  var n = 1
  var stop: [String] = []
  var stopTokenIDs: Set<TokenID> = []
  var ignoresEnd = false
  var includesStopText = false
  var skipsSpecialTokens = true
  var promptLogprobCount: Int?
  var truncation: Truncation
  var returnsTokenIDs = false
  var writesTokensAsIDs = false

  init(_ fields: RequestFields, _ model: ServedModel) throws(APIError) {
    let options = model.options
    let vocabulary = model.vocabularySize
    truncation = try Truncation(fields, side: "left")
    try readDistribution(fields, model.defaults)
    n = try fields.integer("n", in: 1...options.maxSequenceCount) ?? 1
    if sampling.temperature == 0, n > 1 {
      throw .invalid("n must be 1 when using greedy sampling, got \(n).", "n", value: "\(n)")
    }
    stop = try fields.strings("stop") ?? []
    guard !stop.contains("") else { throw .invalid("stop cannot contain an empty string.", "stop") }
    guard stop.count <= options.maxStopCount else {
      throw .invalid(
        "stop has \(stop.count) strings, more than the maximum of \(options.maxStopCount).",
        "stop"
      )
    }
    let stopIDs = try fields.integers("stop_token_ids") ?? []
    stopTokenIDs = Set(try Self.tokens(stopIDs, "stop_token_ids", vocabulary))
    ignoresEnd = try fields.bool("ignore_eos") ?? false
    includesStopText = try fields.bool("include_stop_str_in_output") ?? false
    skipsSpecialTokens =
      try fields.bool("skip_special_tokens") ?? model.defaults.skipsSpecialTokens ?? true
    try readLogits(fields, model)
    promptLogprobCount = try Self.logprobCount(fields, "prompt_logprobs", model)
    returnsTokenIDs = try fields.bool("return_token_ids") ?? false
    writesTokensAsIDs = try fields.bool("return_tokens_as_token_ids") ?? false
  }

  private mutating func readDistribution(
    _ fields: RequestFields,
    _ defaults: GenerationDefaults
  ) throws(APIError) {
    func number(_ name: String, _ fallback: Double) throws(APIError) -> Double {
      let value = try fields.number(name) ?? defaults.numbers[name] ?? fallback
      guard value.isFinite else {
        throw .invalid("\(name) must be a finite number, got \(value).", name)
      }
      return value
    }
    func require(_ isMet: Bool, _ rule: String, _ name: String, _ value: Double) throws(APIError) {
      guard !isMet else { return }
      let text = Self.text(value)
      throw .invalid("\(name) must be \(rule), got \(text).", name, value: text)
    }
    let temperature = try number("temperature", 1)
    try require(temperature >= 0, "non-negative", "temperature", temperature)
    try require(temperature <= 2, "in [0, 2]", "temperature", temperature)
    let topP = try number("top_p", 1)
    try require(topP > 0 && topP <= 1, "in (0, 1]", "top_p", topP)
    let topK =
      try fields.integer("top_k") ?? defaults.numbers["top_k"].flatMap(Int.init(exactly:)) ?? 0
    try require(topK >= -1, "0 (disable), or at least 1", "top_k", Double(topK))
    let minP = try number("min_p", 0)
    try require((0...1).contains(minP), "in [0, 1]", "min_p", minP)
    let presence = try number("presence_penalty", 0)
    try require((-2...2).contains(presence), "in [-2, 2]", "presence_penalty", presence)
    let frequency = try number("frequency_penalty", 0)
    try require((-2...2).contains(frequency), "in [-2, 2]", "frequency_penalty", frequency)
    let repetition = try number("repetition_penalty", 1)
    try require(repetition > 0, "greater than zero", "repetition_penalty", repetition)

    // Below a hundredth vLLM raises the temperature; below 1e-5 it is greedy.
    let isGreedy = temperature < 1e-5
    sampling = SamplingParameters(
      temperature: isGreedy ? 0 : Float(max(temperature, 0.01)),
      topK: isGreedy ? 0 : max(topK, 0),
      topP: isGreedy ? 1 : Float(topP),
      minP: isGreedy ? 0 : Float(minP)
    )
    sampling.presencePenalty = Float(presence)
    sampling.frequencyPenalty = Float(frequency)
    sampling.repetitionPenalty = Float(repetition)
    if let seed = try fields.integer("seed"), seed != -1 {
      sampling.seed = UInt64(bitPattern: Int64(seed))
    }
  }

  private mutating func readLogits(
    _ fields: RequestFields,
    _ model: ServedModel
  ) throws(APIError) {
    let vocabulary = model.vocabularySize
    if let bias = try fields.object("logit_bias") {
      for (key, value) in bias.object {
        guard let id = Int(key), let number = value.doubleValue, number.isFinite else {
          throw .schema(
            "logit_bias: Input should map token ids to numbers, found '\(APIError.capped(key))'",
            "logit_bias"
          )
        }
        let token = try Self.tokens([id], "logit_bias", vocabulary)[0]
        sampling.logitBias[token] = Float(min(max(number, -100), 100))
      }
    }
    sampling.minTokens = try fields.integer("min_tokens", in: 0...Int.max) ?? 0
    if let allowed = try fields.integers("allowed_token_ids") {
      guard !allowed.isEmpty else {
        throw .invalid("allowed_token_ids is not None and empty!", "allowed_token_ids")
      }
      sampling.allowedTokenIDs = try Self.tokens(allowed, "allowed_token_ids", vocabulary)
    }
    let words = try fields.strings("bad_words") ?? []
    guard !words.contains("") else {
      throw .invalid(
        "bad_words cannot contain an empty string. Got bad_words=\(words)",
        "bad_words"
      )
    }
    guard words.count <= 128 else {
      throw .invalid(
        "bad_words has \(words.count) words, more than the maximum of 128.",
        "bad_words"
      )
    }
    for word in words {
      // A word may begin a text or follow a space; both are other tokens.
      for spelling in [word, " " + word] {
        let tokens: [TokenID]
        do {
          tokens = try model.tokenizer.encode(spelling, addSpecialTokens: false)
        } catch {
          throw .invalid("\(error)", "bad_words")
        }
        if !tokens.isEmpty, !sampling.badWords.contains(tokens) { sampling.badWords.append(tokens) }
      }
    }
    guard sampling.badWords.reduce(0, { $0 + $1.count }) <= 2048 else {
      throw .invalid("bad_words has more tokens than the maximum of 1024.", "bad_words")
    }
  }

  /// The count of log probabilities that field `name` asks for; -1 stands for the vocabulary.
  static func logprobCount(
    _ fields: RequestFields,
    _ name: String,
    _ model: ServedModel
  ) throws(APIError) -> Int? {
    guard let count = try fields.integer(name) else { return nil }
    guard count >= -1 else {
      throw .schema("`\(name)` must be a non-negative value or -1, got \(count).", name)
    }
    let limit = model.options.maxLogprobCount
    let wanted = count == -1 ? model.vocabularySize : count
    let kind = name == "prompt_logprobs" ? "prompt" : "sample"
    guard limit == -1 || wanted <= limit else {
      throw .invalid(
        "Requested \(kind) logprobs of \(wanted), which is greater than max allowed: \(limit)",
        name,
        value: "\(wanted)"
      )
    }
    return wanted
  }

  /// `numbers` as tokens of the vocabulary.
  static func tokens(
    _ numbers: [Int],
    _ name: String,
    _ vocabularySize: Int
  ) throws(APIError) -> [TokenID] {
    var tokens: [TokenID] = []
    tokens.reserveCapacity(numbers.count)
    for number in numbers {
      guard number >= 0, number < vocabularySize, let id = UInt32(exactly: number) else {
        throw .invalid("Token id \(number) is out of vocabulary", name, value: "\(number)")
      }
      tokens.append(TokenID(id))
    }
    return tokens
  }

  /// `2` for `2.0`.
  private static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}
