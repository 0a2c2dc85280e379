import Models
import Prompts
import Tensors
import Tokenization

/// How long a prompt and its output may be.
///
/// Source: vllm/renderers/params.py, vllm/v1/engine/input_processor.py
struct LengthRules: Sendable {
  let maxModelLength: Int

  /// Cuts `prompt` to the positions that `sampling` asks for, then checks its length.
  func fitted(_ prompt: Prompt, _ sampling: SamplingFields) throws(APIError) -> Prompt {
    var prompt = prompt
    if let count = try sampling.truncation.limit(maxModelLength, all: maxModelLength - 1) {
      prompt = prompt.truncated(to: count, keepingEnd: sampling.truncation.keepsEnd)
    }
    try check(prompt.length)
    return prompt
  }

  /// Refuses prompts without a position and those that leave no room for a token.
  func check(_ length: Int) throws(APIError) {
    guard length > 0 else { throw .badRequest("The decoder prompt cannot be empty") }
    try checkFits(length)
    guard length < maxModelLength else {
      throw .badRequest(
        "The decoder prompt (length \(length)) plus the number of requested output tokens "
          + "(at least 1) is longer than the maximum model length of \(maxModelLength). Make sure "
          + "that `max_model_len` is no smaller than the number of text tokens (prompt + requested "
          + "output tokens)."
      )
    }
  }

  /// Refuses prompts that are too long even if nothing is to follow.
  func checkFits(_ length: Int) throws(APIError) {
    guard length <= maxModelLength else { throw excess(length) }
  }

  /// Refuses texts that are surely too long, before any work is put into them.
  func checkFits(_ text: String, _ tokenizer: Tokenizer) throws(APIError) {
    let length = tokenizer.leastTokenCount(of: text)
    guard length <= maxModelLength else { throw excess(length, isLeast: true) }
  }

  /// The error for a prompt of `length` tokens, or at least so many.
  func excess(_ length: Int, isLeast: Bool = false) -> APIError {
    .invalid(
      "This model's maximum context length is \(maxModelLength) tokens. However, your prompt "
        + "contains \(isLeast ? "at least " : "")\(length) input tokens, which exceeds this limit even without any output "
        + "tokens. Please reduce the length of the input prompt.",
      "input_tokens",
      value: "\(length)"
    )
  }

  /// Refuses numbers of output tokens that no prompt leaves room for.
  func check(maxTokens: Int?, minTokens: Int, least: Int = 1) throws(APIError) {
    guard let maxTokens else { return }
    guard maxTokens >= least else {
      throw .invalid(
        "max_tokens must be at least 1, got \(maxTokens).",
        "max_tokens",
        value: "\(maxTokens)"
      )
    }
    guard maxTokens <= maxModelLength else {
      throw .invalid(
        "max_tokens=\(maxTokens) cannot be greater than max_model_len=\(maxModelLength). "
          + "Please request fewer output tokens.",
        "max_tokens",
        value: "\(maxTokens)"
      )
    }
    guard minTokens <= maxTokens else {
      throw .invalid(
        "min_tokens must be less than or equal to max_tokens=\(maxTokens), got \(minTokens).",
        "min_tokens",
        value: "\(minTokens)"
      )
    }
  }
}

extension Prompt {
  /// At most `count` positions, of the end or of the beginning.
  func truncated(to count: Int, keepingEnd: Bool) -> Prompt {
    guard length > count else { return self }
    let range = keepingEnd ? length - count..<length : 0..<count
    var result = Prompt()
    var start = 0
    for segment in segments {
      let overlap = range.clamped(to: start..<start + segment.length)
      if !overlap.isEmpty {
        let local = overlap.lowerBound - start..<overlap.upperBound - start
        switch segment {
        case .tokens(let tokens): result.append(.tokens(Array(tokens[local])))
        case .embeddings(let embeddings):
          result.append(.embeddings(Embeddings(rows: embeddings.rows(local))))
        }
      }
      start += segment.length
    }
    return result
  }
}
