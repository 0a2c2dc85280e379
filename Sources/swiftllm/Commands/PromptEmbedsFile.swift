import Glibc
import Prompts
import TensorSerialization
import Tensors

/// Rows that somebody computed, in a file or on standard input.
enum PromptEmbedsFile {
  /// The rows of `operand`, [n, hiddenSize]: a path, `PATH#NAME` for one of several tensors, or
  /// `-` or `-#NAME` for standard input. A mapped file's rows stay in it.
  ///
  /// - Parameter contextLength: Positions of the model's context, where the rows are to be followed
  ///   by output; looked at before memory is taken.
  /// - Throws: `PromptError.tooLong`, `TensorFileError` with the file's name, `CommandError` for
  ///   standard input.
  static func rows(
    of operand: String,
    hiddenSize: Int,
    contextLength: Int?
  ) throws -> TensorRows {
    let rowLimit = contextLength.map { $0 - 1 }
    do {
      guard isStandardInput(operand) else {
        return try TensorFile.rows(from: operand, columnCount: hiddenSize, rowLimit: rowLimit)
      }
      let file = try TensorFile.open(descriptor: STDIN_FILENO, name: "-")
      let name = operand == "-" ? nil : String(operand.dropFirst(2))
      return try file.rows(named: name, columnCount: hiddenSize, rowLimit: rowLimit)
    } catch {
      throw promptError(error, contextLength) ?? error
    }
  }

  /// What `error`, that a prompt's rows gave, is to the user; `nil` where it says it well.
  private static func promptError(
    _ error: TensorFileError,
    _ contextLength: Int?
  ) -> (any Error)? {
    switch error {
    case .file(_, let inner):
      guard case .tooManyRows = inner else { return nil }
      return promptError(inner, contextLength)
    case .tooManyRows(let count, let limit):
      return PromptError.tooLong(length: count, contextLength: contextLength ?? limit)
    default: return CommandError("cannot read standard input: \(error)")
    }
  }

  /// Whether `operand` stands for standard input.
  static func isStandardInput(_ operand: String) -> Bool {
    operand == "-" || operand.hasPrefix("-#")
  }

  /// Writes a file that holds `rows` as numbers of `dtype` to `sink`, piece by piece.
  static func write(
    _ rows: Matrix,
    format: EncodeEmbedsOptions.Format,
    dtype: DType,
    to sink: (RawSpan) throws -> Void
  ) throws {
    let tensor = try Tensor(rows, as: dtype)
    switch format {
    case .torch: try TorchOutput(tensor).write(to: sink)
    case .base64:
      var encoder = Base64Encoder()
      try TorchOutput(tensor).write { (piece) throws in try encoder.encode(piece, to: sink) }
      try encoder.finish(to: sink)
      try sink([UInt8(ascii: "\n")].span.bytes)
    case .safetensors: try SafetensorsFile.write([("prompt_embeds", tensor)], to: sink)
    case .npy: try NpyFile.write(tensor, to: sink)
    }
  }
}
