internal import Tensors

/// Collects the bytes of a file, numbers little-endian.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  /// A writer with room for `capacity` bytes.
  init(reserving capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// The number of bytes so far.
  var count: Int { bytes.count }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  mutating func append<T: FixedWidthInteger>(number: T) {
    for shift in stride(from: 0, to: T.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> T(shift)))
    }
  }

  mutating func append(contentsOf more: some Collection<UInt8>) {
    bytes.append(contentsOf: more)
  }

  mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(contentsOf span: RawSpan) {
    unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }
}

extension Tensor {
  /// The bytes, borrowed.
  var span: RawSpan {
    @_lifetime(borrow self) get {
      let span = storage.span.extracting(byteOffset..<byteOffset + byteCount)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }
}
