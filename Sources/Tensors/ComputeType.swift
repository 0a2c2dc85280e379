/// How exactly products are computed with weights that are bfloat16.
public enum ComputeType: String, Sendable, CaseIterable {
  /// At least 16 bits of each number are kept, so that results stay those of float32: they are
  /// split into two bfloat16s where the processor multiplies tiles of these, else nothing is rounded.
  case automatic = "auto"
  /// Nothing is rounded.
  case float32
  /// Numbers are rounded to bfloat16 before they are multiplied, where the processor is faster so:
  /// what PyTorch does with a model in bfloat16. Sums stay float32.
  case bfloat16
}
