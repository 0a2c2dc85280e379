import Foundation
import TestSupport
import Testing

@testable import Tensors

/// Rows, and the blocks that gguf-py and llama.cpp round them to.
private struct QuantizedRows: Decodable {
  let rows: Int
  let columns: Int
  let numbers: Data
  let blocks: [String: Data]

  /// Written by Tests/Fixtures/make_kernel_fixtures.py.
  static func load() throws -> QuantizedRows {
    let bytes = try Fixtures.bytes("kernels/quantized.json")
    return try JSONDecoder().decode(QuantizedRows.self, from: Data(bytes))
  }
}

@Suite struct `Quantization` {
  static let pool = WorkerPool(threadCount: 2)

  @Test(arguments: WeightMatrix.quantizedTypes)
  func `makes the reference's blocks, bit for bit`(_ dtype: DType) throws {
    let fixture = try QuantizedRows.load()
    let name = try #require(fixture.blocks.keys.first { DType(ggmlName: $0) == dtype })
    let floats = try WeightMatrix(
      .float32,
      fixture.rows,
      fixture.columns,
      unaligned: [UInt8](fixture.numbers)
    )
    let quantized = try #require(floats.quantized(as: dtype, on: Self.pool))
    #expect(quantized.dtype == dtype && quantized.rowCount == fixture.rows)
    let expected = [UInt8](try #require(fixture.blocks[name]))
    let found = [UInt8](quantized.bytes)
    let size = dtype.blockByteCount
    let differing = (0..<expected.count / size).filter {
      found[$0 * size..<($0 + 1) * size] != expected[$0 * size..<($0 + 1) * size]
    }
    #expect(found.count == expected.count && differing.isEmpty, "blocks \(differing)")
  }

  @Test func `has a fixture for each type`() throws {
    let names = try QuantizedRows.load().blocks.keys
    #expect(Set(names.compactMap { DType(ggmlName: $0) }) == Set(WeightMatrix.quantizedTypes))
  }

  @Test(arguments: WeightMatrix.quantizedTypes)
  func `of any float type is close, whatever the number of threads`(_ dtype: DType) throws {
    var random = SeededGenerator(3)
    for source in [DType.float32, .float16, .bfloat16] {
      let floats = try WeightMatrix.random(source, 300, 256, using: &random)
      var told = 0
      let quantized = try #require(floats.quantized(as: dtype, on: Self.pool) { told += $0 })
      #expect(told == 300)
      let single = floats.quantized(as: dtype, on: WorkerPool(threadCount: 1))
      #expect([UInt8](quantized.bytes) == single.map { [UInt8]($0.bytes) })
      let all = Array(0..<300)
      let exact = floats.dequantizedRows(all).storage
      let rounded = quantized.dequantizedRows(all).storage
      let step: Float =
        dtype == .q8_0 ? 1 / 127 : dtype == .q6K ? 1 / 32 : dtype == .q5_0 ? 1 / 16 : 1 / 8
      for (a, b) in zip(exact, rounded) { #expect(abs(a - b) <= 1.5 * step) }
    }
  }

  @Test(arguments: WeightMatrix.quantizedTypes)
  func `makes NaN of blocks with numbers that are not finite`(_ dtype: DType) throws {
    var numbers = [Float](repeating: 0.5, count: 512)
    numbers[3] = .nan
    numbers[300] = .infinity
    let bytes = numbers.withUnsafeBytes { [UInt8]($0) }
    let floats = try WeightMatrix(.float32, 1, 512, unaligned: bytes)
    let quantized = try #require(floats.quantized(as: dtype, on: Self.pool))
    let found = quantized.dequantizedRows([0]).storage
    let block = dtype.blockElementCount
    #expect(found[..<block].allSatisfy { $0.isNaN })
    #expect(found[(300 / block * block)..<(300 / block + 1) * block].allSatisfy { $0.isNaN })
    if block == 32 { #expect(found[64..<96].allSatisfy { abs($0 - 0.5) < 0.01 }) }
  }

  @Test func `is not made of rows that are no whole blocks`() throws {
    var random = SeededGenerator(4)
    let narrow = try WeightMatrix.random(.float32, 4, 96, using: &random)
    #expect(narrow.quantized(as: .q4K, on: Self.pool) == nil)
    let empty = try WeightMatrix(.float32, 0, 256, unaligned: [])
    #expect(empty.quantized(as: .q4K, on: Self.pool)?.rowCount == 0)
  }
}
