internal import Synchronization
internal import Tensors

/// Bytes inside shared bytes.
struct ByteRegion: Sendable {
  let storage: SharedBytes
  let range: Range<Int>
  /// What the zip checksum must be, where the file tells and nobody has looked at once.
  var checksum: ExpectedChecksum?

  /// The number of bytes.
  var count: Int { range.count }

  /// The first bytes, at most `limit` of them, as text.
  func text(_ limit: Int) -> String {
    String(decoding: storage.span.array(range.prefix(limit)), as: UTF8.self)
  }

  /// Compares the checksum, if the file tells one.
  func check() throws(TensorFileError) { _ = try checksum?.check() }
}

/// The checksum that a record of a file must have; compared once, however many tensors look into it.
final class ExpectedChecksum: Sendable {
  private let storage: SharedBytes
  private let range: Range<Int>
  private let expected: UInt32
  private let agrees = Mutex<Bool?>(nil)

  /// That `range` of `storage` has the checksum `expected`.
  init(_ expected: UInt32, of storage: SharedBytes, _ range: Range<Int>) {
    self.expected = expected
    self.storage = storage
    self.range = range
  }

  /// Compares the checksum unless that has been done.
  ///
  /// - Parameters:
  ///   - pattern: What to look for on the way.
  ///   - start: Where in the storage a number begins; the range's beginning if `nil`.
  /// - Returns: Whether the bytes hold the pattern; `nil` where they were not looked at: the checksum
  ///   had been compared, there is no pattern, or numbers do not begin where the range does.
  /// - Throws: `.invalid`, each time, where the checksum differs.
  @discardableResult
  func check(
    finding pattern: ByteScan.Pattern? = nil,
    from start: Int? = nil
  ) throws(TensorFileError) -> Bool? {
    // The walk takes numbers from the range's beginning on: others would be cut apart.
    let distance = (start ?? range.lowerBound) - range.lowerBound
    let pattern = pattern.flatMap { distance % $0.width == 0 ? $0 : nil }
    let (agrees, holdsPattern) = agrees.withLock { agrees in
      if let agrees { return (agrees, Bool?.none) }
      let scan = scan(pattern)
      agrees = scan.checksum == expected
      return (scan.checksum == expected, pattern == nil ? nil : scan.holdsPattern)
    }
    guard agrees else {
      throw .invalid("data whose checksum differs", offset: range.lowerBound)
    }
    return holdsPattern
  }

  private func scan(_ pattern: ByteScan.Pattern?) -> ByteScan {
    let storage = storage
    return ByteScan(
      storage.span.extracting(range),
      computesChecksum: true,
      finding: pattern
    )
  }
}
