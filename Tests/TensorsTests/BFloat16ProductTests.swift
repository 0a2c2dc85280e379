import CKernels
import TestSupport
import Testing

@testable import Tensors

@Suite struct `Matrix product with bfloat16s` {
  static let pool = WorkerPool(threadCount: 2)

  /// Weights [out, in] whose `in` is a multiple of 32, and x.
  static func sample(_ seed: UInt64, rows: ClosedRange<Int> = 1...50) throws -> ProductCase {
    var random = SeededGenerator(seed)
    let columnCount = 32 * Int.random(in: 1...20, using: &random)
    return ProductCase(
      dtype: .bfloat16,
      x: .random(.random(in: rows, using: &random), columnCount, using: &random),
      weights: try .random(
        .bfloat16,
        .random(in: 1...90, using: &random),
        columnCount,
        using: &random
      )
    )
  }

  /// One product of packed rows by the body that `multiply` calls for rows `first..<end` of W.
  static func product(
    _ sample: ProductCase,
    terms: Int32,
    packing: InstructionSet,
    layout: sl_layout = SL_LAYOUT_TILES,
    _ multiply: (UnsafePointer<sl_product>, Int, Int) -> Void
  ) -> Matrix {
    let (x, w) = (sample.x, sample.weights)
    let byteCount = sl_bfloat16_bytes(x.rowCount, x.columnCount, terms)
    let packed = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    defer { packed.deallocate() }
    sl_pack_bfloat16(
      packing.kernelValue,
      packed,
      x.storage,
      x.rowCount,
      x.columnCount,
      terms,
      layout,
      0,
      x.rowCount
    )
    return Matrix(rowCount: x.rowCount, columnCount: w.rowCount) { y in
      var product = sl_product(
        type: SL_BF16,
        weights: w.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        row_bytes: w.rowByteCount,
        columns: w.columnCount,
        x: packed,
        layout: layout,
        terms: terms,
        n: x.rowCount,
        y: y,
        y_stride: w.rowCount,
        next: nil
      )
      for first in stride(from: 0, to: w.rowCount, by: 48) {
        multiply(&product, first, min(w.rowCount, first + 48))
      }
    }
  }

  /// One term errs by at most 2^-9 of a number, so a sum by a few times that of its terms' norm, where
  /// chance adds errors up; two terms by 2^-17, and what is left is float32's rounding.
  static func tolerance(_ terms: Int32) -> Double { terms == 1 ? 0x1p-7 : 3e-5 }

  @Test(arguments: UInt64(0)..<12, [Int32(1), 2])
  func `of the scalar body equals a loop in double precision`(seed: UInt64, terms: Int32) throws {
    let sample = try Self.sample(seed)
    let y = Self.product(sample, terms: terms, packing: .scalar) { product, first, end in
      sl_product_rows(SL_ISA_SCALAR, product, first, end, nil)
    }
    #expect(sample.largestError(of: y) < Self.tolerance(terms))
  }

  /// Bodies that round sums in another order than the scalar one, by the norm of the terms.
  @Test(arguments: UInt64(100)..<130, [Int32(1), 2])
  func `by tiles and pairs agrees with the scalar body`(seed: UInt64, terms: Int32) throws {
    let sample = try Self.sample(seed)
    let expected = Self.product(sample, terms: terms, packing: .scalar) { product, first, end in
      sl_product_rows(SL_ISA_SCALAR, product, first, end, nil)
    }
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: Int(SL_PRODUCT_SCRATCH_BYTES),
      alignment: 64
    )
    defer { scratch.deallocate() }
    var bodies: [(String, sl_layout, (UnsafePointer<sl_product>, Int, Int) -> Void)] = []
    if InstructionSet.avx512.isSupported {
      bodies.append(("emulated tiles", SL_LAYOUT_TILES, { sl_product_rows_emulated($0, $1, $2) }))
    }
    if sl_has_avx512_bf16() != 0, terms == 1 {
      for layout in [SL_LAYOUT_ROWS, SL_LAYOUT_PARTS] {
        bodies.append(
          ("pairs, \(layout)", layout, { sl_product_rows(SL_ISA_AVX512, $0, $1, $2, scratch) })
        )
      }
    }
    if InstructionSet.amx.isSupported {
      bodies.append(
        ("tiles", SL_LAYOUT_TILES, { sl_product_rows(SL_ISA_AMX, $0, $1, $2, scratch) })
      )
    }
    for (name, layout, body) in bodies {
      let y = Self.product(sample, terms: terms, packing: .avx512, layout: layout, body)
      for (index, (a, b)) in zip(y.storage, expected.storage).enumerated() {
        #expect(abs(a - b) < 2e-4, "\(name), element \(index)")
      }
    }
  }

  @Test func `keeps exactly what a bfloat16 can hold, infinities and NaNs`() throws {
    var random = SeededGenerator(3)
    let weights = try WeightMatrix.random(.bfloat16, 20, 64, using: &random)
    var x = Matrix.random(18, 64, using: &random)
    x[0, 40] = .nan
    x[1, 20] = -.infinity
    x[17, 3] = .infinity
    let sample = ProductCase(dtype: .bfloat16, x: x, weights: weights)
    for packing in InstructionSet.tested {
      for terms in [Int32(1), 2] {
        let y = Self.product(sample, terms: terms, packing: packing) { product, first, end in
          sl_product_rows(SL_ISA_SCALAR, product, first, end, nil)
        }
        #expect(y.row(0).allSatisfy { $0.isNaN })
        #expect(y.row(1).allSatisfy { !$0.isFinite } && y.row(17).allSatisfy { !$0.isFinite })
        #expect((2..<17).allSatisfy { y.row($0).allSatisfy { $0.isFinite } })
      }
    }
  }

  @Test(arguments: InstructionSet.tested, ComputeType.allCases)
  func `of a row does not depend on the rows beside it`(
    _ set: InstructionSet,
    _ computeType: ComputeType
  ) throws {
    var sample = try Self.sample(7, rows: 41...41)
    sample.weights.computeType = computeType
    let weights = [sample.weights]
    let together = sample.x.multiplied(byTransposesOf: weights, on: Self.pool, using: set)[0]
    #expect(
      sample.largestError(of: together) < (computeType.rounds(for: .bfloat16) ? 0x1p-7 : 3e-5)
    )
    for size in [1, 7, 16, 19] {
      var parts = Matrix(rowCount: 0, columnCount: together.columnCount)
      for start in stride(from: 0, to: 41, by: size) {
        let rows = sample.x.rows(start..<min(41, start + size))
        parts.append(rows.multiplied(byTransposesOf: weights, on: Self.pool, using: set)[0])
      }
      #expect(bitDifferences(parts.storage, together.storage).isEmpty, "\(size) at a time")
    }
  }

  /// Rows with more columns than are summed or read at once, at even and odd addresses.
  @Test(
    arguments: InstructionSet.tested,
    [(3072, 0), (3072, 1), (3072, 8), (3072, 44), (18_496, 44)]
  )
  func `of a wide row does not depend on the rows beside it`(
    _ set: InstructionSet,
    row: (columnCount: Int, offset: Int)
  ) throws {
    var random = SeededGenerator(19)
    let x = Matrix.random(21, row.columnCount, using: &random)
    var weights = try WeightMatrix.random(
      .bfloat16,
      37,
      row.columnCount,
      offset: row.offset,
      using: &random
    )
    weights.computeType = .bfloat16
    let together = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
    let product = ProductCase(dtype: .bfloat16, x: x, weights: weights)
    #expect(product.largestError(of: together) < Self.tolerance(1))
    for size in [1, 2, 4, 8, 17] {
      var parts = Matrix(rowCount: 0, columnCount: 37)
      for start in stride(from: 0, to: 21, by: size) {
        let rows = x.rows(start..<min(21, start + size))
        parts.append(rows.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0])
      }
      #expect(bitDifferences(parts.storage, together.storage).isEmpty, "\(size) at a time")
    }
  }

  @Test func `beside a product with integers shares the memory for both`() throws {
    var random = SeededGenerator(5)
    let x = Matrix.random(21, 256, using: &random)
    var weights = try [
      (DType.q4_1, 70), (.bfloat16, 33), (.q6K, 1), (.float32, 9), (.bfloat16, 129),
    ]
    .map { try WeightMatrix.random($0, $1, 256, using: &random) }
    for index in weights.indices { weights[index].computeType = .bfloat16 }
    let together = x.multiplied(byTransposesOf: weights, on: Self.pool)
    #expect(together == weights.map { x.multiplied(byTransposeOf: $0, on: Self.pool) })
  }
}
