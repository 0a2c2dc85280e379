internal import Tensors

/// What one walk over bytes tells of them, on several threads where there are many.
struct ByteScan {
  /// Numbers of `width` bytes of which (x & mask) == value, such as infinity and NaN.
  struct Pattern {
    let width: Int
    let mask: UInt32
    let value: UInt32
  }

  /// The zip checksum.
  let checksum: UInt32
  /// Whether a number matches the pattern; `false` without one.
  let holdsPattern: Bool

  /// Bytes that stay in the first cache between the two looks at them.
  private static let blockByteCount = 1 << 14
  /// Below this a thread would be awake too late.
  private static let leastByteCount = 1 << 21
  private static let pool = WorkerPool(threadCount: min(4, WorkerPool.defaultThreadCount))

  /// Walks over `bytes`, the numbers of a pattern beginning with the first byte.
  init(_ bytes: RawSpan, computesChecksum: Bool, finding pattern: Pattern? = nil) {
    self = unsafe bytes.withUnsafeBytes { unsafe ByteScan($0, computesChecksum, pattern) }
  }

  private init(checksum: UInt32, holdsPattern: Bool) {
    self.checksum = checksum
    self.holdsPattern = holdsPattern
  }

  private init(_ bytes: UnsafeRawBufferPointer, _ computesChecksum: Bool, _ pattern: Pattern?) {
    guard bytes.count >= Self.leastByteCount, Self.pool.threadCount > 1 else {
      self = unsafe Self.part(bytes, computesChecksum, pattern)
      return
    }
    // Parts small enough that a thread which comes late still finds some.
    let partCount = 4 * Self.pool.threadCount
    let partByteCount = bytes.count / partCount & ~63
    let parts = unsafe [ByteScan](unsafeUninitializedCapacity: partCount) { parts, count in
      guard let parts = parts.baseAddress else { return }
      Self.pool.run(taskCount: partCount) { index in
        let start = index * partByteCount
        let end = index == partCount - 1 ? bytes.count : start + partByteCount
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        unsafe (parts + index).initialize(to: Self.part(part, computesChecksum, pattern))
      }
      count = partCount
    }
    var checksum: UInt32 = 0
    if computesChecksum {
      let step = CRC32.shift(by: partByteCount)
      for part in parts.dropLast() {
        checksum = CRC32.product(step, checksum) ^ part.checksum
      }
      let last = bytes.count - (partCount - 1) * partByteCount
      checksum = CRC32.product(CRC32.shift(by: last), checksum) ^ (parts.last?.checksum ?? 0)
    }
    self.init(checksum: checksum, holdsPattern: parts.contains { $0.holdsPattern })
  }

  private static func part(
    _ bytes: UnsafeRawBufferPointer,
    _ computesChecksum: Bool,
    _ pattern: Pattern?
  ) -> ByteScan {
    guard let pattern else {
      return ByteScan(checksum: unsafe CRC32.checksum(bytes, after: 0), holdsPattern: false)
    }
    var checksum: UInt32 = 0
    var holdsPattern = false
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + blockByteCount)
      let block = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if computesChecksum { checksum = unsafe CRC32.checksum(block, after: checksum) }
      holdsPattern =
        unsafe holdsPattern
        || VectorBytes.holds(
          block,
          width: pattern.width,
          mask: pattern.mask,
          value: pattern.value
        )
      start = end
    }
    return ByteScan(checksum: checksum, holdsPattern: holdsPattern)
  }
}
