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
