/// Finds the longest of many byte strings that begins at a place, for each place of a text.
struct TokenTrie: Sendable {
  private struct Node {
    var byte: UInt8
    var value: Int32 = -1
    var firstChild: Int32 = -1
    var nextSibling: Int32 = -1
  }

  private var nodes = [Node(byte: 0)]
  /// The child of the root for each byte: most bytes of a text begin nothing.
  private var roots = [Int32](repeating: -1, count: 256)

  /// Whether it holds no string.
  var isEmpty: Bool { nodes.count == 1 }

  /// Adds `string`; the first of equal strings keeps its value.
  mutating func insert(_ string: [UInt8], value: Int) {
    guard let first = string.first else { return }
    var node = roots[Int(first)]
    if node < 0 {
      node = Int32(nodes.count)
      nodes.append(Node(byte: first))
      roots[Int(first)] = node
    }
    for byte in string.dropFirst() {
      var child = self.child(of: node, byte)
      if child < 0 {
        child = Int32(nodes.count)
        nodes.append(Node(byte: byte, nextSibling: nodes[Int(node)].firstChild))
        nodes[Int(node)].firstChild = child
      }
      node = child
    }
    if nodes[Int(node)].value < 0 { nodes[Int(node)].value = Int32(value) }
  }

  /// The leftmost match at or after `start`, of these the longest.
  func firstMatch(in text: Span<UInt8>, from start: Int) -> (range: Range<Int>, value: Int)? {
    guard !isEmpty else { return nil }
    let roots = roots.span
    for index in start..<max(start, text.count) where roots[Int(text[index])] >= 0 {
      if let match = longestMatch(in: text, at: index) { return match }
    }
    return nil
  }

  private func longestMatch(in text: Span<UInt8>, at start: Int)
    -> (range: Range<Int>, value: Int)?
  {
    var best: (Range<Int>, Int)?
    var node = roots[Int(text[start])]
    var index = start + 1
    while node >= 0 {
      if nodes[Int(node)].value >= 0 { best = (start..<index, Int(nodes[Int(node)].value)) }
      guard index < text.count else { break }
      node = child(of: node, text[index])
      index += 1
    }
    return best
  }

  private func child(of node: Int32, _ byte: UInt8) -> Int32 {
    var child = nodes[Int(node)].firstChild
    while child >= 0, nodes[Int(child)].byte != byte { child = nodes[Int(child)].nextSibling }
    return child
  }
}
