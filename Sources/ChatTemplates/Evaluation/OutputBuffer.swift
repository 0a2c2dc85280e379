/// The bytes that a render has written, in UTF-8.
@safe final class OutputBuffer {
  private var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 1 << 15
    unsafe bytes = .allocate(capacity: capacity)
  }

  deinit { unsafe bytes.deallocate() }

  /// Appends all of `text`.
  @inline(__always)
  func append(_ text: [UInt8]) {
    unsafe text.withUnsafeBufferPointer { source in unsafe append(source) }
  }

  /// Appends the bytes of `text` in `range`.
  @inline(__always)
  func append(_ text: [UInt8], in range: Range<Int>) {
    unsafe text[range].withUnsafeBufferPointer { source in unsafe append(source) }
  }

  func append(_ source: UnsafeBufferPointer<UInt8>) {
    guard let start = source.baseAddress else { return }
    if count + source.count > capacity { grow(source.count) }
    unsafe (bytes + count).update(from: start, count: source.count)
    count += source.count
  }

  private func grow(_ more: Int) {
    let larger = max(count + more, 2 * capacity)
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    unsafe copy.update(from: bytes, count: count)
    unsafe bytes.deallocate()
    unsafe bytes = copy
    capacity = larger
  }

  /// Removes and returns what has been written from `start` on.
  func remove(from start: Int) -> [UInt8] {
    let removed = unsafe [UInt8](UnsafeBufferPointer(start: bytes + start, count: count - start))
    count = start
    return removed
  }

  /// All that has been written, which must be whole texts.
  var string: String {
    let span = unsafe Span(_unsafeStart: bytes, count: count)
    return unsafe String(copying: UTF8Span(unchecked: span))
  }
}
