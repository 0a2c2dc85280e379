/// How deep and how large a container is.
///
/// The bound on depth keeps recursion over values, and their release, within the stack. The bound
/// on size keeps a list that holds one large value many times from being written or compared.
struct ValueExtent {
  private(set) var depth = 0
  private(set) var size = 0
  private(set) var digitWork = 0
  private(set) var holdsNamespace = false

  static var depthError: TemplateError {
    .limitExceeded("values are nested deeper than \(TemplateLimits.valueDepth) levels")
  }

  /// Counts `value` in.
  mutating func add(_ value: Value) {
    if case .text(let text) = value { return add(byteCount: text.bytes.count) }
    depth = max(depth, value.depth)
    // No text or container is larger than the limit that `around` checks, so sums cannot overflow
    // before a container of more elements than memory holds.
    size = size &+ value.size &+ 8
    digitWork = digitWork &+ value.digitWork
    holdsNamespace = holdsNamespace || value.holdsNamespace
  }

  /// Counts a text of `byteCount` bytes in.
  mutating func add(byteCount: Int) { size = size &+ byteCount &+ 8 }

  /// The extent of a container of what was counted.
  func around() throws(TemplateError) -> ValueExtent {
    guard size >= 0, size <= TemplateLimits.valueSize else {
      throw .limitExceeded("a value is larger than \(TemplateLimits.valueSize) elements and bytes")
    }
    var extent = self
    extent.depth = try Self.depth(around: depth)
    return extent
  }

  /// The depth of what holds a value that is `depth` deep.
  static func depth(around depth: Int) throws(TemplateError) -> Int {
    guard depth < TemplateLimits.valueDepth else { throw depthError }
    return depth + 1
  }
}
