import Foundation
import TestSupport
import Testing

@testable import Tensors

/// Stored rows and what gguf-py makes of them.
struct StoredRows: Decodable, Sendable, CustomTestStringConvertible {
  let type: String
  let rows: Int
  let columns: Int
  let stored: Data
  let numbers: Data
  let x: Data
  let product: [Double]
  let norms: [Double]

  var testDescription: String { type }

  /// Written by Tests/Fixtures/make_kernel_fixtures.py.
  static let all: [StoredRows] = {
    struct Document: Decodable { let cases: [StoredRows] }
    let bytes = (try? Fixtures.bytes("kernels/weights.json")) ?? []
    return (try? JSONDecoder().decode(Document.self, from: Data(bytes)).cases) ?? []
  }()
}

extension DType {
  /// The dtype with ggml's name, if there is one.
  init?(ggmlName: String) {
    let names = ["F32": DType.float32, "F16": .float16, "BF16": .bfloat16]
    let sameName = DType.allCases.first { $0.rawValue.lowercased() == ggmlName.lowercased() }
    guard let dtype = names[ggmlName] ?? sameName else { return nil }
    self = dtype
  }
}

extension Data {
  var floats: [Float] {
    withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }
}

extension WeightMatrix {
  /// Weights [rowCount, columnCount] over `bytes`, which begin `offset` bytes after the memory that holds
  /// them: at an odd address if that is odd.
  init(
    _ dtype: DType,
    _ rowCount: Int,
    _ columnCount: Int,
    unaligned bytes: [UInt8],
    offset: Int = 1
  ) throws {
    let tensor = try #require(
      Tensor(
        dtype: dtype,
        shape: [rowCount, columnCount],
        storage: SharedBytes([UInt8](repeating: 0, count: offset) + bytes),
        byteOffset: offset
      )
    )
    try self.init(tensor)
  }
}

/// Where two lists of numbers differ in a bit; every NaN equals every other.
func bitDifferences(_ found: [Float], _ expected: [Float]) -> [Int] {
  guard found.count == expected.count else { return [-1] }
  return found.indices.filter { index in
    found[index].bitPattern != expected[index].bitPattern
      && !(found[index].isNaN && expected[index].isNaN)
  }
}

@Suite struct `Dequantization` {
  @Test func `has a fixture for each supported type`() {
    let types = Set(StoredRows.all.compactMap { DType(ggmlName: $0.type) })
    #expect(types == Set(WeightMatrix.supportedTypes))
  }

  @Test(arguments: StoredRows.all)
  func `equals gguf-py bit for bit`(_ rows: StoredRows) throws {
    let dtype = try #require(DType(ggmlName: rows.type))
    let weights = try WeightMatrix(dtype, rows.rows, rows.columns, unaligned: [UInt8](rows.stored))
    let found = weights.dequantizedRows(Array(0..<rows.rows))
    #expect(found.rowCount == rows.rows && found.columnCount == rows.columns)
    #expect(bitDifferences(found.storage, rows.numbers.floats).isEmpty)
  }

  @Test func `takes rows in any order, repeated`() throws {
    let rows = try #require(StoredRows.all.first { $0.type == "Q4_1" })
    let weights = try WeightMatrix(.q4_1, rows.rows, rows.columns, unaligned: [UInt8](rows.stored))
    let found = weights.dequantizedRows([2, 0, 2])
    let expected = rows.numbers.floats
    let row0 = expected[..<rows.columns]
    let row2 = expected[(2 * rows.columns)...]
    #expect(found.storage == Array(row2 + row0 + row2))
    #expect(weights.dequantizedRows([]).rowCount == 0)
  }

  @Test func `widens each half exactly`() throws {
    let halves = (0...UInt16.max).map { $0 }
    let bytes = halves.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let weights = try WeightMatrix(.float16, 1, halves.count, unaligned: bytes)
    let expected = halves.map { Float(Float16(bitPattern: $0)) }
    #expect(bitDifferences(weights.dequantizedRows([0]).storage, expected).isEmpty)
  }

  @Test(.enabled(if: Fixtures.conformance != nil))
  func `equals gguf-py on the conformance vectors`() throws {
    var checkedCount = 0
    for vector in try GoldenVector.all() {
      guard let dtype = DType(ggmlName: vector.type) else { continue }
      let (rowCount, columnCount) = (vector.shape[0], vector.shape[1])
      let stored = [UInt8](vector.data_b64)
      let weights = try WeightMatrix(dtype, rowCount, columnCount, unaligned: stored)
      let found = weights.dequantizedRows(Array(0..<rowCount)).storage
      let differences = bitDifferences(found, vector.dequant_f32le_b64.floats)
      #expect(differences.isEmpty, "\(vector.type), \(vector.kind): \(differences.prefix(3))")
      checkedCount += 1
    }
    #expect(checkedCount >= 13)
  }

  @Test func `refuses other ranks and dtypes by name`() throws {
    let storage = SharedBytes([UInt8](repeating: 0, count: 64))
    let cube = try #require(
      Tensor(dtype: .float32, shape: [2, 2, 2], storage: storage, byteOffset: 0)
    )
    #expect(throws: WeightMatrixError.rank(found: [2, 2, 2])) { try WeightMatrix(cube) }
    let integers = try #require(
      Tensor(dtype: .int64, shape: [2, 2], storage: storage, byteOffset: 0)
    )
    #expect(throws: WeightMatrixError.dtype(found: .int64)) { try WeightMatrix(integers) }
    let message = WeightMatrixError.dtype(found: .int64).description
    #expect(message.contains("'int64'") && message.contains("'q6_K'"))
  }
}

/// One entry of the conformance data's dequant_golden.json.gz.
private struct GoldenVector: Decodable {
  let type: String
  let kind: String
  let shape: [Int]
  let data_b64: Data
  let dequant_f32le_b64: Data

  static func all() throws -> [GoldenVector] {
    struct Document: Decodable { let vectors: [GoldenVector] }
    let file = try #require(Fixtures.conformance).appending(path: "gguf/dequant_golden.json.gz")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try #require(try output.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    return try JSONDecoder().decode(Document.self, from: data).vectors
  }
}
