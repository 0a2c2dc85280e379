/// A set of scalars, as brackets and escapes of a regular expression describe it.
struct ScalarSet: Sendable {
  var ranges: [ClosedRange<UInt32>] = []
  /// Properties, and whether their absence is meant.
  var properties: [(property: ScalarProperty, negated: Bool)] = []
  var subsets: [ScalarSet] = []
  /// Sets that all must contain a member too.
  var intersections: [ScalarSet] = []
  var isNegated = false
  var ignoresCase = false
  /// The members below 128, by bit; made by ``prepared()``.
  private var ascii: (low: UInt64, high: UInt64)?

  init() {}

  /// The set of one scalar.
  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  /// The set of the scalars with a property.
  init(_ property: ScalarProperty, negated: Bool = false) {
    properties = [(property, negated)]
  }

  /// The same with its table for ASCII.
  func prepared() -> ScalarSet {
    var result = self
    result.ascii = nil
    var table: (low: UInt64, high: UInt64) = (0, 0)
    for value in UInt32(0)..<64 {
      if result.contains(value) { table.low |= 1 << UInt64(value) }
      if result.contains(value + 64) { table.high |= 1 << UInt64(value) }
    }
    result.ascii = table
    return result
  }

  /// Whether scalar `value` is a member.
  @inline(__always)
  func contains(_ value: UInt32) -> Bool {
    if value < 128, let ascii {
      return (value < 64 ? ascii.low : ascii.high) >> UInt64(value & 63) & 1 == 1
    }
    return slowlyContains(value)
  }

  private func slowlyContains(_ value: UInt32) -> Bool {
    var found = includes(value)
    if !found, ignoresCase {
      found = Self.caseVariants(of: value).contains { includes($0) }
    }
    return found != isNegated
  }

  private func includes(_ value: UInt32) -> Bool {
    guard intersections.allSatisfy({ $0.contains(value) }) else { return false }
    if ranges.isEmpty, properties.isEmpty, subsets.isEmpty { return !intersections.isEmpty }
    return ranges.contains { $0.contains(value) }
      || properties.contains { $0.property.holds(for: value) != $0.negated }
      || subsets.contains { $0.contains(value) }
  }

  /// The scalars that differ from `value` only in case.
  private static func caseVariants(of value: UInt32) -> [UInt32] {
    guard let scalar = Unicode.Scalar(value) else { return [] }
    var variants: [UInt32] = []
    for mapping in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
      if let only = mapping.unicodeScalars.first, mapping.unicodeScalars.count == 1 {
        variants.append(only.value)
        let lower = only.properties.lowercaseMapping.unicodeScalars
        if let first = lower.first, lower.count == 1 { variants.append(first.value) }
      }
    }
    // Scalars that the mappings above do not lead to.
    if value | 0x20 == UInt32(UInt8(ascii: "s")) { variants.append(0x17F) }
    if value | 0x20 == UInt32(UInt8(ascii: "k")) { variants.append(0x212A) }
    return variants
  }
}
