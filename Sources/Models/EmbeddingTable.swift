public import Tensors
public import Tokenization

/// The rows that stand for tokens, [vocabulary, hidden], read where they lie.
public struct EmbeddingTable: Sendable {
  let weight: WeightMatrix  // [vocabulary, hidden]

  init(_ scope: WeightScope, _ configuration: Configuration) throws {
    weight = try scope.table(
      "weight",
      rowCount: configuration.vocabularySize,
      columnCount: configuration.hiddenSize
    )
  }

  /// Binds the table alone of the weights of `source`.
  ///
  /// - Throws: `ConfigurationError`.
  public init(_ configuration: Configuration, _ source: WeightSource) throws {
    try self.init(source.root["model"]["embed_tokens"], configuration)
  }

  /// How the table's numbers are stored.
  public var dtype: DType { weight.dtype }

  /// tokens [n] → embeddings [n, hidden]; reads only the rows of `tokens`.
  public func embed(_ tokens: some Collection<TokenID>) -> Embeddings {
    Embeddings(rows: weight.dequantizedRows(tokens.map(\.index)))
  }
}
