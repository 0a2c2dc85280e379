/// The id that torch puts into each zip container: a hash of record names, then one of checksums.
///
/// Torch hashes the names in the order in which a C++ `std::unordered_set` of libstdc++ happens to
/// give them, so that order is worked out here. No reader looks at the id; it only makes files
/// identical to torch's.
///
/// Source: caffe2/serialize/inline_container.cc `writeSerializationId`, libstdc++ hashtable.h
struct TorchSerializationID {
  private var names: [[UInt8]] = []
  private var checksumHash: UInt64 = 0

  /// Adds an empty record.
  mutating func add(record name: String) {
    names.append(Array(name.utf8))
  }

  /// Adds a record whose data begin with `start`.
  mutating func add(record name: String, start: [UInt8], checksum: UInt32) {
    names.append(Array(name.utf8))
    // Torch finds checksums by looking at what is written: data that begin like the zip record
    // which holds them are taken for one.
    if start.starts(with: [0x50, 0x4B, 0x07, 0x08]), start.count >= 8 {
      let false0 = start[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      checksumHash = Self.combine(checksumHash, UInt64(false0))
    }
    checksumHash = Self.combine(checksumHash, UInt64(checksum))
  }

  /// The id: two numbers of twenty digits.
  var text: String {
    let nameHash = Self.iterationOrder(names.map(Self.hash)).reduce(0, Self.combine)
    return Self.digits(nameHash) + Self.digits(checksumHash)
  }

  private static func digits(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }

  /// Source: c10/util/hash.h `hash_combine`
  private static func combine(_ seed: UInt64, _ value: UInt64) -> UInt64 {
    seed ^ (value &+ 0x9E37_79B9 &+ (seed << 6) &+ (seed >> 2))
  }

  /// Source: libstdc++ hash_bytes.cc `_Hash_bytes` for 64 bits, a MurmurHash64A
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    let multiplier: UInt64 = 0xC6A4_A793_5BD1_E995
    var hash: UInt64 = 0xC70F_6907 ^ (UInt64(bytes.count) &* multiplier)
    func mixed(_ value: UInt64) -> UInt64 { value ^ (value >> 47) }
    let whole = bytes.count & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      let word = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      hash ^= mixed(word &* multiplier) &* multiplier
      hash = hash &* multiplier
    }
    if whole < bytes.count {
      hash ^= bytes[whole...].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      hash = hash &* multiplier
    }
    return mixed(mixed(hash) &* multiplier)
  }

  /// The order in which the set gives `hashes` that were inserted one by one.
  ///
  /// The set is one list cut into buckets: a node goes to the front of its bucket, a new bucket to
  /// the front of the list; growing deals all nodes anew in list order.
  private static func iterationOrder(_ hashes: [UInt64]) -> [UInt64] {
    var list = HashList(bucketCount: 1)
    // No element fits before the first growth.
    var capacity = 0
    for (index, hash) in hashes.enumerated() {
      if index + 1 > capacity {
        let wanted = Swift.max(capacity == 0 ? 13 : index + 2, 2 * capacity)
        capacity = bucketCounts.first { $0 >= wanted } ?? wanted
        var grown = HashList(bucketCount: capacity)
        for old in list.hashes { grown.insert(old) }
        list = grown
      }
      list.insert(hash)
    }
    return list.hashes
  }

  /// The bucket counts that a set growing one by one goes through.
  private static let bucketCounts = [
    13, 29, 59, 127, 257, 541, 1109, 2357, 5087, 10273, 20753, 42043, 85229, 172_933, 351_061,
    712_697,
  ]
}

/// A singly linked list whose nodes are grouped by bucket.
private struct HashList {
  private let bucketCount: Int
  private var nodes: [UInt64] = []
  /// The node after each node, and the first node under `head`; -1 ends the list.
  private var next: [Int] = []
  private var first = -1
  /// The node before the first of each bucket; `head` if that is the first of the list.
  private var before: [Int: Int] = [:]
  private static let head = -1

  init(bucketCount: Int) {
    self.bucketCount = bucketCount
  }

  var hashes: [UInt64] {
    var result: [UInt64] = []
    var node = first
    while node >= 0 {
      result.append(nodes[node])
      node = next[node]
    }
    return result
  }

  mutating func insert(_ hash: UInt64) {
    let node = nodes.count
    nodes.append(hash)
    let bucket = self.bucket(hash)
    if let previous = before[bucket], previous != Self.head {
      next.append(next[previous])
      next[previous] = node
    } else if before[bucket] != nil {
      next.append(first)
      first = node
    } else {
      next.append(first)
      if first >= 0 { before[self.bucket(nodes[first])] = node }
      first = node
      before[bucket] = Self.head
    }
  }

  private func bucket(_ hash: UInt64) -> Int { Int(hash % UInt64(bucketCount)) }
}
