import JSON
import Tensors
import Testing

@testable import Models

@Suite struct `Model configuration` {
  static let llama: JSON = [
    "model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "intermediate_size": 96, "vocab_size": 100,
    "max_position_embeddings": 512, "rms_norm_eps": 1e-5,
  ]

  private func llama(_ changes: KeyValuePairs<String, JSON>) -> JSON {
    var object = Self.llama.objectValue ?? JSONObject()
    for (key, value) in changes { object[key] = value }
    return .object(object)
  }

  @Test func `takes transformers' defaults for what is not said`() throws {
    let c = try Configuration(huggingFace: Self.llama)
    #expect(c.headSize == 16)
    #expect(c.rotary.base == 10_000)
    #expect(c.rotary.scaling == .none)
    #expect(c.rotary.layout == .halves)
    #expect(!c.tiesEmbeddings)
    #expect(c.slidingWindows == [nil, nil])
    #expect(c.biases == .init(queryKeyValue: false, attentionOutput: false, mlp: false))
  }

  @Test func `reads both spellings of rotary settings`() throws {
    let scaling: JSON = [
      "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 128, "rope_type": "llama3", "rope_theta": 500000.0,
    ]
    let new = try Configuration(huggingFace: llama(["rope_parameters": scaling]))
    let old = try Configuration(
      huggingFace: llama(["rope_scaling": scaling, "rope_theta": 500_000])
    )
    #expect(new.rotary == old.rotary)
    #expect(
      new.rotary.scaling
        == .llama3(factor: 8, lowFactor: 1, highFactor: 4, originalContextLength: 128)
    )
    #expect(new.rotary.base == 500_000)
    let outside = try Configuration(
      huggingFace: llama(["rope_parameters": scaling, "original_max_position_embeddings": 64])
    )
    #expect(
      outside.rotary.scaling
        == .llama3(factor: 8, lowFactor: 1, highFactor: 4, originalContextLength: 64)
    )
    let oldest = try Configuration(
      huggingFace: llama(["rope_scaling": ["type": "linear", "factor": 2]])
    )
    #expect(oldest.rotary.scaling == .linear(factor: 2))
    let both = try Configuration(
      huggingFace: llama([
        "rope_scaling": ["type": "linear", "factor": 2], "rope_theta": 500_000,
        "rope_parameters": ["rope_type": "default", "rope_theta": 77],
      ])
    )
    #expect(both.rotary.scaling == .linear(factor: 2))
    #expect(both.rotary.base == 500_000)
    let empty = try Configuration(
      huggingFace: llama(["rope_scaling": [:], "rope_parameters": ["rope_theta": 77]])
    )
    #expect(empty.rotary.base == 77)
  }

  @Test func `places sliding windows as each family does`() throws {
    func windows(_ changes: KeyValuePairs<String, JSON>) throws -> [Int?] {
      try Configuration(huggingFace: llama(changes)).slidingWindows
    }
    #expect(try windows(["sliding_window": 8]) == [nil, nil])
    #expect(try windows(["model_type": "mistral", "sliding_window": 8]) == [8, 8])
    #expect(try windows(["model_type": "mistral", "sliding_window": nil]) == [nil, nil])
    #expect(try windows(["model_type": "qwen2", "sliding_window": 8]) == [nil, nil])
    #expect(
      try windows([
        "model_type": "qwen2", "sliding_window": 8, "use_sliding_window": true,
        "max_window_layers": 1,
      ]) == [nil, 8]
    )
    #expect(
      try windows([
        "model_type": "qwen3", "sliding_window": 8, "use_sliding_window": true,
        "layer_types": ["sliding_attention", "full_attention"],
      ]) == [8, nil]
    )
  }

  @Test func `takes transformers' sliding windows where the file says none`() throws {
    func windows(_ changes: KeyValuePairs<String, JSON>) throws -> [Int?] {
      try Configuration(huggingFace: llama(changes)).slidingWindows
    }
    #expect(try windows(["model_type": "mistral"]) == [4096, 4096])
    #expect(
      try windows(["model_type": "qwen2", "use_sliding_window": true, "num_hidden_layers": 30])
        == [Int?](repeating: nil, count: 28) + [4096, 4096]
    )
    #expect(
      try windows(["model_type": "qwen2", "use_sliding_window": true, "sliding_window": nil])
        == [nil, nil]
    )
    #expect(
      try windows(["model_type": "mistral", "sliding_window": 8, "use_sliding_window": false])
        == [8, 8]
    )
  }

  static let faults: [(KeyValuePairs<String, JSON>, String)] = [
    (
      ["model_type": "gpt9"],
      "model architecture 'gpt9' is not supported, expected one of llama, mistral, qwen2, qwen3"
    ),
    (["hidden_size": nil], "model configuration has no 'hidden_size'"),
    (
      ["hidden_size": "64"],
      "model configuration 'hidden_size' is a string, expected a whole number"
    ),
    (["hidden_size": -64], "model configuration 'hidden size' is -64, expected 1 to 1073741824"),
    (
      ["num_attention_heads": 0],
      "model configuration 'num_attention_heads' is 0, expected 1 or more"
    ),
    (
      ["num_hidden_layers": 1_000_000],
      "model configuration 'num_hidden_layers' is 1000000, expected 1 to 65536"
    ),
    (
      ["num_key_value_heads": 3],
      "model configuration 'key/value head count' is 3, expected a divisor of the head count 4"
    ),
    (["head_dim": 15], "model configuration 'head size' is 15, expected an even number"),
    (["hidden_act": "gelu"], "model configuration 'hidden_act' is 'gelu', expected 'silu'"),
    (
      ["rope_scaling": ["type": "yarn"]],
      "model configuration 'rope_type' is 'yarn', expected 'default', 'linear' or 'llama3'"
    ),
    (
      ["head_dim": .integer(.max)],
      "model configuration 'head size' is 9223372036854775807, expected 1 to 1073741824"
    ),
    (
      ["rope_scaling": ["type": "linear", "factor": 0]],
      "model configuration 'rotary scaling' is 0.0, expected positive numbers"
    ),
    (["rope_theta": 0], "model configuration 'rotary base' is 0.0, expected a positive number"),
    (
      ["vocab_size": 4e18],
      "model configuration 'vocabulary size' is 4000000000000000000, expected 1 to 1073741824"
    ),
  ]

  @Test(arguments: faults.indices)
  func `names what it cannot use`(_ index: Int) {
    let (changes, message) = Self.faults[index]
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(huggingFace: llama(changes))
    }
    #expect(error?.description == message)
  }
}
