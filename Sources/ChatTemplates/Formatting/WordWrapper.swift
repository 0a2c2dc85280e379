/// Python's `textwrap.wrap` for one line.
struct WordWrapper {
  let width: Int
  let breaksLongWords: Bool
  let breaksOnHyphens: Bool

  /// The lines that `line` becomes.
  func wrap(_ line: Text) -> [Text] {
    var chunks = chunks(of: line.scalars).reversed().map { $0[...] }
    var lines: [Text] = []
    while !chunks.isEmpty {
      var current: [ArraySlice<Unicode.Scalar>] = []
      var length = 0
      if Self.isSpace(chunks[chunks.count - 1]), !lines.isEmpty { chunks.removeLast() }
      while let chunk = chunks.last, length + chunk.count <= width {
        current.append(chunk)
        length += chunk.count
        chunks.removeLast()
      }
      if let chunk = chunks.last, chunk.count > width {
        if breaksLongWords {
          // Where the line is full this adds an empty piece, which the line then loses instead of a space.
          var end = chunk.startIndex + width - length
          if breaksOnHyphens, chunk.endIndex > end {
            let hyphen = chunk[..<end].lastIndex(of: "-")
            if let hyphen, hyphen > chunk.startIndex,
              chunk[..<hyphen].contains(where: { $0 != "-" })
            {
              end = hyphen + 1
            }
          }
          current.append(chunk[..<end])
          chunks[chunks.count - 1] = chunk[end...]
        } else if current.isEmpty {
          current.append(chunk)
          chunks.removeLast()
        }
      }
      if let last = current.last, Self.isSpace(last) { current.removeLast() }
      if !current.isEmpty { lines.append(Text(current.joined())) }
    }
    return lines
  }

  private static func isSpace(_ chunk: ArraySlice<Unicode.Scalar>) -> Bool {
    chunk.allSatisfy(isSpace)
  }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x20: true
    default: false
    }
  }

  /// Words and the white space between them; a word may also end behind a hyphen.
  private func chunks(of scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var chunks: [[Unicode.Scalar]] = []
    var current: [Unicode.Scalar] = []
    for (index, scalar) in scalars.enumerated() {
      if let last = current.last, Self.isSpace(last) != Self.isSpace(scalar) {
        chunks.append(current)
        current = []
      }
      current.append(scalar)
      if breaksOnHyphens, scalar == "-", isBreak(scalars, index), current.count > 1 {
        chunks.append(current)
        current = []
      }
    }
    if !current.isEmpty { chunks.append(current) }
    return chunks
  }

  private func isBreak(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    func isLetter(_ position: Int) -> Bool {
      guard scalars.indices.contains(position) else { return false }
      return scalars[position] == "_"
        || scalars[position].isPythonAlphanumeric && !scalars[position].isPythonDecimal
    }
    return isLetter(index - 1) && isLetter(index - 2) && isLetter(index + 1)
      && isLetter(index + 2)
  }
}
