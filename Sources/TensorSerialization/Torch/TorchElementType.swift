internal import Tensors

/// An element type as torch names it, also those that no `Tensor` can hold.
///
/// Source: torch/storage.py `_dtype_to_storage_type_map`, `_new_dtypes`
struct TorchElementType: Equatable, Sendable {
  /// The name after "torch.", such as "float32".
  let name: String
  /// Bytes per element.
  let byteCount: Int
  /// The type of tensors, or `nil` where there is none.
  let dtype: DType?

  private init(_ name: String, _ byteCount: Int, _ dtype: DType? = nil) {
    self.name = name
    self.byteCount = byteCount
    self.dtype = dtype
  }

  /// The type of tensors of `dtype`, which must not be quantized.
  init(_ dtype: DType) {
    self.init(dtype.rawValue, dtype.blockByteCount, dtype)
  }

  /// The type that torch calls `torch.<name>`.
  init?(name: String) {
    if let dtype = DType(rawValue: name), !dtype.isQuantized {
      self.init(dtype)
    } else if let byteCount = Self.others[name] {
      self.init(name, byteCount)
    } else {
      return nil
    }
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

  private static let others: [String: Int] = {
    var sizes = [
      "complex32": 4, "float4_e2m1fn_x2": 1, "bits8": 1, "bits16": 2, "bits1x8": 1, "bits2x4": 1,
      "bits4x2": 1, "qint8": 1, "qint32": 4, "quint8": 1, "quint4x2": 1, "quint2x4": 1,
    ]
    for width in 1...7 {
      sizes["int\(width)"] = 1
      sizes["uint\(width)"] = 1
    }
    return sizes
  }()
}
