internal import CKernels

/// Work on bytes that vector instructions speed up; each does as much as they can, and says how much.
public enum VectorBytes {
  /// Takes the start of `bytes` into the zip checksum `state`, which is inverted, as between bytes.
  ///
  /// - Returns: How many bytes have been taken; the rest is for a plain loop.
  public static func foldChecksum(_ state: inout UInt32, _ bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    return sl_crc32_fold(&state, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// Whether (x & mask) == value for any of the little-endian numbers of `width` bytes, 1, 2 or 4,
  /// in `bytes`; a rest that is no whole number does not count.
  public static func holds(
    _ bytes: UnsafeRawBufferPointer,
    width: Int,
    mask: UInt32,
    value: UInt32
  ) -> Bool {
    precondition(width == 1 || width == 2 || width == 4, "numbers of \(width) bytes")
    guard let base = bytes.baseAddress else { return false }
    let start = base.assumingMemoryBound(to: UInt8.self)
    return sl_holds(start, bytes.count / width, Int32(width), mask, value)
  }

  /// Decodes the start of base64 digits, up to the first byte that is none.
  ///
  /// - Parameter output: Room for three bytes for each four of `text`.
  /// - Returns: How many digits have been decoded, a multiple of 4.
  public static func decodeBase64(
    _ text: UnsafeBufferPointer<UInt8>,
    to output: UnsafeMutableBufferPointer<UInt8>
  ) -> Int {
    guard let from = text.baseAddress, let to = output.baseAddress,
      output.count >= text.count / 4 * 3
    else { return 0 }
    return sl_base64_decode(to, from, text.count)
  }
}
