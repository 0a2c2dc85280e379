extension Span<UInt8> {
  /// Appends `self[range]` to `output`, with `content` for each `old`, which is not empty.
  func replace(
    _ old: [UInt8],
    with content: [UInt8],
    in range: Range<Int>,
    to output: inout [UInt8]
  ) {
    guard let first = old.first else {
      copy(range, to: &output)
      return
    }
    var kept = range.lowerBound
    var index = kept
    while index < range.upperBound {
      guard self[index] == first, starts(with: old.span, at: index, end: range.upperBound) else {
        index += 1
        continue
      }
      copy(kept..<index, to: &output)
      output.append(contentsOf: content)
      index += old.count
      kept = index
    }
    copy(kept..<range.upperBound, to: &output)
  }

  /// Appends `self[range]` to `output`.
  func copy(_ range: Range<Int>, to output: inout [UInt8]) {
    unsafe extracting(range).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
  }
}
