public import Tensors
public import Tokenization

/// One row per position, [n, hidden]: looked up from tokens, or supplied by the caller.
public struct Embeddings: Sendable, Equatable {
  /// The rows, [n, hidden].
  public var rows: Matrix

  /// Embeddings of `rows`, [n, hidden].
  public init(rows: Matrix) { self.rows = rows }
}

/// Output of the last layer after the final norm, [n, hidden].
public struct HiddenStates: Sendable, Equatable {
  /// The rows, [n, hidden].
  public var rows: Matrix

  /// Hidden states of `rows`, [n, hidden].
  public init(rows: Matrix) { self.rows = rows }
}

/// Unnormalized scores, [n, vocabulary].
public struct Logits: Sendable, Equatable {
  /// The rows, [n, vocabulary].
  public var rows: Matrix

  /// Logits of `rows`, [n, vocabulary].
  public init(rows: Matrix) { self.rows = rows }
}

/// A decoder-only language model: the three maps between its four spaces.
public protocol CausalLM: Sendable {
  /// What it is made of.
  var configuration: Configuration { get }

  /// tokens [n] → embeddings [n, hidden].
  ///
  /// Every token must be below the vocabulary size.
  func embed(_ tokens: some Collection<TokenID>) -> Embeddings

  /// embeddings [n, hidden] → hidden states [n, hidden]; appends n positions to `cache`.
  func forward(
    _ embeddings: Embeddings,
    _ layout: BatchLayout,
    _ cache: inout KeyValueCache,
    on pool: WorkerPool
  ) -> HiddenStates

  /// hidden states [n, hidden] → logits [n, vocabulary].
  func logits(_ hidden: HiddenStates, on pool: WorkerPool) -> Logits
}

/// A model that turns whole texts into hidden states, several at once.
public protocol TextEncoder: Sendable {
  /// Numbers per position.
  var hiddenSize: Int { get }
  /// Every token must be below it.
  var vocabularySize: Int { get }
  /// The most positions that a text may have.
  var contextLength: Int { get }

  /// Texts, as tokens → hidden states [n, hidden], the rows of one text after those of another.
  ///
  /// No text sees another, and nothing is padded: n is the number of all tokens.
  /// - Throws: `KeyValueCacheError` when memory is short.
  func encode(
    _ texts: [[TokenID]],
    on pool: WorkerPool
  ) throws(KeyValueCacheError) -> HiddenStates
}
