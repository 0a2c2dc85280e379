/// A value of a GGUF file's metadata. Widths of numbers are not kept.
///
/// Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public enum GGUFValue: Sendable {
  /// A whole number.
  case integer(Int)
  /// A float32 or float64, or a u64 too large for `Int`.
  case number(Double)
  /// `true` or `false`.
  case bool(Bool)
  /// Text.
  case string(String)
  /// Whole numbers of any width.
  case integers([Int])
  /// Float32 or float64 numbers, the latter rounded.
  case floats([Float])
  /// An array of `true` and `false`.
  case bools([Bool])
  /// An array of text.
  case strings(GGUFStringArray)

  /// A whole number, else `nil`.
  public var integerValue: Int? { if case .integer(let value) = self { value } else { nil } }

  /// Any number as a `Double`, else `nil`.
  public var doubleValue: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value of a bool, else `nil`.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The text of a string, else `nil`.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The numbers of an array of whole numbers, else `nil`.
  public var integersValue: [Int]? { if case .integers(let value) = self { value } else { nil } }

  /// The numbers of an array of floating-point numbers, else `nil`.
  public var floatsValue: [Float]? { if case .floats(let value) = self { value } else { nil } }

  /// The strings of an array of text, else `nil`.
  public var stringsValue: GGUFStringArray? {
    if case .strings(let value) = self { value } else { nil }
  }
}
