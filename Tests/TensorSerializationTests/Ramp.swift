import Foundation
import JSON
import Tensors
import TestSupport

@testable import TensorSerialization

/// A tensor whose byte i is (7 * i + 3) mod 251, as `ramp` of Tests/Fixtures/make_tensor_fixtures.py.
func ramp(_ dtype: DType, _ shape: [Int]) -> Tensor {
  let count = Tensor.byteCount(dtype: dtype, shape: shape) ?? 0
  let bytes = (0..<count).map { index in
    let byte = UInt8((7 * index + 3) % 251)
    return dtype == .bool ? byte % 2 : byte
  }
  return tensor(dtype, shape, bytes)
}

/// A tensor of `bytes`.
func tensor(_ dtype: DType, _ shape: [Int], _ bytes: [UInt8]) -> Tensor {
  guard
    let tensor = Tensor(dtype: dtype, shape: shape, storage: SharedBytes(bytes), byteOffset: 0)
  else { preconditionFailure("\(bytes.count) bytes for \(dtype) \(shape)") }
  return tensor
}

extension Fixtures {
  /// A JSON file of Tests/Fixtures/tensors.
  static func tensorJSON(_ name: String) throws -> JSON {
    try JSON(parsing: bytes("tensors/\(name)"))
  }
}
