import CKernels
import TestSupport
import Testing

@testable import Tensors

@Suite struct `Matrix product with bytes` {
  static let types = WeightMatrix.supportedTypes.filter(\.isQuantized)

  /// The product of `sample`, whose x keeps one byte of each number, by the bodies of `set`.
  static func product(_ sample: ProductCase, _ set: InstructionSet) -> Matrix {
    let (x, w) = (sample.x, sample.weights)
    let packed = UnsafeMutableRawPointer.allocate(
      byteCount: sl_packed_row_bytes(x.columnCount) * x.rowCount,
      alignment: 64
    )
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: Int(SL_PRODUCT_SCRATCH_BYTES),
      alignment: 64
    )
    defer {
      packed.deallocate()
      scratch.deallocate()
    }
    let isa = set.kernelValue
    sl_pack(isa, packed, x.storage, x.rowCount, x.columnCount, 1, 0, x.rowCount)
    return Matrix(rowCount: x.rowCount, columnCount: w.rowCount) { y in
      var product = sl_product(
        type: w.kernelType,
        weights: w.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        row_bytes: w.rowByteCount,
        columns: w.columnCount,
        x: packed,
        layout: SL_LAYOUT_ROWS,
        terms: 1,
        n: x.rowCount,
        y: y,
        y_stride: w.rowCount,
        next: nil
      )
      sl_product_rows(isa, &product, 0, w.rowCount, scratch)
    }
  }

  /// A byte errs by at most 1/254 of the largest of 32 numbers, half of that on average, and chance adds
  /// the errors of a sum up as it does its terms: 0.5 % of their norm, of which four times is allowed.
  @Test(arguments: types, UInt64(0)..<4)
  func `of the scalar body equals a loop in double precision`(_ dtype: DType, seed: UInt64) throws {
    let sample = try ProductCase(seed: seed, dtype, rows: 1...4)
    #expect(sample.largestError(of: Self.product(sample, .scalar)) < 0.02)
  }

  @Test(arguments: types, UInt64(100)..<106)
  func `is equal bit for bit on all instruction sets`(_ dtype: DType, seed: UInt64) throws {
    let sample = try ProductCase(seed: seed, dtype)
    let expected = Self.product(sample, .scalar)
    for set in InstructionSet.tested {
      let result = Self.product(sample, set)
      #expect(bitDifferences(result.storage, expected.storage).isEmpty, "\(set)")
    }
  }

  /// What fits a byte with its scale is not rounded at all.
  @Test(arguments: InstructionSet.tested)
  func `of whole numbers to 127 is exact`(_ set: InstructionSet) throws {
    var random = SeededGenerator(4)
    var sample = try ProductCase(seed: 4, .q8_0, rows: 9...9)
    for row in 0..<sample.x.rowCount {
      for column in 0..<sample.x.columnCount {
        let isLargest = column % 32 == 0
        sample.x[row, column] = isLargest ? 127 : Float(Int.random(in: -127...127, using: &random))
      }
    }
    #expect(sample.largestError(of: Self.product(sample, set)) < 3e-6)
  }

  @Test(arguments: ComputeType.allCases)
  func `is made where it is asked for alone`(_ computeType: ComputeType) throws {
    var sample = try ProductCase(seed: 12, .q4_1, rows: 20...20)
    sample.weights.computeType = computeType
    let y = sample.x.multiplied(byTransposeOf: sample.weights, on: WorkerPool(threadCount: 2))
    let keepsBytes =
      computeType == .int8 && sl_integer_terms(InstructionSet.current.kernelValue, 1) == 1
    #expect((sample.largestError(of: y) > 1.5e-4) == keepsBytes)
  }
}
