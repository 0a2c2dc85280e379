import CKernels
import Glibc

/// Which numbers of a head turn together.
public enum RotationLayout: Sendable {
  /// i and i + d/2, as in Hugging Face checkpoints.
  case halves
  /// 2i and 2i + 1, as in GGUF files of the Llama family.
  case interleaved
}

/// The angles of one step's positions, as cosines and sines.
public struct RotationTable: Sendable {
  /// The number of positions, n.
  public let positionCount: Int
  /// The number of pairs that turn: half of a head, less with partial rotation.
  public let pairCount: Int
  let cosines: [Float]  // [n, pairs]
  let sines: [Float]  // [n, pairs]

  /// Cosines and sines of position · frequency, times `scale`.
  ///
  /// The angle is a float32 product, as in transformers, where it differs visibly from the exact one.
  /// `scale` is the attention factor of YaRN and similar extensions; 1 for plain rotation.
  /// Source: transformers/models/llama/modeling_llama.py, LlamaRotaryEmbedding.forward.
  public init(positions: [Int], inverseFrequencies: [Float], scale: Float = 1) {
    positionCount = positions.count
    pairCount = inverseFrequencies.count
    var cosines: [Float] = []
    var sines: [Float] = []
    cosines.reserveCapacity(positionCount * pairCount)
    sines.reserveCapacity(positionCount * pairCount)
    for position in positions {
      for frequency in inverseFrequencies {
        let angle = frequency * Float(position)
        cosines.append(cosf(angle) * scale)
        sines.append(sinf(angle) * scale)
      }
    }
    self.cosines = cosines
    self.sines = sines
  }
}

extension Matrix {
  /// Rotates the heads of rows [n, heads * headSize] in place, row i by position i of `table`.
  ///
  /// The first 2 * `table.pairCount` numbers of each head turn; the rest stay as they are.
  public mutating func rotate(
    by table: RotationTable,
    headSize: Int,
    layout: RotationLayout,
    on pool: WorkerPool
  ) {
    precondition(
      rowCount == table.positionCount,
      "\(rowCount) rows for \(table.positionCount) positions"
    )
    precondition(
      headSize > 0 && columnCount % headSize == 0 && 2 * table.pairCount <= headSize,
      "\(table.pairCount) pairs in heads of \(headSize) in rows of \(columnCount)"
    )
    let (rowCount, columnCount) = (rowCount, columnCount)
    storage.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      let operations = OperationTable.best.functions
      let rotate =
        switch layout {
        case .halves: operations.rotate_halves
        case .interleaved: operations.rotate_interleaved
        }
      table.cosines.withUnsafeBufferPointer { cosines in
        table.sines.withUnsafeBufferPointer { sines in
          guard let cosines = cosines.baseAddress, let sines = sines.baseAddress else { return }
          pool.forEachPart(ofRows: rowCount, columnCount: columnCount) { rows in
            rotate?(
              x + rows.lowerBound * columnCount,
              cosines + rows.lowerBound * table.pairCount,
              sines + rows.lowerBound * table.pairCount,
              rows.count,
              columnCount / headSize,
              headSize,
              table.pairCount
            )
          }
        }
      }
    }
  }
}
