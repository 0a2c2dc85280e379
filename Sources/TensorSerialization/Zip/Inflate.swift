/// Decompresses a deflate stream into memory of known size.
///
/// Codes are decoded bit by bit from counts per length: slow but small. Writers of tensor files
/// store their records; deflated ones are rare.
///
/// Source: https://www.rfc-editor.org/rfc/rfc1951
struct Inflate: ~Escapable {
  private let input: RawSpan
  private var position: Int
  private let end: Int
  private var bitBuffer: UInt32 = 0
  private var bitCount = 0
  private var output: [UInt8] = []
  private let limit: Int

  /// The bytes that the stream in `range` of `input` stands for, exactly `count` of them.
  static func decompress(
    _ input: RawSpan,
    _ range: Range<Int>,
    count: Int
  ) throws(TensorFileError) -> [UInt8] {
    var inflate = Inflate(input, range, limit: count)
    try inflate.run()
    guard inflate.output.count == count else {
      throw .invalid(
        "deflated entry of \(inflate.output.count) bytes where \(count) are declared",
        offset: range.lowerBound
      )
    }
    return inflate.output
  }

  @_lifetime(copy input)
  private init(_ input: RawSpan, _ range: Range<Int>, limit: Int) {
    self.input = input
    position = range.lowerBound
    end = range.upperBound
    self.limit = limit
    // A stream expands at most 1,032 times, whatever the header declares.
    output.reserveCapacity(Swift.min(limit, range.count.multipliedClamped(by: 1032)))
  }

  private mutating func run() throws(TensorFileError) {
    while true {
      let isLast = try bits(1) == 1
      switch try bits(2) {
      case 0: try copyStored()
      case 1: try decode(literals: Self.fixedLiterals, distances: Self.fixedDistances)
      case 2:
        let (literals, distances) = try readCodes()
        try decode(literals: literals, distances: distances)
      default: throw fault("block type")
      }
      if isLast { return }
    }
  }

  private func fault(_ what: String) -> TensorFileError {
    .invalid("deflated entry with bad \(what)", offset: position)
  }

  private mutating func bits(_ count: Int) throws(TensorFileError) -> Int {
    while bitCount < count {
      guard position < end else { throw .truncated(offset: end, needed: 1) }
      bitBuffer |= UInt32(input[position]) << UInt32(bitCount)
      position += 1
      bitCount += 8
    }
    let value = bitBuffer & (1 << UInt32(count) - 1)
    bitBuffer >>= UInt32(count)
    bitCount -= count
    return Int(value)
  }

  private mutating func append(_ byte: UInt8) throws(TensorFileError) {
    guard output.count < limit else {
      throw .invalid("deflated entry of more than the declared \(limit) bytes", offset: position)
    }
    output.append(byte)
  }

  private mutating func copyStored() throws(TensorFileError) {
    bitBuffer = 0
    bitCount = 0
    let length = try bits(16)
    guard try bits(16) == ~length & 0xFFFF else { throw fault("stored length") }
    for _ in 0..<length { try append(UInt8(try bits(8))) }
  }

  private mutating func decode(
    literals: HuffmanCode,
    distances: HuffmanCode
  ) throws(TensorFileError) {
    while true {
      let symbol = try symbol(literals)
      if symbol < 256 {
        try append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return }
      guard symbol <= 285 else { throw fault("length") }
      let length = Self.lengths[symbol - 257] + (try bits(Self.lengthBits[symbol - 257]))
      let code = try self.symbol(distances)
      guard code < 30 else { throw fault("distance") }
      let distanceBits = Swift.max(0, code / 2 - 1)
      let base = code < 4 ? code + 1 : (2 + code % 2) << distanceBits + 1
      let distance = base + (try bits(distanceBits))
      guard distance <= output.count else { throw fault("distance") }
      for _ in 0..<length { try append(output[output.count - distance]) }
    }
  }

  private mutating func symbol(_ code: HuffmanCode) throws(TensorFileError) -> Int {
    var value = 0
    var first = 0
    var index = 0
    for length in 1...HuffmanCode.maximumLength {
      value |= try bits(1)
      let count = code.counts[length]
      if value - count < first { return code.symbols[index + value - first] }
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    throw fault("code")
  }

  private mutating func readCodes() throws(TensorFileError) -> (HuffmanCode, HuffmanCode) {
    let literalCount = try bits(5) + 257
    let distanceCount = try bits(5) + 1
    let codeCount = try bits(4) + 4
    guard literalCount <= 286, distanceCount <= 30 else { throw fault("code count") }
    var codeLengths = [Int](repeating: 0, count: 19)
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    for index in 0..<codeCount { codeLengths[order[index]] = try bits(3) }
    guard let codes = HuffmanCode(lengths: codeLengths[...]) else { throw fault("code lengths") }
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try symbol(codes)
      let repeated: (value: Int, count: Int)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw fault("repeated length") }
        repeated = (last, 3 + (try bits(2)))
      case 17: repeated = (0, 3 + (try bits(3)))
      case 18: repeated = (0, 11 + (try bits(7)))
      default: repeated = (symbol, 1)
      }
      lengths += [Int](repeating: repeated.value, count: repeated.count)
    }
    guard lengths.count == literalCount + distanceCount, lengths[256] > 0,
      let literals = HuffmanCode(lengths: lengths[..<literalCount]),
      let distances = HuffmanCode(lengths: lengths[literalCount...])
    else { throw fault("code lengths") }
    return (literals, distances)
  }

  private static let lengths = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let fixedLiterals = HuffmanCode(
    complete: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
  )
  private static let fixedDistances = HuffmanCode(complete: [Int](repeating: 5, count: 30))
}

/// A canonical Huffman code: how many codes have each length, and the symbols in order.
private struct HuffmanCode {
  static let maximumLength = 15
  let counts: [Int]
  let symbols: [Int]

  /// A code from the length of each symbol's code; `nil` if there are more codes than their lengths allow.
  init?(lengths: ArraySlice<Int>) {
    self.init(complete: Array(lengths))
    var left = 1
    for count in counts.dropFirst() {
      left = left << 1 - count
      guard left >= 0 else { return nil }
    }
  }

  /// A code from lengths known to be sound.
  init(complete lengths: [Int]) {
    var counts = [Int](repeating: 0, count: Self.maximumLength + 1)
    for length in lengths where length > 0 { counts[length] += 1 }
    self.counts = counts
    symbols = lengths.indices.filter { lengths[$0] > 0 }.sorted {
      (lengths[$0], $0) < (lengths[$1], $1)
    }
  }
}

extension Int {
  fileprivate func multipliedClamped(by factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
