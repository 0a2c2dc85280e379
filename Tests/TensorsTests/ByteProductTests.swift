import CKernels
import TestSupport
import Testing

@testable import Tensors

@Suite struct `Matrix product with bytes` {
  static let types = WeightMatrix.supportedTypes.filter(\.isQuantized)

  /// The product of `sample`, whose x keeps `terms` bytes of each number, by the bodies of `set`.
  static func product(_ sample: ProductCase, _ set: InstructionSet, terms: Int32 = 1) -> Matrix {
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
    sl_pack(isa, packed, x.storage, x.rowCount, x.columnCount, terms, 0, x.rowCount)
    return Matrix(rowCount: x.rowCount, columnCount: w.rowCount) { y in
      var product = sl_product(
        type: w.kernelType,
        weights: w.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        row_bytes: w.rowByteCount,
        columns: w.columnCount,
        x: packed,
        layout: SL_LAYOUT_ROWS,
        terms: terms,
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

  /// One row of x meets short rows of weights in four places at once, four blocks of each: of any
  /// number of rows, blocks and bytes of a number.
  @Test(arguments: types, Int32(1)...2)
  func `with one row is equal bit for bit on all instruction sets`(
    _ dtype: DType,
    terms: Int32
  ) throws {
    var random = SeededGenerator(UInt64(21 + terms))
    let shapes = [1, 2, 4, 5, 7, 8, 11, 18, 62, 64, 65].flatMap { blocks in
      [1, 3, 16, 17, 37].map { rows in (rows, blocks * dtype.blockElementCount) }
    }
    for (rowCount, columnCount) in shapes where columnCount <= 2560 {
      let sample = ProductCase(
        dtype: dtype,
        x: .random(1, columnCount, using: &random),
        weights: try .random(dtype, rowCount, columnCount, using: &random)
      )
      let expected = Self.product(sample, .scalar, terms: terms)
      for set in InstructionSet.tested {
        let result = Self.product(sample, set, terms: terms)
        #expect(
          bitDifferences(result.storage, expected.storage).isEmpty,
          "\(set), \(rowCount) rows of \(columnCount)"
        )
      }
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
