import Models
import Tensors
import Tokenization

/// The rows of one step in the making: neighboring tokens are looked up together.
struct StepInput {
  private let model: any CausalLM
  private var tokens: [TokenID] = []
  private var rows: Matrix?

  init(_ model: any CausalLM) { self.model = model }

  /// Adds the rows of `tokens`.
  mutating func append(_ tokens: ArraySlice<TokenID>) { self.tokens += tokens }

  /// Adds rows `range` of `given`, [any, hidden].
  mutating func append(_ given: Embeddings, _ range: Range<Int>) {
    lookUp()
    append(given.rows(range))
  }

  /// All rows added, [n, hidden].
  mutating func embeddings() -> Embeddings {
    lookUp()
    return Embeddings(
      rows: rows ?? Matrix(rowCount: 0, columnCount: model.configuration.hiddenSize)
    )
  }

  private mutating func lookUp() {
    guard !tokens.isEmpty else { return }
    append(model.embed(tokens).rows)
    tokens.removeAll(keepingCapacity: true)
  }

  private mutating func append(_ more: Matrix) {
    if rows == nil { rows = more } else { rows?.append(more) }
  }
}
