import Models
import Tensors
import TestSupport
import Tokenization

@testable import Engine

/// A model without weights whose logits depend on all that it has read, through the cache.
///
/// Row t of its table is [t, t², …]; its keys and values hold what was read, so that a wrong block, a
/// lost position or a mixed-up slice shows in the tokens.
struct ScriptedModel: CausalLM {
  let configuration: Configuration
  static let vocabularySize = 64
  static let hiddenSize = 8

  init(contextLength: Int = 512) {
    configuration = Configuration(
      architecture: "llama",
      hiddenSize: Self.hiddenSize,
      layerCount: 1,
      headCount: 1,
      keyValueHeadCount: 1,
      headSize: Self.hiddenSize,
      feedForwardSize: 8,
      vocabularySize: Self.vocabularySize,
      contextLength: contextLength,
      normEpsilon: 1e-5,
      tiesEmbeddings: true,
      biases: nil,
      rotary: RotaryConfiguration(
        base: 10_000,
        dimension: Self.hiddenSize,
        layout: .halves,
        scaling: .none
      ),
      slidingWindows: [nil]
    )
  }

  func embed(_ tokens: some Collection<TokenID>) -> Embeddings {
    var numbers: [Float] = []
    for token in tokens {
      var random = SeededGenerator(UInt64(token.rawValue))
      numbers += (0..<Self.hiddenSize).map { _ in Float.random(in: -1...1, using: &random) }
    }
    return Embeddings(
      rows: Matrix(rowCount: tokens.count, columnCount: Self.hiddenSize, storage: numbers)
    )
  }

  func forward(
    _ embeddings: Embeddings,
    _ layout: BatchLayout,
    _ cache: inout KeyValueCache,
    on pool: WorkerPool
  ) -> HiddenStates {
    let x = embeddings.rows
    cache.append(keys: x, values: x, layer: 0, slots: layout.slots)
    return HiddenStates(
      rows: cache.attend(queries: x, layer: 0, layout: layout, scale: 3, on: pool)
    )
  }

  func logits(_ hidden: HiddenStates, on pool: WorkerPool) -> Logits {
    let table = embed((0..<Self.vocabularySize).map { TokenID(UInt32($0)) }).rows
    var logits = Matrix(rowCount: hidden.rows.rowCount, columnCount: Self.vocabularySize)
    for row in 0..<hidden.rows.rowCount {
      let h = Array(hidden.rows.row(row))
      for token in 0..<Self.vocabularySize {
        // A hash of the hidden state beside it makes greedy runs wander.
        let dot = zip(h, table.row(token)).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        logits[row, token] = (dot * 1000).truncatingRemainder(dividingBy: 7)
      }
    }
    return Logits(rows: logits)
  }
}
