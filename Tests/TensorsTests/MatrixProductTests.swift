import Foundation
import TestSupport
import Testing

@testable import Tensors

extension InstructionSet {
  /// Those of this processor; a line tells which are left out.
  static let tested: [InstructionSet] = allCases.filter { set in
    if !set.isSupported { print("skipped: this processor has no '\(set.rawValue)'") }
    return set.isSupported
  }
}

extension Matrix {
  /// Numbers between -2 and 2.
  static func random(_ rowCount: Int, _ columnCount: Int, using random: inout SeededGenerator)
    -> Matrix
  {
    Matrix(
      rowCount: rowCount,
      columnCount: columnCount,
      storage: (0..<rowCount * columnCount).map { _ in Float.random(in: -2...2, using: &random) }
    )
  }
}

extension WeightMatrix {
  /// Random blocks with scales of weights' usual size, beginning at an odd address unless `offset` is even.
  static func random(
    _ dtype: DType,
    _ rowCount: Int,
    _ columnCount: Int,
    offset: Int = 1,
    using random: inout SeededGenerator
  ) throws -> WeightMatrix {
    func halfBytes(_ limit: Float) -> [UInt8] {
      let bits = Float16(Float.random(in: -limit...limit, using: &random)).bitPattern
      return [UInt8(truncatingIfNeeded: bits), UInt8(bits >> 8)]
    }
    var bytes: [UInt8] = []
    for _ in 0..<rowCount * columnCount / dtype.blockElementCount {
      var block = (0..<dtype.blockByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
      let number = Float.random(in: -1...1, using: &random).bitPattern
      switch dtype {
      case .float32: block = (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      case .bfloat16: block = (2..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
      case .float16: block = halfBytes(1)
      case .q2K: block.replaceSubrange(80..<84, with: halfBytes(0.02) + halfBytes(0.02))
      case .q3K: block.replaceSubrange(108..<110, with: halfBytes(0.005))
      case .q4K, .q5K: block.replaceSubrange(0..<4, with: halfBytes(0.005) + halfBytes(0.02))
      case .q6K: block.replaceSubrange(208..<210, with: halfBytes(0.001))
      case .iq4NL, .iq4XS: block.replaceSubrange(0..<2, with: halfBytes(0.001))
      case .q4_1, .q5_1: block.replaceSubrange(0..<4, with: halfBytes(0.1) + halfBytes(1))
      default: block.replaceSubrange(0..<2, with: halfBytes(0.1))
      }
      bytes += block
    }
    return try WeightMatrix(dtype, rowCount, columnCount, unaligned: bytes, offset: offset)
  }
}

/// A shape and dtype that a seed stands for.
struct ProductCase {
  let dtype: DType
  var x: Matrix
  var weights: WeightMatrix

  init(dtype: DType, x: Matrix, weights: WeightMatrix) {
    self.dtype = dtype
    self.x = x
    self.weights = weights
  }

  init(seed: UInt64, _ dtype: DType, rows: ClosedRange<Int> = 1...20) throws {
    var random = SeededGenerator(seed)
    let columnCount =
      dtype.blockElementCount == 1
      ? Int.random(in: 1...300, using: &random)
      : dtype.blockElementCount
        * Int.random(in: 1...(dtype.blockElementCount == 256 ? 2 : 12), using: &random)
    self.dtype = dtype
    x = .random(.random(in: rows, using: &random), columnCount, using: &random)
    weights = try .random(dtype, .random(in: 1...90, using: &random), columnCount, using: &random)
  }

  /// The largest error of `y`, by the norm of the terms of each sum.
  func largestError(of y: Matrix) -> Double {
    let w = weights.dequantizedRows(Array(0..<weights.rowCount))
    var largest = 0.0
    for i in 0..<x.rowCount {
      for r in 0..<w.rowCount {
        var (sum, squares) = (0.0, 0.0)
        for (a, b) in zip(x.row(i), w.row(r)) {
          let term = Double(a) * Double(b)
          sum += term
          squares += term * term
        }
        largest = max(largest, abs(sum - Double(y[i, r])) / max(squares.squareRoot(), 1e-20))
      }
    }
    return largest
  }
}

@Suite struct `Matrix product` {
  static let pool = WorkerPool(threadCount: 2)
  static let types = WeightMatrix.supportedTypes

  /// 16-bit integers are half a unit off at most: 2^-16 of the largest of 32 numbers.
  static func tolerance(_ dtype: DType) -> Double { dtype.isQuantized ? 1.5e-4 : 3e-6 }

  @Test(arguments: StoredRows.all)
  func `equals numpy in float64`(_ rows: StoredRows) throws {
    let dtype = try #require(DType(ggmlName: rows.type))
    let weights = try WeightMatrix(dtype, rows.rows, rows.columns, unaligned: [UInt8](rows.stored))
    let x = Matrix(rowCount: 2, columnCount: rows.columns, storage: rows.x.floats)
    for set in InstructionSet.tested {
      let y = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
      let errors = y.storage.indices.map { index in
        abs(Double(y.storage[index]) - rows.product[index]) / max(rows.norms[index], 1e-20)
      }
      #expect(errors.max() ?? 1 < Self.tolerance(dtype), "\(set)")
    }
  }

  @Test(arguments: types, UInt64(0)..<4)
  func `of the scalar body equals a loop in double precision`(_ dtype: DType, seed: UInt64) throws {
    let product = try ProductCase(seed: seed, dtype, rows: 1...4)
    let y = product.x.multiplied(byTransposesOf: [product.weights], on: Self.pool, using: .scalar)
    #expect(product.largestError(of: y[0]) < Self.tolerance(dtype))
  }

  @Test(arguments: types, UInt64(100)..<106)
  func `is equal bit for bit on all instruction sets`(_ dtype: DType, seed: UInt64) throws {
    var product = try ProductCase(seed: seed, dtype)
    product.weights.computeType = .float32
    let results = InstructionSet.tested.map {
      product.x.multiplied(byTransposesOf: [product.weights], on: Self.pool, using: $0)[0]
    }
    for (set, result) in zip(InstructionSet.tested, results) {
      #expect(bitDifferences(result.storage, results[0].storage).isEmpty, "\(set)")
    }
  }

  @Test(arguments: types, InstructionSet.tested)
  func `of a row does not depend on the rows beside it`(
    _ dtype: DType,
    _ set: InstructionSet
  ) throws {
    let product = try ProductCase(seed: 7, dtype, rows: 27...27)
    let weights = [product.weights]
    let together = product.x.multiplied(byTransposesOf: weights, on: Self.pool, using: set)[0]
    for size in [1, 7, 13] {
      var parts = Matrix(rowCount: 0, columnCount: product.weights.rowCount)
      for start in stride(from: 0, to: 27, by: size) {
        let rows = product.x.rows(start..<min(27, start + size))
        parts.append(rows.multiplied(byTransposesOf: weights, on: Self.pool, using: set)[0])
      }
      #expect(bitDifferences(parts.storage, together.storage).isEmpty, "\(size) at a time")
    }
  }

  /// Rows with more columns than are summed or read at once, at even and odd addresses.
  @Test(
    arguments: [DType.float32, .float16, .bfloat16, .q4_0, .q4_1, .q5_0, .q6K, .q8_0],
    [(3072, 0), (3072, 1), (3072, 8), (3072, 44), (10_240, 44)]
  )
  func `with wide rows is the same however it is computed`(
    _ dtype: DType,
    _ row: (columnCount: Int, offset: Int)
  ) throws {
    var random = SeededGenerator(17)
    // Nor need numbers that are not in blocks fill the last vector.
    let columnCount = row.columnCount + (dtype.isQuantized || row.columnCount == 3072 ? 0 : 5)
    let x = Matrix.random(30, columnCount, using: &random)
    var weights = try WeightMatrix.random(
      dtype,
      37,
      columnCount,
      offset: row.offset,
      using: &random
    )
    weights.computeType = .float32
    let expected = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: .scalar)[0]
    for set in InstructionSet.tested {
      for size in [1, 3, 12, 17, 30] {
        var parts = Matrix(rowCount: 0, columnCount: 37)
        for start in stride(from: 0, to: 30, by: size) {
          let rows = x.rows(start..<min(30, start + size))
          parts.append(rows.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0])
        }
        #expect(
          bitDifferences(parts.storage, expected.storage).isEmpty,
          "\(set), \(size) at a time"
        )
      }
    }
  }

  /// Sums that are -0, for which what fills the last vector must not count.
  @Test(arguments: InstructionSet.tested, [1, 20])
  func `of what is too small for a number keeps its sign`(_ set: InstructionSet, rows: Int) throws {
    let tiny = Float(1e-30)
    let bytes = (0..<12).flatMap { _ in withUnsafeBytes(of: -tiny) { [UInt8]($0) } }
    let weights = try WeightMatrix(.float32, 1, 12, unaligned: bytes)
    let x = Matrix(
      rowCount: rows,
      columnCount: 12,
      storage: .init(repeating: tiny, count: 12 * rows)
    )
    let y = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
    #expect(y.storage.allSatisfy { $0 == 0 && $0.sign == .minus })
  }

  /// So many that they are multiplied in slabs.
  @Test(arguments: [DType.q4_1, .q6K, .bfloat16, .float32], ComputeType.allCases)
  func `of many rows equals that of few at a time`(
    _ dtype: DType,
    _ computeType: ComputeType
  ) throws {
    var random = SeededGenerator(13)
    var weights = try WeightMatrix.random(dtype, 70, 768, using: &random)
    weights.computeType = computeType
    let x = Matrix.random(787, 768, using: &random)
    let together = x.multiplied(byTransposeOf: weights, on: Self.pool)
    var parts = Matrix(rowCount: 0, columnCount: 70)
    for start in stride(from: 0, to: x.rowCount, by: 60) {
      let rows = x.rows(start..<min(x.rowCount, start + 60))
      parts.append(rows.multiplied(byTransposeOf: weights, on: Self.pool))
    }
    #expect(bitDifferences(parts.storage, together.storage).isEmpty)
  }

  @Test(arguments: [DType.q4_1, .bfloat16])
  func `does not depend on the number of threads`(_ dtype: DType) throws {
    var random = SeededGenerator(11)
    let weights = try WeightMatrix.random(dtype, 530, 288, using: &random)
    for rowCount in [1, 5] {
      let x = Matrix.random(rowCount, 288, using: &random)
      let single = x.multiplied(byTransposeOf: weights, on: WorkerPool(threadCount: 1))
      for threadCount in [2, 3, 5] {
        let pool = WorkerPool(threadCount: threadCount)
        for _ in 0..<3 {
          #expect(x.multiplied(byTransposeOf: weights, on: pool) == single)
        }
      }
    }
  }

  @Test func `with several matrices equals the product with each`() throws {
    var random = SeededGenerator(5)
    let x = Matrix.random(3, 256, using: &random)
    let weights = try [
      (DType.q4_1, 70), (.bfloat16, 33), (.q6K, 1), (.float32, 0), (.q8_0, 129),
      (.q4K, 17),
    ]
    .map { try WeightMatrix.random($0, $1, 256, using: &random) }
    let together = x.multiplied(byTransposesOf: weights, on: Self.pool)
    #expect(together == weights.map { x.multiplied(byTransposeOf: $0, on: Self.pool) })
    #expect(together.map(\.columnCount) == [70, 33, 1, 0, 129, 17])
    #expect(x.multiplied(byTransposesOf: [], on: Self.pool).isEmpty)
  }

  @Test func `with no rows, or no columns, is empty or zero`() throws {
    var random = SeededGenerator(6)
    let weights = try WeightMatrix.random(.q8_0, 3, 32, using: &random)
    let none = Matrix(rowCount: 0, columnCount: 32).multiplied(
      byTransposeOf: weights,
      on: Self.pool
    )
    #expect(none.rowCount == 0 && none.columnCount == 3)
    let narrow = try WeightMatrix(.float32, 3, 0, unaligned: [])
    let zeros = Matrix(rowCount: 2, columnCount: 0).multiplied(byTransposeOf: narrow, on: Self.pool)
    #expect(zeros == Matrix(rowCount: 2, columnCount: 3))
  }

  @Test(arguments: types, InstructionSet.tested)
  func `carries a NaN or infinity into each sum that it enters`(
    _ dtype: DType,
    _ set: InstructionSet
  ) throws {
    var random = SeededGenerator(8)
    let weights = try WeightMatrix.random(dtype, 20, 256, using: &random)
    var x = Matrix.random(3, 256, using: &random)
    x[0, 40] = .nan
    x[1, 200] = -.infinity
    let y = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
    #expect(y.row(0).allSatisfy { $0.isNaN })
    #expect(y.row(1).allSatisfy { !$0.isFinite })
    #expect(y.row(2).allSatisfy { $0.isFinite })
  }

  @Test(arguments: InstructionSet.tested)
  func `of numbers of extreme size stays in proportion`(_ set: InstructionSet) throws {
    var random = SeededGenerator(9)
    let weights = try WeightMatrix.random(.q4_0, 20, 64, using: &random)
    let x = Matrix.random(1, 64, using: &random)
    let y = x.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
    for power in [Float(0x1p-80), 0x1p80] {
      let scaled = Matrix(rowCount: 1, columnCount: 64, storage: x.storage.map { $0 * power })
      let result = scaled.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
      for (a, b) in zip(result.storage, y.storage) { #expect(abs(a / power - b) < 1e-4) }
    }
    let tiny = Matrix(rowCount: 1, columnCount: 64, storage: x.storage.map { $0 * 0x1p-140 })
    let zeros = tiny.multiplied(byTransposesOf: [weights], on: Self.pool, using: set)[0]
    #expect(zeros.storage.allSatisfy { $0 == 0 })
  }

  @Test func `stops on mismatched widths`() async {
    await #expect(processExitsWith: .failure) {
      var random = SeededGenerator(1)
      let weights = try WeightMatrix.random(.float32, 2, 3, using: &random)
      _ = Matrix(rowCount: 1, columnCount: 2)
        .multiplied(byTransposeOf: weights, on: WorkerPool(threadCount: 1))
    }
  }
}

@Suite struct `Instruction set` {
  @Test func `is one that the processor has`() {
    #expect(InstructionSet.current.isSupported)
    #expect(InstructionSet.scalar.isSupported)
  }

  @Test(arguments: ["scalar", "avx2", "avx512", "amx", "mmx", ""])
  func `is what the environment names, if the processor has it`(_ name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      setenv("SWIFTLLM_ISA", name, 1)
      let named = InstructionSet(rawValue: name)
      if let named, named.isSupported {
        precondition(InstructionSet.current == named)
        precondition(InstructionSet.unsupportedRequest == nil)
      } else {
        precondition(InstructionSet.current.isSupported)
        precondition(InstructionSet.unsupportedRequest == (name.isEmpty ? nil : name))
      }
    }
  }
}
