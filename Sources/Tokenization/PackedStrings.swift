/// Many byte strings in one buffer, so that a vocabulary is two allocations instead of 128,000.
public struct PackedStrings: Sendable, Equatable {
  /// All strings, one after the other.
  public private(set) var bytes: [UInt8]
  /// Where each string ends in `bytes`; it begins where the one before ends.
  public private(set) var ends: [Int]

  /// No strings.
  public init() {
    bytes = []
    ends = []
  }

  /// The strings of `bytes` that end at `ends`, which must not decrease or pass the end.
  public init(bytes: [UInt8], ends: [Int]) {
    var previous = 0
    for end in ends {
      precondition(end >= previous && end <= bytes.count, "string ends out of order")
      previous = end
    }
    self.bytes = bytes
    self.ends = ends
  }

  /// Bytes of the longest string.
  var longestCount: Int { ends.indices.lazy.map { self.range(of: $0).count }.max() ?? 0 }

  /// The number of strings.
  public var count: Int { ends.count }

  /// The bytes of string `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> { bytes[range(of: index)] }

  /// Where string `index` lies in `bytes`.
  public func range(of index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }

  /// Adds a string at the end.
  public mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  /// Lets `write` append bytes to the buffer, which become one more string.
  mutating func append<Failure: Error, Result>(
    writing write: (inout [UInt8]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try write(&bytes)
    ends.append(bytes.count)
    return result
  }

  /// Takes all strings away and keeps the memory.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Takes the last string away.
  mutating func removeLast() {
    ends.removeLast()
    bytes.removeLast(bytes.count - (ends.last ?? 0))
  }
}
