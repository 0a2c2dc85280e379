import Models
public import Tensors
public import Tokenization

/// A model that turns texts into vectors: tokenizer, encoder and pooling.
public struct EmbeddingModel: Sendable {
  /// Tokens that are encoded in one batch, unless one text has more.
  private static let tokensPerBatch = 1024

  /// How hidden states become a vector.
  public var pooling: Pooling
  /// The most tokens of a text; the end of a longer one is left out.
  public let lengthLimit: Int
  /// Text to tokens.
  public let tokenizer: Tokenizer
  private let encoder: any TextEncoder
  private let prompt: String
  private let lowercases: Bool

  /// Numbers per vector.
  public var width: Int { encoder.hiddenSize }

  /// Opens the model at `path`: a sentence-transformers or other Hugging Face directory, or a GGUF file.
  ///
  /// Where no file says how to pool: means of an encoder's rows; of a decoder's the last row,
  /// normalized.
  /// - Throws: `ModelError` with the file's name.
  public init(path: String) throws {
    let isDirectory = try HuggingFaceDirectory.isDirectory(path: path)
    let layout = isDirectory ? try SentenceTransformer(path: path) : nil
    let directory = HuggingFaceDirectory(path: layout?.encoderPath ?? path)
    let usual: Pooling
    if isDirectory, EncoderConfiguration.describes(try directory.require("config.json")) {
      encoder = try directory.encoder()
      tokenizer = try directory.tokenizer()
      usual = Pooling(.mean, normalizes: false)
    } else {
      let loaded = try LoadedModel(path: directory.path)
      encoder = DecoderAsEncoder(try loaded.model())
      tokenizer = loaded.tokenizer
      usual = Pooling(.last, normalizes: true)
    }
    pooling = layout?.pooling ?? usual
    (prompt, lowercases) = (layout?.prompt ?? "", layout?.lowercases ?? false)
    lengthLimit = min(layout?.lengthLimit ?? encoder.contextLength, encoder.contextLength)
    guard tokenizer.vocabularySize <= encoder.vocabularySize else {
      throw ModelError(
        "cannot load '\(path)': the tokenizer has \(tokenizer.vocabularySize) tokens, "
          + "the model rows for \(encoder.vocabularySize)"
      )
    }
  }

  /// The tokens of `text` that the encoder reads.
  public func tokens(of text: String) -> [TokenID] {
    let text = lowercases ? text.lowercased() : text
    return tokenizer.encode(prompt + text, addSpecialTokens: true, limit: lengthLimit)
  }

  /// The vectors of `texts`, given as tokens, none of them empty: [texts, width], in their order.
  ///
  /// `progress` hears the number of texts that are done.
  /// - Throws: `KeyValueCacheError` when memory is short; what `progress` throws.
  public func vectors(
    of texts: [[TokenID]],
    on pool: WorkerPool,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> Matrix {
    var result = Matrix(rowCount: 0, columnCount: width)
    result.storage.reserveCapacity(texts.count * width)
    var start = 0
    while start < texts.count {
      var end = start + 1
      var tokenCount = texts[start].count
      while end < texts.count, tokenCount + texts[end].count <= Self.tokensPerBatch {
        tokenCount += texts[end].count
        end += 1
      }
      let batch = Array(texts[start..<end])
      let hidden = try encoder.encode(batch, on: pool)
      result.append(pooling(hidden, lengths: batch.map(\.count)))
      start = end
      try progress(end)
    }
    return result
  }
}
