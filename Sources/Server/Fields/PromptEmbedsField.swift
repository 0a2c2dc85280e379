import JSON
import Models
import TensorSerialization
import Tensors

/// Reads prompt embeddings out of requests, with vLLM's checks and messages in vLLM's order.
///
/// Source: vllm/renderers/embed_utils.py, vllm/utils/sparse_utils.py
struct PromptEmbedsField: Sendable {
  private static let name = "prompt_embeds"

  let isEnabled: Bool
  let hiddenSize: Int
  /// The most bytes of one tensor; 0 for any number.
  let byteLimit: Int
  /// How many rows a prompt may have; `nil` where it is to be cut.
  private let lengths: LengthRules?

  /// - Parameter fields: The request, which may ask for prompts to be cut.
  init(_ model: ServedModel, _ fields: RequestFields? = nil) {
    let isCut = fields?["truncate_prompt_tokens"] != nil
    lengths = isCut ? nil : LengthRules(maxModelLength: model.maxModelLength)
    isEnabled = model.options.enablesPromptEmbeds
    hiddenSize = model.hiddenSize
    byteLimit = model.options.maxEmbedByteCount
  }

  /// Refuses prompt embeddings unless the server was started to read them.
  func requireEnabled() throws(APIError) {
    guard isEnabled else {
      throw .invalid("You must set `--enable-prompt-embeds` to input `prompt_embeds`.", Self.name)
    }
  }

  /// The rows that `text`, base64 of a tensor file, holds, [n, hidden].
  func rows(_ text: String) throws(APIError) -> Embeddings {
    try requireEnabled()
    let bytes: SharedBytes
    do {
      bytes = try Base64.bytes(of: text)
    } catch {
      throw .invalid("`prompt_embeds` is not valid base64: \(error)", Self.name)
    }
    guard bytes.count > 0 else { throw unreadable("Ran out of input") }
    let file: TensorFile
    do {
      file = try TensorFile.open(bytes: bytes, byteLimit: byteLimit == 0 ? .max : byteLimit)
    } catch {
      throw refusal(of: error)
    }
    return try rows(of: file)
  }

  private func rows(of file: TensorFile) throws(APIError) -> Embeddings {
    let isLone = file.format == .torch ? file.tensorNames == [""] : file.tensorNames.count == 1
    guard isLone, let name = file.tensorNames.first else {
      throw .invalid("`prompt_embeds` payload did not deserialize to a torch.Tensor.", Self.name)
    }
    // What the file says of the tensor comes first: no memory is taken for one that is refused.
    let tensor: StoredTensor
    do {
      tensor = try file.stored(name)
    } catch {
      throw refusal(of: error)
    }
    if byteLimit > 0, let byteCount = tensor.byteCount, byteCount > byteLimit {
      throw tooLarge(
        "shape \(Self.tuple(tensor.shape)), which would allocate \(byteCount) bytes "
          + "(\(byteCount >> 20) MiB) once densified",
        byteLimit
      )
    }
    var shape = tensor.shape
    if shape.count > 2, shape[0] == 1 { shape.removeFirst() }
    guard shape.count == 2 else {
      throw .invalid(
        "`prompt_embeds` must be a 2D tensor of shape (num_tokens, hidden_size); "
          + "got shape \(APIError.capped(Self.tuple(shape))).",
        Self.name
      )
    }
    guard shape[1] == hiddenSize else {
      throw .invalid(
        "`prompt_embeds` hidden_size \(shape[1]) does not match the model's hidden_size \(hiddenSize).",
        Self.name
      )
    }
    guard tensor.dtype.isFloatingPoint else {
      throw .invalid(
        "`prompt_embeds` dtype torch.\(tensor.dtype.rawValue) is not a floating-point type, "
          + "cannot safely cast to the model's dtype torch.float32.",
        Self.name
      )
    }
    try lengths?.checkFits(shape[0])
    do {
      return Embeddings(rows: try file.rows(named: name, columnCount: hiddenSize))
    } catch .unsuitable(let fault) {
      throw .invalid("`prompt_embeds`: \(fault)", Self.name)
    } catch {
      throw refusal(of: error)
    }
  }

  /// What is told of bytes that are no tensor, or of one that would not fit.
  private func refusal(of error: TensorFileError) -> APIError {
    if case .tooLarge(_, byteLimit, _) = error {
      return tooLarge("a shape that is too large to allocate once densified", byteLimit)
    }
    return unreadable("\(error)")
  }

  private func unreadable(_ reason: String) -> APIError {
    .invalid(
      "`prompt_embeds` could not be deserialized as a torch tensor: \(APIError.capped(reason))",
      Self.name
    )
  }

  private func tooLarge(_ what: String, _ limit: Int) -> APIError {
    .invalid(
      "`prompt_embeds` declares \(what), exceeding the \(limit) byte limit. "
        + "Set VLLM_MAX_EMBED_DECODE_BYTES to increase this limit.",
      Self.name
    )
  }

  /// A shape as Python writes it.
  private static func tuple(_ shape: [Int]) -> String {
    shape.count == 1 ? "(\(shape[0]),)" : "(\(shape.map(String.init).joined(separator: ", ")))"
  }
}
