internal import Tensors

/// The header of a .npy file: a Python dictionary of three entries.
///
/// Source: numpy/lib/_format_impl.py `_read_array_header`
struct NpyHeader {
  let dtype: DType
  let isBigEndian: Bool
  let isColumnMajor: Bool
  let shape: [Int]

  /// Reads the text of a header that begins at `offset` of the file.
  ///
  /// - Parameter allowsLongs: Whether numbers may end in `L`, as Python 2 wrote them.
  init(_ text: [UInt8], offset: Int, allowsLongs: Bool) throws(TensorFileError) {
    var parser = NpyLiteral(text: text, offset: offset, allowsLongs: allowsLongs)
    var descriptor: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.skip("}") {
      let key = try parser.text()
      try parser.expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try parser.text()
      case "fortran_order" where isColumnMajor == nil: isColumnMajor = try parser.flag()
      case "shape" where shape == nil: shape = try parser.sizes()
      default: throw .invalid("npy header key '\(quoting: key)'", offset: offset)
      }
      if !parser.skip(",") {
        try parser.expect("}")
        break
      }
    }
    try parser.finish()
    guard let descriptor, let isColumnMajor, let shape else {
      throw .invalid("npy header without 'descr', 'fortran_order' or 'shape'", offset: offset)
    }
    guard let (dtype, isBigEndian) = Self.type(descriptor) else {
      throw .unsupported("npy type '\(quoting: descriptor)'", offset: offset)
    }
    self.dtype = dtype
    self.isBigEndian = isBigEndian
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }

  /// The type of a descriptor such as "<f4", "f4" or "float32".
  private static func type(_ descriptor: String) -> (DType, isBigEndian: Bool)? {
    if let dtype = DType(rawValue: descriptor), dtype.npyName != nil { return (dtype, false) }
    var code = descriptor[...]
    var isBigEndian = false
    if let first = code.first, "<>=|".contains(first) {
      isBigEndian = first == ">"
      code = code.dropFirst()
    }
    if code == "?" { code = "b1" }
    guard let dtype = DType.allCases.first(where: { $0.npyName.map { $0 == code } ?? false }) else {
      return nil
    }
    return (dtype, isBigEndian)
  }
}

extension DType {
  /// The kind and size that numpy writes after the byte order; `nil` for types it lacks.
  var npyName: String? {
    switch self {
    case .float64: "f8"
    case .float32: "f4"
    case .float16: "f2"
    case .int8: "i1"
    case .int16: "i2"
    case .int32: "i4"
    case .int64: "i8"
    case .uint8: "u1"
    case .uint16: "u2"
    case .uint32: "u4"
    case .uint64: "u8"
    case .bool: "b1"
    case .complex64: "c8"
    case .complex128: "c16"
    default: nil
    }
  }
}
