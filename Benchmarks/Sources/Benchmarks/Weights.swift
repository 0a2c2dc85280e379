import TensorSerialization
import Tensors

/// What a model's weights ask of the machine.
struct Weights {
  /// Bytes that each step of decoding reads.
  let byteCount: Int
  /// The type of most of these bytes.
  let dtype: DType
  /// Multiplications that one position takes in the layers, attention itself and the head left out.
  let multiplicationsPerPosition: Double

  /// Adds up the tensors of the model at `path`.
  init(path: String) throws {
    let names: [String]
    let tensor: (String) throws -> Tensor
    if path.hasSuffix(".gguf") {
      let file = try GGUFFile(path: path)
      (names, tensor) = (file.tensorNames, { try file.tensor($0) })
    } else {
      let checkpoint = try Checkpoint(directory: path)
      (names, tensor) = (checkpoint.tensorNames, { try checkpoint.tensor($0) })
    }
    let hasHead = names.contains(where: Self.isHead)
    var counts: [DType: Int] = [:]
    var multiplications = 0
    for name in names {
      let tensor = try tensor(name)
      let isTable = name.contains("embed") || name.contains("token_embd")
      // A table that is the head as well is read whole.
      if !(isTable && hasHead) { counts[tensor.dtype, default: 0] += tensor.byteCount }
      if tensor.shape.count == 2, !isTable, !Self.isHead(name) {
        multiplications += tensor.elementCount
      }
    }
    byteCount = counts.values.reduce(0, +)
    dtype = counts.max { $0.value < $1.value }?.key ?? .float32
    multiplicationsPerPosition = Double(multiplications)
  }

  private static func isHead(_ name: String) -> Bool {
    name == "output.weight" || name == "lm_head.weight"
  }
}
