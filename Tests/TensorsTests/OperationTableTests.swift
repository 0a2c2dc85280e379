import CKernels
import TestSupport
import Testing

@testable import Tensors

extension OperationTable {
  /// The tables of the instruction sets that this processor has.
  static let all = InstructionSet.allCases.filter(\.isSupported).map { OperationTable($0) }
}

/// Each instruction set against the scalar body, on rows of any length.
@Suite struct `Operation table` {
  private func difference(
    _ seed: UInt64,
    _ columns: Int,
    _ body: (sl_operations, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Float {
    var random = SeededGenerator(seed)
    let x = Matrix.uniform(2, columns, using: &random).storage.map { 8 * $0 }
    let y = Matrix.uniform(2, columns, using: &random).storage
    let results = OperationTable.all.map { table in
      var (x, y) = (x, y)
      body(table.functions, &x, &y)
      return x + y
    }
    return results.dropFirst().map { greatestUlps($0, results[0], atLeast: 1) }.max() ?? 0
  }

  @Test(arguments: UInt64(0)..<24) func `instruction sets agree`(seed: UInt64) {
    var random = SeededGenerator(seed)
    let columns = Int.random(in: 1...70, using: &random)
    let weight = Matrix.uniform(1, columns, using: &random).storage
    #expect(
      difference(seed, columns) { t, x, _ in t.rms_norm(x, x, weight, 2, columns, 1e-5) } <= 2
    )
    #expect(
      difference(seed, columns) { t, x, y in
        t.add_rms_norm(x, y, weight + weight, weight, 2, columns, 1e-5)
      }
        <= 2
    )
    #expect(
      difference(seed, columns) { t, x, y in t.gate(SL_GATE_SILU, x, x, y, 2, columns, columns) }
        <= 4
    )
    #expect(
      difference(seed, columns) { t, x, y in t.gate(SL_GATE_GELU_TANH, x, x, y, 2, columns, columns)
      } <= 4
    )
    #expect(
      difference(seed, columns) { t, x, y in
        t.add_layer_norm(x, y, weight, weight, weight, 2, columns, 1e-5)
      } <= 8
    )
    for kind in [SL_ACTIVATION_GELU, SL_ACTIVATION_GELU_TANH] {
      #expect(
        difference(seed, columns) { t, x, _ in t.activate(kind, x, weight, 2, columns) } <= 4
      )
    }
    #expect(difference(seed, columns) { t, x, y in t.add(x, y, 2 * columns) } == 0)
    #expect(difference(seed, columns) { t, x, _ in t.softmax(x, columns) } <= 2)
    let pairs = columns / 2
    #expect(
      difference(seed, columns) { t, x, _ in
        t.rotate_halves(x, weight, weight, 2, 1, columns, pairs)
      } <= 16
    )
    #expect(
      difference(seed, columns) { t, x, _ in
        t.rotate_interleaved(x, weight, weight, 2, 1, columns, pairs)
      }
        <= 16
    )
  }

  @Test func `a head goes to vectors that divide it`() {
    for table in OperationTable.all {
      for headSize in [1, 8, 10, 64, 72, 128] {
        #expect(headSize % table.dividing(headSize: headSize).functions.width == 0)
      }
      #expect(table.dividing(headSize: 256).functions.isa == table.functions.isa)
    }
  }
}
