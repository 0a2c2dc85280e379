/// A dense tensor where it lies in memory or in a mapped file: row-major, little-endian, not copied.
public struct Tensor: Sendable {
  /// How its numbers are stored.
  public let dtype: DType
  /// Sizes, slowest dimension first (torch's order); empty for a single number.
  public let shape: [Int]
  /// What holds its bytes.
  public let storage: SharedBytes
  /// Where its bytes begin in `storage`.
  public let byteOffset: Int
  /// How many bytes it takes.
  public let byteCount: Int

  /// A tensor over `storage` from `byteOffset` on.
  ///
  /// Returns `nil` when the shape is negative, overflows, does not fill whole blocks per row, or
  /// its bytes do not lie inside `storage`.
  public init?(dtype: DType, shape: [Int], storage: SharedBytes, byteOffset: Int) {
    guard let byteCount = Tensor.byteCount(dtype: dtype, shape: shape), byteOffset >= 0,
      byteOffset <= storage.count, byteCount <= storage.count - byteOffset
    else { return nil }
    self.dtype = dtype
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
    self.byteCount = byteCount
  }

  /// The bytes that a tensor of this kind takes; `nil` for an impossible shape.
  public static func byteCount(dtype: DType, shape: [Int]) -> Int? {
    guard let rowBytes = dtype.byteCount(elementCount: shape.last ?? 1) else { return nil }
    // Zeros are left out of the product, so that an empty shape's other sizes cannot overflow later.
    var bytes = max(rowBytes, dtype.blockByteCount)
    for size in shape.dropLast() {
      guard size >= 0 else { return nil }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(size, 1))
      guard !overflow else { return nil }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes
  }

  /// The number of elements.
  public var elementCount: Int { shape.reduce(1, *) }

  /// The bytes, valid while `storage` lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: storage.buffer[byteOffset..<byteOffset + byteCount])
  }
}
