import Glibc
import JSON
import Models
import Prompts
import TensorSerialization
import Tensors
import Tokenization

/// Why a model cannot be loaded; names the file.
public struct ModelError: Error, CustomStringConvertible {
  /// One line: what was wrong, what was expected and found.
  public let description: String

  /// An error of the file or folder at `path`; a reason that names a file itself stands alone.
  init(_ path: String, _ reason: some Error) {
    description =
      switch reason as any Error {
      case is FileError, TensorFileError.file: "\(reason)"
      default: "cannot load '\(path)': \(reason)"
      }
  }

  /// An error about the model as a whole.
  init(_ description: String) { self.description = description }
}

/// Where the parts of a model lie: the seam between a Hugging Face directory and a GGUF file.
protocol ModelFiles: Sendable {
  /// The path as the caller named it.
  var path: String { get }
  /// What the decoder is made of.
  func configuration() throws -> Configuration
  /// The weights by checkpoint name.
  func weights() throws -> WeightSource
  /// The tokenizer.
  func tokenizer() throws -> Tokenizer
  /// The model's chat templates.
  func chatTemplates() throws -> ChatTemplateSources
  /// The tokens that end a generation.
  func endTokens(_ tokenizer: Tokenizer) throws -> Set<TokenID>
}
