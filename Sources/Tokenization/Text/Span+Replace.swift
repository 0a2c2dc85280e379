extension Span<UInt8> {
  /// Appends `self[range]` to `output`, with `content` for each match of `pattern`.
  func replace(
    _ pattern: SplitPattern,
    with content: [UInt8],
    in range: Range<Int>,
    to output: inout [UInt8]
  ) {
    var index = range.lowerBound
    while index < range.upperBound {
      if let end = pattern.matchEnd(in: self, at: index, of: range), end > index {
        output.append(contentsOf: content)
        index = end
      } else {
        let end = Swift.min(range.upperBound, index + scalar(at: index).length)
        copy(index..<end, to: &output)
        index = end
      }
    }
  }

  /// Appends `self[range]` to `output`.
  func copy(_ range: Range<Int>, to output: inout [UInt8]) {
    unsafe extracting(range).withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
  }
}
