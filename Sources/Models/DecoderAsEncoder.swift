public import Tensors
public import Tokenization

/// A decoder whose hidden states are wanted, not its tokens: each position sees those before it.
public struct DecoderAsEncoder: TextEncoder {
  private let model: any CausalLM

  /// Uses `model` up to its final norm.
  public init(_ model: any CausalLM) { self.model = model }

  /// Numbers per position.
  public var hiddenSize: Int { model.configuration.hiddenSize }
  /// Number of tokens that have a row.
  public var vocabularySize: Int { model.configuration.vocabularySize }
  /// The most positions that a text may have.
  public var contextLength: Int { model.configuration.contextLength }

  /// Texts, as tokens → hidden states [n, hidden], the rows of one text after those of another.
  public func encode(
    _ texts: [[TokenID]],
    on pool: WorkerPool
  ) throws(KeyValueCacheError) -> HiddenStates {
    let layout = BatchLayout(packing: texts.map(\.count))
    guard layout.rowCount > 0 else {
      return HiddenStates(rows: Matrix(rowCount: 0, columnCount: hiddenSize))
    }
    var cache = try KeyValueCache(
      layerCount: model.configuration.layerCount,
      keyValueHeadCount: model.configuration.keyValueHeadCount,
      headSize: model.configuration.headSize,
      blockCount: layout.blockCount
    )
    return model.forward(model.embed(Array(texts.joined())), layout, &cache, on: pool)
  }
}
