internal import Tensors

/// An element type as torch names it, also those that no `Tensor` can hold.
///
/// Source: torch/storage.py `_dtype_to_storage_type_map`, `_new_dtypes`
struct TorchElementType: Hashable, Sendable {
  /// Place in the table; a byte, since there is one in whatever a pickle builds.
  private let index: UInt8

  /// The name after "torch.", such as "float32".
  var name: String { Self.table[Int(index)].name }
  /// Bytes per element.
  var byteCount: Int { Self.table[Int(index)].byteCount }
  /// The type of tensors, or `nil` where there is none.
  var dtype: DType? { Self.table[Int(index)].dtype }

  /// The type of tensors of `dtype`, which must not be quantized.
  init(_ dtype: DType) {
    precondition(!dtype.isQuantized, "\(dtype.rawValue) is no type of torch")
    index = Self.indices[dtype.rawValue] ?? 0
  }

  /// The type that torch calls `torch.<name>`.
  init?(name: String) {
    guard let index = Self.indices[name] else { return nil }
    self.index = index
  }

  /// The type of the elements of `torch.<storageClass>`.
  init?(storageClass: String) {
    guard let name = Self.storageClasses[storageClass] else { return nil }
    self.init(name: name)
  }

  /// The name of the storage class, where torch has one for this type.
  var storageClass: String? { Self.storageClasses.first { $0.value == name }?.key }

  /// Whether torch allows gradients.
  var isFloatingPointOrComplex: Bool {
    guard let dtype else { return name == "complex32" || name == "float4_e2m1fn_x2" }
    return dtype.isFloatingPoint || isComplex
  }

  /// Whether each element has a real and an imaginary part.
  var isComplex: Bool { dtype == .complex64 || dtype == .complex128 }

  /// The bytes of what is swapped for the other byte order.
  var componentByteCount: Int { isComplex || name == "complex32" ? byteCount / 2 : byteCount }

  private static let storageClasses = [
    "DoubleStorage": "float64", "FloatStorage": "float32", "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16", "LongStorage": "int64", "IntStorage": "int32",
    "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "ComplexDoubleStorage": "complex128",
    "ComplexFloatStorage": "complex64", "QInt8Storage": "qint8", "QInt32Storage": "qint32",
    "QUInt8Storage": "quint8", "QUInt4x2Storage": "quint4x2", "QUInt2x4Storage": "quint2x4",
  ]

  private static let table: [(name: String, byteCount: Int, dtype: DType?)] = {
    var table: [(name: String, byteCount: Int, dtype: DType?)] = []
    for dtype in DType.allCases where !dtype.isQuantized {
      table.append((dtype.rawValue, dtype.blockByteCount, dtype))
    }
    for (name, byteCount) in [
      ("complex32", 4), ("float4_e2m1fn_x2", 1), ("bits8", 1), ("bits16", 2), ("bits1x8", 1),
      ("bits2x4", 1), ("bits4x2", 1), ("qint8", 1), ("qint32", 4), ("quint8", 1), ("quint4x2", 1),
      ("quint2x4", 1),
    ] {
      table.append((name, byteCount, nil))
    }
    for width in 1...7 { table += [("int\(width)", 1, nil), ("uint\(width)", 1, nil)] }
    return table
  }()

  private static let indices: [String: UInt8] = {
    var indices: [String: UInt8] = [:]
    for (index, row) in table.enumerated() { indices[row.name] = UInt8(index) }
    return indices
  }()
}
