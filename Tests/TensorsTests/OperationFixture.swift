import Foundation
import Tensors
import TestSupport
import Testing

/// A case of Tests/Fixtures/operations: inputs, and what torch made of them.
struct OperationFixture: Decodable, Sendable, CustomTestStringConvertible {
  struct Place: Decodable, Sendable {
    let shape: [Int]
    let offset: Int
  }
  struct Numbers: Decodable, Sendable {
    var epsilon: Float = 0
    var scale: Float = 1
    var headSize = 0
    var keyValueHeadCount = 0
    var slidingWindow = 0
    var positions: [Int] = []
    var torchError: Float = 0
    var layout = ""
    var activation = ""

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      epsilon = try values.decodeIfPresent(Float.self, forKey: .epsilon) ?? 0
      scale = try values.decodeIfPresent(Float.self, forKey: .scale) ?? 1
      headSize = try values.decodeIfPresent(Int.self, forKey: .headSize) ?? 0
      keyValueHeadCount = try values.decodeIfPresent(Int.self, forKey: .keyValueHeadCount) ?? 0
      slidingWindow = try values.decodeIfPresent(Int.self, forKey: .slidingWindow) ?? 0
      positions = try values.decodeIfPresent([Int].self, forKey: .positions) ?? []
      torchError = try values.decodeIfPresent(Float.self, forKey: .torchError) ?? 0
      layout = try values.decodeIfPresent(String.self, forKey: .layout) ?? ""
      activation = try values.decodeIfPresent(String.self, forKey: .activation) ?? ""
    }

    enum Key: String, CodingKey {
      case epsilon, scale, headSize, keyValueHeadCount, slidingWindow, positions, layout, activation
      case torchError
    }
  }

  let operation: String
  let numbers: Numbers
  let tensors: [String: Place]

  var testDescription: String {
    "\(operation) \(tensors["x"]?.shape ?? tensors["q"]?.shape ?? []) \(numbers)"
  }

  static func all(_ operation: String) -> [OperationFixture] {
    let cases = try? JSONDecoder().decode(
      [OperationFixture].self,
      from: Data(Fixtures.bytes("operations/operations.json"))
    )
    return cases?.filter { $0.operation == operation } ?? []
  }

  private static let data: [UInt8] = (try? Fixtures.bytes("operations/operations.f32")) ?? []

  func vector(_ name: String) -> [Float] {
    guard let place = tensors[name] else { return [] }
    return (0..<place.shape.reduce(1, *)).map { index in
      let start = 4 * (place.offset + index)
      return Float(
        bitPattern: (0..<4).reduce(0) { $0 | UInt32(Self.data[start + $1]) << (8 * $1) }
      )
    }
  }

  func matrix(_ name: String) -> Matrix {
    let shape = tensors[name]?.shape ?? [0, 0]
    return Matrix(rowCount: shape[0], columnCount: shape[1], storage: vector(name))
  }
}

/// The greatest difference in units of the last place of the expected number; infinite if NaN or
/// infinity stand where they should not, or do not where they should.
func greatestUlps(_ actual: [Float], _ expected: [Float], atLeast floor: Float = 0) -> Float {
  guard actual.count == expected.count else { return .infinity }
  var greatest: Float = 0
  for (a, b) in zip(actual, expected) where !(a == b || a.isNaN && b.isNaN) {
    guard a.isFinite, b.isFinite else { return .infinity }
    greatest = max(greatest, abs(a - b) / max(b.magnitude, floor).ulp)
  }
  return greatest
}

extension Matrix {
  /// Numbers evenly in -1...1.
  static func uniform(_ rows: Int, _ columns: Int, using generator: inout SeededGenerator) -> Matrix
  {
    let numbers = (0..<rows * columns).map { _ in Float.random(in: -1...1, using: &generator) }
    return Matrix(rowCount: rows, columnCount: columns, storage: numbers)
  }
}
