/// The tables of ``ClassTables`` and ``NormalFormTables``, unpacked when first used.
enum UnicodeData {
  /// The class of every scalar.
  static let classes = ScalarTable(ClassTables.classes, dictionary: true)

  /// The script of every scalar as a number; 0 for what joins with any script.
  static let scripts = ScalarTable(ClassTables.scripts, dictionary: false)

  /// What scalars become in lower case, where that differs.
  static let lowercase = ScalarMap(ClassTables.lowercase)

  /// Full canonical decompositions, but of Hangul syllables.
  static let canonical = ScalarMap(NormalFormTables.canonical)

  /// Full compatible decompositions, where they differ from canonical ones.
  static let compatible = ScalarMap(NormalFormTables.compatible)

  /// What two scalars, packed in one number, compose to.
  static let compositions: [UInt64: UInt32] = {
    var numbers = PackedNumbers(NormalFormTables.compositions)
    var result: [UInt64: UInt32] = [:]
    var composed: UInt32 = 0
    while !numbers.isAtEnd {
      composed &+= numbers.next()
      let first = numbers.next(from: composed)
      let second = numbers.next(from: composed)
      result[UInt64(first) << 32 | UInt64(second)] = composed
    }
    return result
  }()

  /// The combining classes that are not 0.
  static let combiningClasses: [UInt32: UInt8] = {
    var numbers = PackedNumbers(NormalFormTables.combiningClasses)
    var result: [UInt32: UInt8] = [:]
    var scalar: UInt32 = 0
    while !numbers.isAtEnd {
      scalar &+= numbers.next()
      result[scalar] = UInt8(truncatingIfNeeded: numbers.next())
    }
    return result
  }()
}

/// A number for each scalar, in pages of which equal ones are kept once.
struct ScalarTable: Sendable {
  private static let pageBits: UInt32 = 7
  private let pages: [UInt16]
  private let values: [UInt32]

  /// Unpacks runs; with a `dictionary` they say which of the numbers before them is meant.
  init(_ text: StaticString, dictionary: Bool) {
    var numbers = PackedNumbers(text)
    var meanings: [UInt32] = []
    if dictionary { for _ in 0..<numbers.next() { meanings.append(numbers.next()) } }
    let pageSize = 1 << Int(Self.pageBits)
    var pages: [UInt16] = []
    var values: [UInt32] = []
    var uniform: [UInt32: UInt16] = [:]
    var page: [UInt32] = []
    func finish(_ page: [UInt32]) -> UInt16 {
      let index = UInt16(truncatingIfNeeded: values.count / pageSize)
      values += page
      return index
    }
    while !numbers.isAtEnd {
      var length = Int(numbers.next())
      let number = numbers.next()
      let value = dictionary ? meanings[Int(number)] : number
      while length > 0 {
        if page.isEmpty, length >= pageSize {
          // Most of Unicode is whole pages of one value.
          let index = uniform[value] ?? finish(Array(repeating: value, count: pageSize))
          uniform[value] = index
          let count = length / pageSize
          pages += repeatElement(index, count: count)
          length -= count * pageSize
        } else {
          let count = min(length, pageSize - page.count)
          page += repeatElement(value, count: count)
          length -= count
          if page.count == pageSize {
            pages.append(finish(page))
            page.removeAll(keepingCapacity: true)
          }
        }
      }
    }
    self.pages = pages
    self.values = values
  }

  /// The number of `scalar`; 0 beyond Unicode.
  @inline(__always)
  subscript(scalar: UInt32) -> UInt32 {
    let page = Int(scalar >> Self.pageBits)
    guard page < pages.count else { return 0 }
    return values[Int(pages[page]) << Int(Self.pageBits) | Int(scalar & (1 << Self.pageBits - 1))]
  }
}

/// Scalars that become one scalar or more.
struct ScalarMap: Sendable {
  private var ranges: [UInt32: Range<Int>] = [:]
  private var scalars: [UInt32] = []

  /// Unpacks distances between scalars, each with a count and as many distances from it.
  init(_ text: StaticString) {
    var numbers = PackedNumbers(text)
    var scalar: UInt32 = 0
    while !numbers.isAtEnd {
      scalar &+= numbers.next()
      let start = scalars.count
      for _ in 0..<numbers.next() { scalars.append(numbers.next(from: scalar)) }
      ranges[scalar] = start..<scalars.count
    }
  }

  /// What `scalar` becomes; `nil` if it stays.
  subscript(scalar: UInt32) -> ArraySlice<UInt32>? { ranges[scalar].map { scalars[$0] } }
}

/// Numbers in a text: five bits a digit, the lowest first; the last digit of each is below 32.
private struct PackedNumbers {
  private let text: StaticString
  private var index = 0

  init(_ text: StaticString) { self.text = text }

  var isAtEnd: Bool { index >= text.utf8CodeUnitCount }

  mutating func next() -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while !isAtEnd {
      let digit = Self.digit(unsafe text.utf8Start[index])
      index += 1
      value |= (digit & 31) << shift
      shift += 5
      if digit < 32 { break }
    }
    return value
  }

  /// The next number as a signed distance from `origin`.
  mutating func next(from origin: UInt32) -> UInt32 {
    let number = next()
    return number & 1 == 0 ? origin &+ number / 2 : origin &- (number / 2 + 1)
  }

  private static func digit(_ byte: UInt8) -> UInt32 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"): 62
    default: 63
    }
  }
}
