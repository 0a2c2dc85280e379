/// Unicode's normal forms, with the characters that the reference knows.
///
/// Source: https://www.unicode.org/reports/tr15/
enum NormalForm: Sendable {
  case nfc, nfd, nfkc, nfkd

  /// Whether characters are put together again.
  private var composes: Bool { self == .nfc || self == .nfkc }
  private var isCompatible: Bool { self == .nfkc || self == .nfkd }

  /// What shows that a scalar that stands alone changes.
  private var changing: ScalarClass {
    switch self {
    case .nfc: .changesInNFC
    case .nfd: .changesInNFD
    case .nfkc: .changesInNFKC
    case .nfkd: .changesInNFKD
    }
  }

  /// The text in this form.
  func apply(to text: TracedText) -> TracedText {
    let span = text.bytes.span
    let count = span.count
    let notable = changing.union([.combining, .continues])
    var index = 0
    // Most texts are in their normal form already.
    while index < count {
      if span[index] < 0x80 {
        index += 1
        continue
      }
      let scalar = span.scalar(at: index)
      if !ScalarClass(scalar.value).isDisjoint(with: notable) { break }
      index += scalar.length
    }
    guard index < count else { return text }

    var rewriter = TextRewriter(text)
    var character = CharacterForm(self.composes, isCompatible: isCompatible)
    var start = index
    // What came just before may compose with what was found.
    if start > 0 { start -= span.scalar(before: start).length }
    rewriter.keep(to: start)
    while start < count {
      let first = span.scalar(at: start)
      let firstClass = ScalarClass(first.value)
      var end = start + first.length
      var isAlone = true
      while end < count, span[end] >= 0x80 {
        let next = span.scalar(at: end)
        guard ScalarClass(next.value).contains(.continues) else { break }
        end += next.length
        isAlone = false
      }
      if !isAlone || !firstClass.isDisjoint(with: notable) {
        rewriter.keep(to: start)
        character.rewrite(to: end, &rewriter)
      }
      start = end
    }
    rewriter.keep(to: count)
    return rewriter.output
  }
}

/// Brings one scalar and all that continues it into a normal form.
///
/// Each scalar carries by how many scalars the text grows with it: that is how the reference knows where it
/// comes from, also when scalars change places.
private struct CharacterForm {
  private struct Part {
    var scalar: UInt32
    var combiningClass: UInt8
    var change: Int
  }

  private let composes: Bool
  private let isCompatible: Bool
  private var parts: [Part] = []
  private var blocked: [Part] = []

  init(_ composes: Bool, isCompatible: Bool) {
    self.composes = composes
    self.isCompatible = isCompatible
  }

  /// Rewrites what stands between the rewriter's position and `end`.
  mutating func rewrite(to end: Int, _ rewriter: inout TextRewriter) {
    parts.removeAll(keepingCapacity: true)
    let bytes = rewriter.input.bytes
    let span = bytes.span
    var index = rewriter.position
    while index < end {
      let scalar = span.scalar(at: index)
      decompose(scalar.value)
      index += scalar.length
    }
    order()
    if composes {
      compose(&rewriter)
    } else {
      for part in parts { Self.write(part, &rewriter) }
    }
    rewriter.skip(to: end)
  }

  private mutating func decompose(_ scalar: UInt32) {
    let classes = ScalarClass(scalar)
    guard !classes.isDisjoint(with: [.changesInNFD, .changesInNFKD]) else {
      append(scalar, classes, change: 0)
      return
    }
    if let syllable = Hangul.parts(of: scalar) {
      append(syllable.lead, [], change: 0)
      append(syllable.vowel, [], change: 1)
      if let tail = syllable.tail { append(tail, [], change: 1) }
      return
    }
    let decomposition =
      (isCompatible ? UnicodeData.compatible[scalar] : nil) ?? UnicodeData.canonical[scalar] ?? [
        scalar
      ]
    var change = 0
    for scalar in decomposition {
      append(scalar, ScalarClass(scalar), change: change)
      change = 1
    }
  }

  private mutating func append(_ scalar: UInt32, _ classes: ScalarClass, change: Int) {
    let combiningClass =
      classes.contains(.combining) ? UnicodeData.combiningClasses[scalar] ?? 0 : 0
    parts.append(Part(scalar: scalar, combiningClass: combiningClass, change: change))
  }

  /// Sorts each run of marks by their classes; marks of one class keep their order.
  private mutating func order() {
    var start = 0
    while start < parts.count {
      guard parts[start].combiningClass != 0 else {
        start += 1
        continue
      }
      var end = start + 1
      var isOrdered = true
      while end < parts.count, parts[end].combiningClass != 0 {
        isOrdered = isOrdered && parts[end - 1].combiningClass <= parts[end].combiningClass
        end += 1
      }
      if !isOrdered { sort(start..<end) }
      start = end
    }
  }

  /// Counts before it moves: a run of any length takes time in proportion.
  private mutating func sort(_ range: Range<Int>) {
    var starts = [Int](repeating: 0, count: 257)
    for index in range { starts[Int(parts[index].combiningClass) + 1] += 1 }
    for index in 1..<starts.count { starts[index] += starts[index - 1] }
    let run = Array(parts[range])
    for part in run {
      parts[range.lowerBound + starts[Int(part.combiningClass)]] = part
      starts[Int(part.combiningClass)] += 1
    }
  }

  private mutating func compose(_ rewriter: inout TextRewriter) {
    var starter: Part?
    var lastClass: UInt8?
    blocked.removeAll(keepingCapacity: true)
    for part in parts {
      guard let base = starter else {
        if part.combiningClass != 0 { Self.write(part, &rewriter) } else { starter = part }
        continue
      }
      if lastClass.map({ $0 < part.combiningClass }) ?? true,
        let composed = Hangul.composition(base.scalar, part.scalar)
          ?? UnicodeData.compositions[UInt64(base.scalar) << 32 | UInt64(part.scalar)]
      {
        starter = Part(
          scalar: composed,
          combiningClass: 0,
          change: base.change + part.change - 1
        )
      } else if part.combiningClass == 0 {
        Self.write(base, &rewriter)
        release(&rewriter)
        starter = part
        lastClass = nil
      } else {
        blocked.append(part)
        lastClass = part.combiningClass
      }
    }
    if let starter { Self.write(starter, &rewriter) }
    release(&rewriter)
  }

  private mutating func release(_ rewriter: inout TextRewriter) {
    for part in blocked { Self.write(part, &rewriter) }
    blocked.removeAll(keepingCapacity: true)
  }

  private static func write(_ part: Part, _ rewriter: inout TextRewriter) {
    guard part.change <= 0 else {
      rewriter.insert(scalar: part.scalar)
      return
    }
    let bytes = rewriter.input.bytes
    let span = bytes.span
    var end = rewriter.position
    for _ in 0...(-part.change) where end < span.count { end += span.scalar(at: end).length }
    rewriter.replace(to: end, withScalar: part.scalar)
  }
}

/// Hangul syllables, which compose by arithmetic.
private enum Hangul {
  private static let syllables: UInt32 = 0xAC00
  private static let leads: UInt32 = 0x1100
  private static let vowels: UInt32 = 0x1161
  private static let tails: UInt32 = 0x11A7

  static func parts(of scalar: UInt32) -> (lead: UInt32, vowel: UInt32, tail: UInt32?)? {
    let index = scalar &- syllables
    guard index < 11172 else { return nil }
    let tail = index % 28
    return (leads + index / 588, vowels + index % 588 / 28, tail > 0 ? tails + tail : nil)
  }

  static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    let lead = first &- leads
    let vowel = second &- vowels
    if lead < 19, vowel < 21 { return syllables + (lead * 21 + vowel) * 28 }
    let index = first &- syllables
    let tail = second &- tails
    guard index < 11172, index % 28 == 0, tail > 0, tail < 28 else { return nil }
    return first + tail
  }
}
