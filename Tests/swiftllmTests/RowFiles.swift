import Foundation

/// Files of rows as numpy and safetensors lay them out, made without the code under test.
enum RowFiles {
  /// An npy file of `numbers`, its type in numpy's words.
  static func npy<Number>(_ numbers: [Number], type: String, shape: [Int]) -> Data {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    let fields = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let header = fields + String(repeating: " ", count: 117 - fields.utf8.count) + "\n"
    return Data([0x93]) + Data("NUMPY\u{1}\u{0}\u{76}\u{0}".utf8) + Data(header.utf8)
      + numbers.withUnsafeBytes { Data($0) }
  }

  /// An npy file of float32 rows that all hold `value`.
  static func npy(_ value: Float = 0.5, shape: [Int]) -> Data {
    npy([Float](repeating: value, count: shape.reduce(1, *)), type: "<f4", shape: shape)
  }

  /// A safetensors file of float32 tensors [1, 64] with these names.
  static func safetensors(_ names: [String]) -> Data {
    let entries = names.enumerated().map { index, name in
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1,64],\"data_offsets\":[\(index * 256),\((index + 1) * 256)]}"
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    let size = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
    return size + header + Data(count: names.count * 256)
  }
}
