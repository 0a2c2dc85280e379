import TensorSerialization
import Tensors

/// Vectors of texts as `embed` writes them.
enum EmbeddingFile {
  /// The bytes of a file that holds `vectors` [texts, width] in float32.
  static func bytes(of vectors: Matrix, format: EmbedOptions.Format) throws -> [UInt8] {
    switch format {
    case .npy: return try NpyFile.write(try Tensor(vectors, as: .float32))
    case .torch: return try TorchFile.write(try Tensor(vectors, as: .float32))
    case .safetensors:
      return try SafetensorsFile.write([("embeddings", try Tensor(vectors, as: .float32))])
    case .jsonl:
      return lines(of: vectors, separator: ",") { ("{\"index\":\($0),\"embedding\":[", "]}\n") }
    case .text: return lines(of: vectors, separator: " ") { _ in ("", "\n") }
    }
  }

  /// A line for each vector: its numbers, each with as few digits as tell it apart from others.
  private static func lines(
    of vectors: Matrix,
    separator: String,
    around: (Int) -> (before: String, after: String)
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(vectors.storage.count * 13)
    for index in 0..<vectors.rowCount {
      let (before, after) = around(index)
      bytes.append(contentsOf: before.utf8)
      var isFirst = true
      for number in vectors.row(index) {
        if !isFirst { bytes.append(contentsOf: separator.utf8) }
        isFirst = false
        bytes.append(contentsOf: number.description.utf8)
      }
      bytes.append(contentsOf: after.utf8)
    }
    return bytes
  }
}
