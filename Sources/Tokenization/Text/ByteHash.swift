extension Span<UInt8> {
  /// The eight bytes at `index`, which must all be inside.
  @inline(__always)
  private func word(_ index: Int) -> UInt64 {
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self)
  }

  /// The four bytes at `index`, which must all be inside.
  @inline(__always)
  private func halfWord(_ index: Int) -> UInt64 {
    UInt64(unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt32.self))
  }

  /// The last bytes of a range of less than eight as one number.
  @inline(__always)
  private func shortWord(_ range: Range<Int>) -> UInt64 {
    if range.count >= 4 {
      return halfWord(range.lowerBound) << 32 | halfWord(range.upperBound - 4)
    }
    guard range.count > 0 else { return 0 }
    return UInt64(self[range.lowerBound]) << 16
      | UInt64(self[range.lowerBound + range.count / 2]) << 8 | UInt64(self[range.upperBound - 1])
  }

  /// A hash of the bytes of `range`, eight at a time.
  @inline(__always)
  func hash(_ range: Range<Int>) -> UInt64 {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* 0xD6E8_FEB8_6659_FD93
      hash ^= hash >> 32
    }
    if range.count < 8 {
      mix(shortWord(range))
    } else {
      var index = range.lowerBound
      while index + 8 <= range.upperBound {
        mix(word(index))
        index += 8
      }
      if index < range.upperBound { mix(word(range.upperBound - 8)) }
    }
    mix(hash >> 29)
    return hash
  }

  /// Whether `range` has the same bytes as `otherRange` of `other`.
  @inline(__always)
  func equals(_ range: Range<Int>, _ other: Span<UInt8>, _ otherRange: Range<Int>) -> Bool {
    guard range.count == otherRange.count else { return false }
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    precondition(otherRange.lowerBound >= 0 && otherRange.upperBound <= other.count)
    if range.count < 8 { return shortWord(range) == other.shortWord(otherRange) }
    var offset = 0
    while offset + 8 <= range.count {
      if word(range.lowerBound + offset) != other.word(otherRange.lowerBound + offset) {
        return false
      }
      offset += 8
    }
    return word(range.upperBound - 8) == other.word(otherRange.upperBound - 8)
  }
}
