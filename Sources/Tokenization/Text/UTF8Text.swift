/// A scalar of a text and the number of bytes that it takes there.
struct DecodedScalar {
  let value: UInt32
  let length: Int
}

extension Span<UInt8> {
  /// The scalar that begins at `index` of valid UTF-8; beyond the end bytes count as zero.
  @inline(__always)
  func scalar(at index: Int) -> DecodedScalar {
    let first = UInt32(self[index])
    if first < 0x80 { return DecodedScalar(value: first, length: 1) }
    if first < 0xE0 {
      return DecodedScalar(value: (first & 0x1F) << 6 | continuation(index + 1), length: 2)
    }
    if first < 0xF0 {
      let value = (first & 0xF) << 12 | continuation(index + 1) << 6 | continuation(index + 2)
      return DecodedScalar(value: value, length: 3)
    }
    let value =
      (first & 7) << 18 | continuation(index + 1) << 12 | continuation(index + 2) << 6
      | continuation(index + 3)
    return DecodedScalar(value: value, length: 4)
  }

  /// The scalar that ends before `index`, which is not 0.
  func scalar(before index: Int) -> DecodedScalar {
    var start = index - 1
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(at: start)
  }

  /// Whether no scalar of valid UTF-8 goes on at `index`.
  @inline(__always)
  func isBoundary(_ index: Int) -> Bool { index >= count || self[index] & 0xC0 != 0x80 }

  /// Whether the bytes from `index` on, up to `end`, begin with `prefix`.
  func starts(with prefix: Span<UInt8>, at index: Int, end: Int) -> Bool {
    guard end - index >= prefix.count else { return false }
    for offset in 0..<prefix.count where self[index + offset] != prefix[offset] { return false }
    return true
  }

  @inline(__always)
  private func continuation(_ index: Int) -> UInt32 {
    index < count ? UInt32(self[index] & 0x3F) : 0
  }
}
