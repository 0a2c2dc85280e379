/// Why a cache could not be had.
public enum KeyValueCacheError: Error, Equatable, CustomStringConvertible {
  /// A count is not positive, or the bytes that all counts ask for cannot be addressed.
  case impossibleSize(layerCount: Int, keyValueHeadCount: Int, headSize: Int, blockCount: Int)
  /// The system gives no such memory.
  case outOfMemory(byteCount: Int)

  /// What is wrong, in words.
  public var description: String {
    switch self {
    case .impossibleSize(let layers, let heads, let headSize, let blocks):
      "impossible cache size: \(layers) layers, \(heads) heads of \(headSize), \(blocks) blocks"
    case .outOfMemory(let byteCount):
      "cannot reserve \(byteCount) bytes for keys and values"
    }
  }
}
