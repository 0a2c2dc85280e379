import Engine
import JSON
import Prompts
import Sampling
import Tokenization

/// A checked request for text: the prompts to complete, and how to tell what comes of them.
struct Job: Sendable {
  /// The prompts, rows before texts.
  var prompts: [Prompt]
  /// How tokens are chosen and where the output ends.
  var sampling: SamplingFields
  /// The most tokens of each output; `nil` for what the context holds.
  var maxTokens: Int?
  /// Likeliest tokens told for each generated one; `nil` for none.
  var logprobCount: Int?
  /// Text to put in front of each output, by prompt.
  var echoes: [String]?
  /// The model's name in the answer.
  var modelName: String
  /// The answer's id.
  var id: String
  /// How the answer is sent.
  var streaming: StreamOptions?

  /// What a streamed answer tells beside text.
  struct StreamOptions: Sendable {
    var includesUsage = false
    var includesContinuousUsage = false
  }

  /// Positions of all prompts.
  var promptTokenCount: Int { prompts.reduce(0) { $0 + $1.length } }

  /// Reads `stream` and `stream_options`.
  static func streaming(_ fields: RequestFields) throws(APIError) -> StreamOptions? {
    let isStreaming = try fields.bool("stream") ?? false
    guard let options = try fields.object("stream_options") else {
      return isStreaming ? StreamOptions() : nil
    }
    guard isStreaming else {
      throw .schema(
        "Stream options can only be defined when `stream=True`.",
        "stream_options"
      )
    }
    return StreamOptions(
      includesUsage: try options.bool("include_usage") ?? false,
      includesContinuousUsage: try options.bool("continuous_usage_stats") ?? false
    )
  }

  /// One request to the engine for each output, `n` for each prompt, in the order of choices.
  func engineRequests(maxModelLength: Int) -> [GenerationRequest] {
    var requests: [GenerationRequest] = []
    for prompt in prompts {
      var request = GenerationRequest(prompt: prompt, sampling: sampling.sampling)
      // With echo and no tokens wanted the engine makes one, which is dropped.
      request.maxTokens = min(max(maxTokens ?? .max, 1), maxModelLength - prompt.length)
      request.stop = sampling.stop
      request.stopTokenIDs = sampling.stopTokenIDs
      request.ignoresEnd = sampling.ignoresEnd
      request.includesStopText = sampling.includesStopText
      request.skipsSpecialTokens = sampling.skipsSpecialTokens
      request.logprobCount = logprobCount
      request.promptLogprobCount =
        sampling.promptLogprobCount ?? (echoes == nil ? nil : logprobCount)
      for index in 0..<sampling.n {
        if let seed = sampling.sampling.seed { request.sampling.seed = seed &+ UInt64(index) }
        requests.append(request)
      }
    }
    return requests
  }

  /// A name for an answer: `request_id` if the client chose one.
  static func id(_ prefix: String, _ fields: RequestFields) throws(APIError) -> String {
    if let id = try fields.string("request_id") { return prefix + id }
    return prefix + randomName()
  }

  /// 32 hexadecimal digits.
  static func randomName() -> String {
    var random = SystemRandomNumberGenerator()
    func part() -> String {
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return part() + part()
  }
}
