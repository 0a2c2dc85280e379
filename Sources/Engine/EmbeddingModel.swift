import Models
public import Tensors
public import Tokenization

/// A model that turns texts into vectors: tokenizer, encoder and pooling.
public struct EmbeddingModel: Sendable {
  /// Tokens that are encoded in one batch, unless one text has more.
  static let tokensPerBatch = 1024

  /// How hidden states become a vector.
  public var pooling: Pooling
  /// The most tokens of a text; the end of a longer one is left out.
  public let lengthLimit: Int
  /// Text to tokens.
  public let tokenizer: Tokenizer
  /// The lengths to which vectors may be cut; empty for any, `nil` where the model is not made for it.
  ///
  /// Source: vllm/config/model.py, is_matryoshka
  public let matryoshkaSizes: [Int]?
  private let encoder: any TextEncoder
  private let prompt: String
  private let lowercases: Bool

  /// Numbers per vector.
  public var width: Int { encoder.hiddenSize }
  /// Every token must be below it.
  public var vocabularySize: Int { encoder.vocabularySize }

  /// Opens the model at `path`: a sentence-transformers or other Hugging Face directory, or a GGUF file.
  ///
  /// Where no file says how to pool: means of an encoder's rows; of a decoder's the last row,
  /// normalized.
  /// - Throws: `ModelError` with the file's name.
  public init(path: String, _ loading: LoadingOptions = LoadingOptions()) throws {
    let layout = try Self.layout(path)
    let directory = HuggingFaceDirectory(path: layout?.encoderPath ?? path)
    if try Self.isEncoder(path: path) {
      try self.init(
        path,
        layout,
        try directory.encoder(loading),
        try directory.tokenizer(),
        Pooling(.mean, normalizes: false)
      )
    } else {
      let loaded = try LoadedModel(path: directory.path, loading)
      try self.init(loaded, try loaded.model())
    }
  }

  /// The decoder `loaded`, whose weights are bound in `model`.
  init(_ loaded: LoadedModel, _ model: any CausalLM) throws {
    try self.init(
      loaded.path,
      try Self.layout(loaded.path),
      DecoderAsEncoder(model),
      loaded.tokenizer,
      Pooling(.last, normalizes: true)
    )
  }

  private init(
    _ path: String,
    _ layout: SentenceTransformer?,
    _ encoder: any TextEncoder,
    _ tokenizer: Tokenizer,
    _ usual: Pooling
  ) throws {
    self.encoder = encoder
    self.tokenizer = tokenizer
    pooling = layout?.pooling ?? usual
    (prompt, lowercases) = (layout?.prompt ?? "", layout?.lowercases ?? false)
    lengthLimit = min(layout?.lengthLimit ?? encoder.contextLength, encoder.contextLength)
    matryoshkaSizes = try layout?.matryoshkaSizes()
    guard tokenizer.vocabularySize <= encoder.vocabularySize else {
      throw ModelError(
        "cannot load '\(path)': the tokenizer has \(tokenizer.vocabularySize) tokens, "
          + "the model rows for \(encoder.vocabularySize)"
      )
    }
    if let highest = tokenizer.highestTemplateID, highest.index >= encoder.vocabularySize {
      throw ModelError(
        "cannot load '\(path)': the tokenizer adds the token \(highest.rawValue), "
          + "the model has rows for \(encoder.vocabularySize)"
      )
    }
  }

  /// Whether the model at `path` is an encoder, which generates nothing.
  ///
  /// - Throws: `ModelError` with the file's name.
  public static func isEncoder(path: String) throws -> Bool {
    guard let layout = try layout(path) else { return false }
    let directory = HuggingFaceDirectory(path: layout.encoderPath)
    return EncoderConfiguration.describes(try directory.require("config.json"))
  }

  /// What the directory `path` says of vectors; `nil` for a file.
  private static func layout(_ path: String) throws -> SentenceTransformer? {
    try HuggingFaceDirectory.isDirectory(path: path) ? try SentenceTransformer(path: path) : nil
  }

  /// The tokens of `text` that the encoder reads.
  public func tokens(of text: String) throws(TokenizerError) -> [TokenID] {
    try tokens(of: text, limit: lengthLimit)
  }

  /// The tokens of `text`, at most `limit`: the first ones, or the last with `keepsEnd`.
  public func tokens(
    of text: String,
    addSpecialTokens: Bool = true,
    limit: Int?,
    keepsEnd: Bool = false
  ) throws(TokenizerError) -> [TokenID] {
    let text = prompt + (lowercases ? text.lowercased() : text)
    return try tokenizer.encode(
      text,
      addSpecialTokens: addSpecialTokens,
      limit: limit,
      keepsEnd: keepsEnd
    )
  }

  /// The vectors of `texts`, given as tokens, none of them empty: [texts, width], in their order.
  ///
  /// `pooling` makes them in place of the model's own; it may keep fewer numbers.
  /// `progress` hears the number of texts that are done.
  /// - Throws: `KeyValueCacheError` when memory is short; what `progress` throws.
  public func vectors(
    of texts: [[TokenID]],
    pooling: Pooling? = nil,
    on pool: WorkerPool,
    progress: (Int) throws -> Void = { _ in }
  ) throws -> Matrix {
    let pooling = pooling ?? self.pooling
    let keptCount = min(pooling.componentCount ?? width, width)
    var result = Matrix(rowCount: 0, columnCount: keptCount)
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
