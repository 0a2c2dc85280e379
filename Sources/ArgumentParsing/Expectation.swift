/// A condition on values, with the words that name it in messages.
public struct Expectation<Value>: Sendable {
  /// What is expected, to follow "expected": `a number of 0 or more`.
  let text: String
  let isMet: @Sendable (Value) -> Bool

  /// Names the condition `isMet`; `text` follows "expected" in messages.
  public init(_ text: String, where isMet: @escaping @Sendable (Value) -> Bool) {
    self.text = text
    self.isMet = isMet
  }
}

extension Expectation where Value: Comparable & LosslessStringConvertible & Sendable {
  /// Values of `bound` or more.
  public static func atLeast(_ bound: Value) -> Self {
    Self("\(ValueReading.noun(for: Value.self)) of \(shown(bound)) or more") { $0 >= bound }
  }

  /// Values from the lower to the upper bound of `range`, both allowed.
  public static func within(_ range: ClosedRange<Value>) -> Self {
    let bounds = "from \(shown(range.lowerBound)) to \(shown(range.upperBound))"
    return Self("\(ValueReading.noun(for: Value.self)) \(bounds)") { range.contains($0) }
  }

  /// `0` for `0.0`: in a sentence the point would only distract.
  private static func shown(_ bound: Value) -> String {
    let text = bound.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
