import Tensors

/// `--kv-cache-dtype`: how keys and values are stored, under the names that vLLM's users know too.
enum CacheType: CaseIterable, RawRepresentable, Sendable {
  case auto, bfloat16, float16, float32, q8_0

  /// Source: vllm/config/cache.py, CacheDType; torch's names of its types.
  init?(rawValue: String) {
    switch rawValue {
    case "auto": self = .auto
    case "bf16", "bfloat16": self = .bfloat16
    case "f16", "fp16", "float16", "half": self = .float16
    case "f32", "fp32", "float32", "float": self = .float32
    case "q8_0": self = .q8_0
    default: return nil
    }
  }

  var rawValue: String { elementType?.rawValue ?? "auto" }

  /// What the engine is told; `nil` leaves it to the weights.
  var elementType: KeyValueCache.ElementType? {
    switch self {
    case .auto: nil
    case .bfloat16: .bfloat16
    case .float16: .float16
    case .float32: .float32
    case .q8_0: .q8_0
    }
  }
}
