import TensorSerialization
import Tensors

/// Rows that somebody computed, in a file or on standard input.
enum PromptEmbedsFile {
  /// The rows of `operand`, [n, hiddenSize]: a path, `PATH#NAME` for one of several tensors, or `-`.
  ///
  /// - Throws: `TensorFileError` with the file's name, `CommandError` for standard input.
  static func rows(of operand: String, hiddenSize: Int) throws -> Matrix {
    guard operand == "-" else {
      return try TensorFile.rows(from: operand, columnCount: hiddenSize).matrix
    }
    let bytes = try StandardInput.bytes()
    do {
      return try TensorFile(bytes).rows(columnCount: hiddenSize).matrix
    } catch {
      throw CommandError("cannot read standard input: \(error)")
    }
  }

  /// The bytes of a file that holds `rows` as numbers of `dtype`.
  static func bytes(
    of rows: Matrix,
    format: EncodeEmbedsOptions.Format,
    dtype: DType
  ) throws -> [UInt8] {
    let tensor = try Tensor(rows, as: dtype)
    switch format {
    case .torch: return try TorchFile.write(tensor)
    case .base64: return Base64.encode(try TorchFile.write(tensor)) + [UInt8(ascii: "\n")]
    case .safetensors: return try SafetensorsFile.write([("prompt_embeds", tensor)])
    case .npy: return try NpyFile.write(tensor)
    }
  }
}
