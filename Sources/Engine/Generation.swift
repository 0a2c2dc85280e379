import Models
import Prompts
import Sampling
import Tensors
import Tokenization

/// One request being worked on.
///
/// A class because the engine's steps change it where it stands.
final class Generation {
  let id: Int
  let request: GenerationRequest
  /// The most tokens to generate.
  let limit: Int
  /// The prompt's tokens by position; `nil` where a row stands for none.
  let promptTokens: [TokenID?]
  let promptLength: Int
  let arrival: ContinuousClock.Instant
  var scheduled: ContinuousClock.Instant?
  private(set) var firstToken: ContinuousClock.Instant?
  private(set) var latestToken: ContinuousClock.Instant?
  var cachedPromptLength = 0

  private(set) var tokens: [TokenID] = []
  private(set) var promptLogprobs: [TokenLogprobs?] = [nil]
  private var sampler: Sampler
  private var text: GeneratedText
  private let endTokens: Set<TokenID>
  private var keys: BlockKeys?

  /// Takes up `request`, whose prompt is valid.
  ///
  /// - Parameters:
  ///   - limit: the most tokens that fit.
  ///   - promptTokens: by position.
  init(
    id: Int,
    _ request: GenerationRequest,
    limit: Int,
    promptTokens: [TokenID?],
    tokenizer: Tokenizer,
    endTokens: Set<TokenID>,
    arrival: ContinuousClock.Instant
  ) {
    self.id = id
    self.request = request
    self.limit = limit
    self.promptTokens = promptTokens
    self.endTokens = endTokens
    self.arrival = arrival
    promptLength = request.prompt.length
    sampler = Sampler(
      request.sampling,
      promptTokens: promptTokens.lazy.compactMap { $0 },
      endTokens: endTokens.union(request.stopTokenIDs)
    )
    text = GeneratedText(tokenizer: tokenizer, request: request)
  }

  /// Positions of the prompt that were given as rows.
  var rowCount: Int {
    request.prompt.segments.reduce(0) { count, segment in
      if case .embeddings = segment { count + segment.length } else { count }
    }
  }

  /// The keys of the prompt's full blocks; from now on tokens get keys too.
  func makePromptKeys() -> [SHA256.Digest] {
    var keys = BlockKeys(salt: request.cacheSalt)
    var all: [SHA256.Digest] = []
    var position = 0
    for segment in request.prompt.segments {
      for index in 0..<segment.length {
        let key =
          switch (promptTokens[position], segment) {
          case (.some(let token), _): keys.append(token)
          case (nil, .embeddings(let embeddings)): keys.append(embeddings.row(index))
          case (nil, .tokens(let tokens)): keys.append(tokens[index])
          }
        if let key { all.append(key) }
        position += 1
      }
    }
    self.keys = keys
    return all
  }

  /// Adds what is read at `positions` to `input`.
  func append(_ positions: Range<Int>, to input: inout StepInput) {
    var start = 0
    for segment in request.prompt.segments {
      let end = start + segment.length
      let overlap = positions.clamped(to: start..<end)
      if !overlap.isEmpty {
        let local = overlap.lowerBound - start..<overlap.upperBound - start
        switch segment {
        case .tokens(let tokens): input.append(tokens[local])
        case .embeddings(let embeddings): input.append(embeddings, local)
        }
      }
      start = end
      if start >= positions.upperBound { return }
    }
    let generated = positions.clamped(to: promptLength..<promptLength + tokens.count)
    input.append(tokens[generated.lowerBound - promptLength..<generated.upperBound - promptLength])
  }

  /// Chooses the next token by `scores`, [vocabulary], which are changed on the way.
  func sample(_ scores: UnsafeMutableBufferPointer<Float>) -> TokenID { sampler.sample(scores) }

  /// Adds `logprobs` of the prompt's position `position`, unless they were added before.
  func note(_ logprobs: TokenLogprobs?, at position: Int) {
    if promptLogprobs.count == position { promptLogprobs.append(logprobs) }
  }

  /// Adds the generated `token`; returns the text that is certain now, and how it ended, if it did.
  func take(
    _ token: TokenID,
    at now: ContinuousClock.Instant
  ) -> (piece: String, end: (FinishReason, StopReason?)?) {
    tokens.append(token)
    if firstToken == nil { firstToken = now }
    latestToken = now
    let mayStop = tokens.count >= request.sampling.minTokens
    let isEnd = endTokens.contains(token) && !request.ignoresEnd
    let isStop = request.stopTokenIDs.contains(token)
    if mayStop, isEnd || isStop {
      let piece = request.includesStopText ? text.append(token, matchesStop: false) : ""
      return (piece + text.finish(), (.stop, isEnd ? nil : .token(token)))
    }
    // As in vLLM, the text of the least tokens cannot hold a stop text.
    let piece = text.append(token, matchesStop: tokens.count > request.sampling.minTokens)
    if let stop = text.stop { return (piece, (.stop, .text(stop))) }
    guard tokens.count >= limit else { return (piece, nil) }
    let rest = text.finish()
    return (piece + rest, text.stop.map { (.stop, .text($0)) } ?? (.length, nil))
  }

  /// The key of the block that `token`, the latest, fills once it is read, if it does.
  func makeKey(of token: TokenID) -> SHA256.Digest? { keys?.append(token) }

  /// What the generation came to.
  func result(
    _ finishReason: FinishReason,
    _ stopReason: StopReason?,
    at now: ContinuousClock.Instant
  ) -> GenerationResult {
    GenerationResult(
      text: text.output,
      tokens: tokens,
      finishReason: finishReason,
      stopReason: stopReason,
      promptLength: promptLength,
      cachedPromptLength: cachedPromptLength,
      timings: GenerationTimings(
        scheduled: (scheduled ?? now) - arrival,
        firstToken: (firstToken ?? now) - arrival,
        finished: now - arrival
      )
    )
  }
}
