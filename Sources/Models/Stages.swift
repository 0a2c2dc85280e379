public import TensorSerialization
public import Tensors
public import Tokenization

/// One row per position, [n, hidden]: looked up from tokens, or supplied by the caller.
public struct Embeddings: Sendable, Equatable {
  private enum Storage: Sendable {
    case matrix(Matrix)
    /// Where they lie in a file; widened as they are used.
    case stored(TensorRows)
  }

  private var storage: Storage

  /// Embeddings of `rows`, [n, hidden].
  public init(rows: Matrix) { storage = .matrix(rows) }

  /// Embeddings of `rows` of a file, [n, hidden], which stay there.
  public init(rows: TensorRows) { storage = .stored(rows) }

  /// All rows, [n, hidden].
  public var rows: Matrix {
    get {
      switch storage {
      case .matrix(let matrix): matrix
      case .stored(let rows): rows.matrix
      }
    }
    set { storage = .matrix(newValue) }
  }

  /// The number of positions.
  public var rowCount: Int {
    switch storage {
    case .matrix(let matrix): matrix.rowCount
    case .stored(let rows): rows.rowCount
    }
  }

  /// Numbers per row.
  public var columnCount: Int {
    switch storage {
    case .matrix(let matrix): matrix.columnCount
    case .stored(let rows): rows.columnCount
    }
  }

  /// Rows `range`, [range.count, hidden].
  public func rows(_ range: Range<Int>) -> Matrix {
    switch storage {
    case .matrix(let matrix): matrix.rows(range)
    case .stored(let rows): rows.rows(range)
    }
  }

  /// Row `index`, [hidden].
  public func row(_ index: Int) -> ArraySlice<Float> {
    switch storage {
    case .matrix(let matrix): matrix.row(index)
    case .stored(let rows): rows.row(index)
    }
  }

  /// Whether both have the same numbers.
  public static func == (first: Embeddings, second: Embeddings) -> Bool {
    first.rows == second.rows
  }
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

  /// How keys and values are best stored: rounding them must matter less than that of weights.
  var cacheType: KeyValueCache.ElementType { get }

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

extension CausalLM {
  /// Not rounded.
  public var cacheType: KeyValueCache.ElementType { .float32 }
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
