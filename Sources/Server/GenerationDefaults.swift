import Glibc
import JSON
import Tensors

/// What a model's generation_config.json says about sampling, unless a request says otherwise.
///
/// Source: vllm/config/model.py, get_diff_sampling_param
struct GenerationDefaults: Sendable {
  /// Values by the names of request fields.
  var numbers: [String: Double] = [:]
  /// Whether text leaves out special tokens.
  var skipsSpecialTokens: Bool?

  private static let names = [
    "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "presence_penalty",
    "frequency_penalty",
  ]

  /// No defaults.
  init() {}

  /// The defaults in the folder at `path`; none where it has no such file.
  init(folder path: String) {
    let file = "\(path)/generation_config.json"
    guard unsafe access(file, R_OK) == 0, let bytes = try? SharedBytes.mapping(path: file),
      let json = try? JSON(parsing: String(decoding: bytes.array, as: UTF8.self))
    else { return }
    for name in Self.names {
      if let value = json[name]?.doubleValue { numbers[name] = value }
    }
    skipsSpecialTokens = json["skip_special_tokens"]?.boolValue
  }
}
