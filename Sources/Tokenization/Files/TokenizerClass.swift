import JSON

/// What a tokenizer class of transformers makes of vocabulary files that say nothing but the tokens.
///
/// Source: https://github.com/huggingface/transformers/tree/main/src/transformers/models
enum TokenizerClass {
  case bert
  case gpt2
  case qwen2
  case roberta

  /// The class that tokenizer_config.json names, else that of the model's type.
  init(configuration: JSON?, modelType: String?, isWordPiece: Bool) {
    let name = configuration?["tokenizer_class"]?.stringValue ?? modelType ?? ""
    if isWordPiece {
      self = .bert
    } else if ["Qwen2Tokenizer", "Qwen2TokenizerFast"].contains(name) || name.hasPrefix("qwen") {
      self = .qwen2
    } else if Self.robertaNames.contains(where: name.lowercased().hasPrefix) {
      self = .roberta
    } else {
      self = .gpt2
    }
  }

  private static let robertaNames = [
    "roberta", "bart", "longformer", "led", "mvp", "xlm-roberta-xl",
  ]

  /// The special tokens that the class has where nothing else is said.
  var defaultTokens: [(key: String, text: String)] {
    switch self {
    case .bert:
      [
        ("unk_token", "[UNK]"), ("sep_token", "[SEP]"), ("pad_token", "[PAD]"),
        ("cls_token", "[CLS]"), ("mask_token", "[MASK]"),
      ]
    case .gpt2:
      [
        ("bos_token", "<|endoftext|>"), ("eos_token", "<|endoftext|>"),
        ("unk_token", "<|endoftext|>"),
      ]
    case .qwen2:
      [
        ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"),
        ("pad_token", "<|endoftext|>"),
      ]
    case .roberta:
      [
        ("bos_token", "<s>"), ("eos_token", "</s>"), ("unk_token", "<unk>"), ("sep_token", "</s>"),
        ("pad_token", "<pad>"), ("cls_token", "<s>"), ("mask_token", "<mask>"),
      ]
    }
  }

  /// tokenizer_config.json with the tokens of the class where it names none.
  func completing(_ configuration: JSON?) -> JSON {
    var members = configuration?.objectValue ?? JSONObject()
    for (key, text) in defaultTokens where members[key] == nil { members[key] = .string(text) }
    return .object(members)
  }

  /// The members of tokenizer.json that the class stands for.
  ///
  /// - Parameter configuration: tokenizer_config.json, completed.
  func parts(_ configuration: JSON) -> JSONObject {
    let addsSpace = configuration["add_prefix_space"]?.boolValue ?? false
    let byteLevel: JSON = [
      "type": "ByteLevel", "add_prefix_space": .bool(addsSpace), "use_regex": true,
    ]
    var parts = JSONObject()
    parts["decoder"] = ["type": "ByteLevel"]
    parts["pre_tokenizer"] = byteLevel
    parts["added_tokens"] = .array(addedTokens(configuration))
    switch self {
    case .gpt2, .roberta: break
    case .qwen2:
      parts["normalizer"] = ["type": "NFC"]
      parts["pre_tokenizer"] = [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "behavior": "Isolated",
            "pattern": [
              "Regex": .string(
                #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
                  + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
              )
            ],
          ],
          ["type": "ByteLevel", "add_prefix_space": .bool(addsSpace), "use_regex": false],
        ],
      ]
    case .bert:
      parts["normalizer"] = [
        "type": "BertNormalizer", "clean_text": true,
        "handle_chinese_chars": .bool(configuration["tokenize_chinese_chars"]?.boolValue ?? true),
        "strip_accents": configuration["strip_accents"] ?? .null,
        "lowercase": .bool(configuration["do_lower_case"]?.boolValue ?? true),
      ]
      parts["pre_tokenizer"] = ["type": "BertPreTokenizer"]
      parts["decoder"] = ["type": "WordPiece", "prefix": "##", "cleanup": true]
    }
    return parts
  }

  /// The special tokens, of which the class puts two around a text, by their names.
  private func addedTokens(_ configuration: JSON) -> [JSON] {
    let keys = ["bos", "eos", "unk", "sep", "pad", "cls", "mask"].map { $0 + "_token" }
    return keys.compactMap { key in
      guard let value = configuration[key] else { return nil }
      guard let text = value.stringValue else { return value["content"] == nil ? nil : value }
      return ["content": .string(text), "special": true]
    }
  }

  /// What stands before and after a text.
  var around: (before: String, after: String)? {
    switch self {
    case .bert, .roberta: ("cls_token", "sep_token")
    case .gpt2, .qwen2: nil
    }
  }
}
