/// Reads the regular expressions of tokenizer files: Oniguruma's Ruby syntax, as far as models use it.
///
/// Source: https://github.com/kkos/oniguruma/blob/master/doc/RE
struct RegexParser {
  /// What this parser does not know; the expression is then refused as a whole.
  struct Unsupported: Error {}

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var depth = 0
  private var ignoresCase = false

  /// Nesting beyond this is refused.
  private static let depthLimit = 64
  /// Counts beyond this are refused, as repetitions are written out.
  private static let countLimit = 1000

  private init(_ expression: String) { scalars = Array(expression.unicodeScalars) }

  /// The tree of `expression`.
  static func parse(_ expression: String) throws(Unsupported) -> RegexNode {
    var parser = RegexParser(expression)
    let node = try parser.alternatives()
    guard parser.position == parser.scalars.count else { throw Unsupported() }
    return node
  }

  private var next: Unicode.Scalar? {
    position < scalars.count ? scalars[position] : nil
  }

  private mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars.count - position >= wanted.count,
      scalars[position..<position + wanted.count].elementsEqual(wanted)
    else { return false }
    position += wanted.count
    return true
  }

  private mutating func takeAny() throws(Unsupported) -> Unicode.Scalar {
    guard let scalar = next else { throw Unsupported() }
    position += 1
    return scalar
  }

  // MARK: Structure

  private mutating func alternatives() throws(Unsupported) -> RegexNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw Unsupported() }
    let ignoredCase = ignoresCase
    defer { ignoresCase = ignoredCase }
    var branches: [RegexNode] = []
    repeat { branches.append(try sequence()) } while take("|")
    return branches.count == 1 ? branches[0] : .alternatives(branches)
  }

  private mutating func sequence() throws(Unsupported) -> RegexNode {
    var nodes: [RegexNode] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      guard let atom = try atom() else { continue }
      nodes.append(try quantified(atom))
    }
    return nodes.count == 1 ? nodes[0] : .sequence(nodes)
  }

  private mutating func quantified(_ atom: RegexNode) throws(Unsupported) -> RegexNode {
    var node = atom
    while true {
      let minimum: Int
      let maximum: Int
      var isInterval = false
      if take("*") {
        (minimum, maximum) = (0, .max)
      } else if take("+") {
        (minimum, maximum) = (1, .max)
      } else if take("?") {
        (minimum, maximum) = (0, 1)
      } else if let interval = try interval() {
        (minimum, maximum) = interval
        isInterval = true
      } else {
        return node
      }
      // Loops over nothing would need a check that no model's expression has needed yet.
      guard node.minimumLength > 0 || maximum != .max else { throw Unsupported() }
      var greed = RegexNode.Greed.greedy
      if take("?") {
        greed = .lazy
      } else if !isInterval, take("+") {
        greed = .possessive  // After an interval a plus repeats once more instead.
      }
      node = .repetition(node, minimum: minimum, maximum: maximum, greed)
    }
  }

  /// `{n}`, `{n,}`, `{,n}` or `{n,m}`; anything else in braces is text.
  private mutating func interval() throws(Unsupported) -> (Int, Int)? {
    let start = position
    guard take("{") else { return nil }
    let lower = number()
    let hasComma = take(",")
    let upper = hasComma ? number() : lower
    guard take("}"), lower != nil || upper != nil else {
      position = start
      return nil
    }
    let minimum = lower ?? 0
    let maximum = upper ?? .max
    guard minimum <= Self.countLimit, maximum == .max || maximum <= Self.countLimit,
      minimum <= maximum
    else { throw Unsupported() }
    return (minimum, maximum)
  }

  private mutating func number() -> Int? {
    var digits = ""
    while let scalar = next, ("0"..."9").contains(scalar), digits.utf8.count < 6 {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    return Int(digits)
  }

  private mutating func atom() throws(Unsupported) -> RegexNode? {
    let scalar = try takeAny()
    switch scalar {
    case "(": return try group()
    case "[": return .set(try bracket())
    case ".":
      var newline = ScalarSet(0x0A)
      newline.isNegated = true
      return .set(newline)
    case "^": return .anchor(.lineStart)
    case "$": return .anchor(.lineEnd)
    case "\\": return try escape()
    case "*", "+", "?": throw Unsupported()
    case "{":
      position -= 1
      guard try interval() == nil else { throw Unsupported() }
      position += 1
      return .set(literal(scalar.value))
    default: return .set(literal(scalar.value))
    }
  }

  private func literal(_ value: UInt32) -> ScalarSet {
    var set = ScalarSet(value)
    set.ignoresCase = ignoresCase
    return set
  }

  private mutating func group() throws(Unsupported) -> RegexNode? {
    guard take("?") else { return try closed() }
    if take(":") { return try closed() }
    if take(">") { return .atomic(try closed()) }
    if take("=") { return .look(try closed(), behind: false, negated: false) }
    if take("!") { return .look(try closed(), behind: false, negated: true) }
    if take("<=") { return try lookBehind(negated: false) }
    if take("<!") { return try lookBehind(negated: true) }
    if take("i:") { return try closed(ignoringCase: true) }
    if take("-i:") { return try closed(ignoringCase: false) }
    if take("i)") {
      ignoresCase = true  // To the end of the group around it.
      return nil
    }
    throw Unsupported()
  }

  private mutating func closed(ignoringCase: Bool? = nil) throws(Unsupported) -> RegexNode {
    let before = ignoresCase
    if let ignoringCase { ignoresCase = ignoringCase }
    let node = try alternatives()
    ignoresCase = before
    guard take(")") else { throw Unsupported() }
    return node
  }

  private mutating func lookBehind(negated: Bool) throws(Unsupported) -> RegexNode {
    let node = try closed()
    // Alternatives of several lengths look behind one by one.
    guard case .alternatives(let branches) = node, node.fixedLength == nil else {
      guard node.fixedLength != nil else { throw Unsupported() }
      return .look(node, behind: true, negated: negated)
    }
    guard branches.allSatisfy({ $0.fixedLength != nil }) else { throw Unsupported() }
    let looks = branches.map { RegexNode.look($0, behind: true, negated: negated) }
    return negated ? .sequence(looks) : .alternatives(looks)
  }

  // MARK: Sets

  private mutating func escape() throws(Unsupported) -> RegexNode {
    switch next {
    case "A": return try anchor(.textStart)
    case "z": return try anchor(.textEnd)
    case "Z": return try anchor(.textEndOrLastNewline)
    case "b": return try anchor(.wordBoundary)
    case "B": return try anchor(.noWordBoundary)
    default:
      var set = try escapedSet()
      if case .word? = set.properties.first?.property {
        // Outside brackets Oniguruma has a table of its own for Latin-1, with ², ³, ¹, ¼, ½ and ¾.
        set.isNegated = set.properties.contains { $0.negated }
        set.properties = [(.word, false)]
        set.ranges = [0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]
      }
      return .set(set)
    }
  }

  private mutating func anchor(_ anchor: RegexNode.Anchor) throws(Unsupported) -> RegexNode {
    _ = try takeAny()
    return .anchor(anchor)
  }

  /// The set of an escape, its backslash already taken.
  private mutating func escapedSet() throws(Unsupported) -> ScalarSet {
    let scalar = try takeAny()
    switch scalar {
    case "s": return ScalarSet(.whiteSpace)
    case "S": return ScalarSet(.whiteSpace, negated: true)
    case "d": return ScalarSet(.digit)
    case "D": return ScalarSet(.digit, negated: true)
    case "w": return ScalarSet(.word)
    case "W": return ScalarSet(.word, negated: true)
    case "h", "H":
      var set = ScalarSet()
      set.ranges = [0x30...0x39, 0x41...0x46, 0x61...0x66]
      set.isNegated = scalar == "H"
      return set
    case "p", "P": return try property(negated: scalar == "P")
    default:
      position -= 1
      return literal(try escapedScalar())
    }
  }

  private mutating func property(negated: Bool) throws(Unsupported) -> ScalarSet {
    guard take("{") else { throw Unsupported() }
    let inverted = take("^")
    var name = ""
    while let scalar = next, scalar != "}" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take("}"), let property = ScalarProperty(name: name) else { throw Unsupported() }
    return ScalarSet(property, negated: negated != inverted)
  }

  /// The scalar of an escape, its backslash already taken.
  private mutating func escapedScalar() throws(Unsupported) -> UInt32 {
    let scalar = try takeAny()
    switch scalar {
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "f": return 0x0C
    case "v": return 0x0B
    case "a": return 0x07
    case "e": return 0x1B
    case "x":
      if take("{") {
        let value = try hexadecimal(upTo: 8)
        guard take("}") else { throw Unsupported() }
        return value
      }
      return try hexadecimal(upTo: 2)
    case "u": return try hexadecimal(upTo: 4)
    default:
      let isWord = scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      guard !isWord || scalar.value >= 0x80 else { throw Unsupported() }
      return scalar.value
    }
  }

  private mutating func hexadecimal(upTo limit: Int) throws(Unsupported) -> UInt32 {
    var digits = ""
    while digits.utf8.count < limit, let scalar = next, scalar.properties.isASCIIHexDigit {
      digits.unicodeScalars.append(scalar)
      position += 1
    }
    guard let value = UInt32(digits, radix: 16) else { throw Unsupported() }
    return value
  }

  /// The set of a bracket, its opening already taken.
  private mutating func bracket() throws(Unsupported) -> ScalarSet {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else { throw Unsupported() }
    var set = ScalarSet()
    set.isNegated = take("^")
    set.ignoresCase = ignoresCase
    var parts: [ScalarSet] = []
    var isFirst = true
    while isFirst || next != "]" {
      if take("[:") {
        set.subsets.append(try posixClass())
      } else if take("[") {
        set.subsets.append(try bracket())
      } else if take("&&") {
        parts.append(set.withoutNegation)
        (set.ranges, set.properties, set.subsets) = ([], [], [])
      } else {
        try appendRange(to: &set)
      }
      isFirst = false
    }
    guard take("]") else { throw Unsupported() }
    set.intersections = parts
    return set
  }

  private mutating func appendRange(to set: inout ScalarSet) throws(Unsupported) {
    guard let low = try rangeEnd(in: &set) else { return }
    guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
      set.ranges.append(low...low)
      return
    }
    position += 1
    let start = position
    if let high = try rangeEnd(in: &set), scalars[start] != "[" {
      guard low <= high else { throw Unsupported() }
      set.ranges.append(low...high)
    } else {
      set.ranges += [low...low, 0x2D...0x2D]
    }
  }

  /// A scalar; `nil` if it was a set, which then is in `set`.
  private mutating func rangeEnd(in set: inout ScalarSet) throws(Unsupported) -> UInt32? {
    let scalar = try takeAny()
    guard scalar == "\\" else { return scalar.value }
    if let next, "sSdDwWhHpP".unicodeScalars.contains(next) {
      set.subsets.append(try escapedSet())
      return nil
    }
    if take("b") { return 0x08 }
    return try escapedScalar()
  }

  private mutating func posixClass() throws(Unsupported) -> ScalarSet {
    let inverted = take("^")
    var name = ""
    while let scalar = next, scalar != ":" {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard take(":]") else { throw Unsupported() }
    if name == "alnum" {
      var set = ScalarSet(.alphabetic)
      set.properties.append((.digit, false))
      set.isNegated = inverted
      return set
    }
    guard ["alpha", "digit", "upper", "lower", "space", "punct", "word", "cntrl"].contains(name),
      let property = ScalarProperty(name: name)
    else { throw Unsupported() }
    return ScalarSet(property, negated: inverted)
  }
}

extension ScalarSet {
  fileprivate var withoutNegation: ScalarSet {
    var set = self
    set.isNegated = false
    return set
  }
}
