/// How the models with tiktoken files cut texts, which the files do not say.
enum TiktokenPattern {
  case gpt2
  case llama3
  case qwen2
  case gpt4o

  /// The pattern that goes with a file of this name and number of tokens; Llama 3's for all others.
  ///
  /// Sources: https://github.com/openai/tiktoken/blob/main/tiktoken_ext/openai_public.py,
  /// https://huggingface.co/Qwen/Qwen-7B/blob/main/tokenization_qwen.py
  init(fileName: String, tokenCount: Int) {
    if fileName.contains("qwen") {
      self = .qwen2
    } else if ["gpt2", "r50k", "p50k"].contains(where: fileName.contains) {
      self = .gpt2
    } else if tokenCount >= 190_000 {
      self = .gpt4o
    } else {
      self = .llama3
    }
  }

  var preTokenizer: PreTokenizer {
    let pattern: WordPattern =
      switch self {
      case .gpt2: .gpt2
      case .llama3: .llama3
      case .qwen2: .qwen2
      case .gpt4o: .gpt4o
      }
    return .split(.words(pattern), .isolated, inverted: false)
  }
}
