/// Turns words of the command line into values.
enum ValueReading {
  /// Reads `raw` as a `Value` that meets `expectation`. Numbers must be finite.
  static func read<Value: LosslessStringConvertible>(
    _ raw: String,
    expecting expectation: Expectation<Value>?
  ) throws(InvalidValue) -> Value {
    if let value = Value(raw), isFinite(value), expectation?.isMet(value) ?? true { return value }
    if let type = Value.self as? any FixedWidthInteger.Type, isWholeNumber(raw), Value(raw) == nil {
      throw InvalidValue(expected: "a whole number from \(type.min) to \(type.max)")
    }
    throw InvalidValue(expected: expectation?.text ?? noun(for: Value.self))
  }

  /// Reads `raw` as the case of `Value` that it names.
  static func readCase<Value: CaseIterable & RawRepresentable<String>>(
    _ raw: String,
    of type: Value.Type
  ) throws(InvalidValue) -> Value {
    if let value = Value(rawValue: raw) { return value }
    let words = Value.allCases.map(\.rawValue)
    throw InvalidValue(
      expected: "one of \(words.joined(separator: ", "))",
      hint: Suggestion.nearest(to: raw, among: words).map { "did you mean '\($0)'?" }
    )
  }

  /// Reads a file name, which is anything but empty.
  static func readPath(_ raw: String) throws(InvalidValue) -> String {
    if raw.isEmpty { throw InvalidValue(expected: "a file name") }
    return raw
  }

  /// What a value of `type` is called in messages.
  static func noun<Value>(for type: Value.Type) -> String {
    if Value.self is any BinaryInteger.Type { return "a whole number" }
    if Value.self is any BinaryFloatingPoint.Type { return "a number" }
    return "a value"
  }

  private static func isFinite(_ value: some Any) -> Bool {
    (value as? any BinaryFloatingPoint)?.isFinite ?? true
  }

  private static func isWholeNumber(_ raw: String) -> Bool {
    let digits =
      raw.utf8.first == 0x2D || raw.utf8.first == 0x2B ? raw.utf8.dropFirst() : raw.utf8[...]
    return !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
  }
}
