/// Reads the few kinds of Python literals that the header of a .npy file may hold.
struct NpyLiteral {
  /// numpy's own limit.
  private static let maximumRank = 64

  private let characters: [UInt8]
  private var position = 0
  /// Where the text begins in the file.
  private let offset: Int
  private let allowsLongs: Bool

  init(text: [UInt8], offset: Int, allowsLongs: Bool) {
    characters = text
    self.offset = offset
    self.allowsLongs = allowsLongs
  }

  /// Passes over `character` if it comes next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipWhiteSpace()
    guard position < characters.count, characters[position] == UInt8(ascii: character) else {
      return false
    }
    position += 1
    return true
  }

  /// Passes over `character`, which must come next.
  mutating func expect(_ character: Unicode.Scalar) throws(TensorFileError) {
    guard skip(character) else { throw fault("'\(character)'") }
  }

  /// Checks that only white space is left.
  mutating func finish() throws(TensorFileError) {
    skipWhiteSpace()
    guard position == characters.count else { throw fault("its end") }
  }

  /// Reads a string without escapes, in either kind of quotes.
  mutating func text() throws(TensorFileError) -> String {
    skipWhiteSpace()
    guard position < characters.count else { throw fault("a string") }
    let quote = characters[position]
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw fault("a string") }
    let start = position + 1
    guard let end = characters[start...].firstIndex(of: quote),
      !characters[start..<end].contains(UInt8(ascii: "\\"))
    else { throw fault("a plain string") }
    position = end + 1
    return String(decoding: characters[start..<end], as: UTF8.self)
  }

  /// Reads `True` or `False`.
  mutating func flag() throws(TensorFileError) -> Bool {
    skipWhiteSpace()
    for (word, value) in [("True", true), ("False", false)]
    where characters[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw fault("True or False")
  }

  /// Reads a tuple of numbers, none negative.
  mutating func sizes() throws(TensorFileError) -> [Int] {
    try expect("(")
    var sizes: [Int] = []
    var hasComma = false
    while !skip(")") {
      guard sizes.isEmpty || hasComma else { throw fault("','") }
      guard sizes.count < Self.maximumRank else {
        throw .tooLarge(
          "number of dimensions",
          limit: Self.maximumRank,
          offset: offset + position
        )
      }
      sizes.append(try size())
      hasComma = skip(",")
    }
    guard sizes.count != 1 || hasComma else { throw fault("a tuple") }
    return sizes
  }

  private mutating func size() throws(TensorFileError) -> Int {
    skipWhiteSpace()
    let digits = characters[position...].prefix {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    guard let size = Int(String(decoding: digits, as: UTF8.self)) else { throw fault("a size") }
    position += digits.count
    if allowsLongs, position < characters.count, characters[position] == UInt8(ascii: "L") {
      position += 1
    }
    return size
  }

  private mutating func skipWhiteSpace() {
    while position < characters.count,
      [0x20, 0x09, 0x0A, 0x0D, 0x0C].contains(characters[position])
    {
      position += 1
    }
  }

  private func fault(_ expected: String) -> TensorFileError {
    .invalid("npy header without \(expected)", offset: offset + position)
  }
}
