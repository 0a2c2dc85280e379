/// How exactly products are computed.
public enum ComputeType: RawRepresentable, Sendable, CaseIterable {
  /// At least 16 bits of each number are kept, so that results stay those of float32: with bfloat16
  /// weights they are split into two bfloat16s where the processor multiplies tiles of these, with
  /// quantized ones they are 16-bit integers with a scale for each 32; else nothing is rounded.
  case automatic
  /// As `automatic`, but numbers that bfloat16 weights are multiplied with stay float32.
  case float32
  /// Numbers that bfloat16 weights are multiplied with are rounded to bfloat16, where the processor is
  /// faster so: what PyTorch does with a model in bfloat16. So is what attention reads of a cache of
  /// such numbers. Sums stay float32.
  case bfloat16
  /// As `bfloat16`, and numbers that quantized weights are multiplied with are rounded to 8-bit
  /// integers with a scale for each 32, where the processor is faster so: what llama.cpp does.
  case int8

  /// The type of a name, vLLM's names among them; float16 would round less than `bfloat16` and is no
  /// faster than `automatic`, which stands for it.
  public init?(rawValue: String) {
    switch rawValue {
    case "auto", "float16", "half": self = .automatic
    case "float32", "float": self = .float32
    case "bfloat16": self = .bfloat16
    case "int8": self = .int8
    default: return nil
    }
  }

  /// Its usual name.
  public var rawValue: String {
    switch self {
    case .automatic: "auto"
    case .float32: "float32"
    case .bfloat16: "bfloat16"
    case .int8: "int8"
    }
  }

  /// Whether numbers may be rounded to bfloat16 before they meet others of that type.
  public var roundsToBFloat16: Bool { self == .bfloat16 || self == .int8 }

  /// Whether numbers may lose all but 8 bits before they meet weights of `dtype`.
  func rounds(for dtype: DType) -> Bool {
    dtype.isQuantized ? self == .int8 : roundsToBFloat16
  }
}
