import CKernels

/// The C functions of one instruction set.
struct OperationTable: @unchecked Sendable {
  // Safe because C never writes its tables.

  let pointer: UnsafePointer<sl_operations>

  /// The table of the instruction set that kernels use.
  static let best = OperationTable(.current)

  /// The same, but attention to bfloat16 numbers may round what meets them to bfloat16 too.
  static let rounding = OperationTable(.current, rounds: true)

  /// The table of `instructions`, which this processor must have.
  init(_ instructions: InstructionSet, rounds: Bool = false) {
    precondition(instructions.isSupported, "this processor has no \(instructions)")
    pointer = sl_operations_select(instructions.kernelValue, rounds ? 1 : 0)
  }

  private init(_ pointer: UnsafePointer<sl_operations>) {
    self.pointer = pointer
  }

  var functions: sl_operations { pointer.pointee }

  /// The widest table, this or a narrower one, whose vectors divide a head of `headSize` numbers.
  func dividing(headSize: Int) -> OperationTable {
    guard headSize % functions.width != 0, let narrower = functions.narrower else { return self }
    return OperationTable(narrower).dividing(headSize: headSize)
  }
}

extension WorkerPool {
  /// Runs `body` over parts of `rows`, each with work on about `minimumCount` numbers or more.
  func forEachPart(ofRows rows: Int, columnCount: Int, _ body: (Range<Int>) -> Void) {
    let minimumCount = 1 << 14
    let parts = min(threadCount, rows, max(1, rows * columnCount / minimumCount))
    run(taskCount: parts) { part in body(rows * part / parts..<rows * (part + 1) / parts) }
  }
}
