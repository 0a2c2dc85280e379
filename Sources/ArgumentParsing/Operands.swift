/// The words of a command line that are neither options nor their values.
public struct Operands<Values: Sendable>: Sendable {
  /// What help shows; `nil` when the command takes none.
  let description: OperandDescription?
  let store: @Sendable (inout Values, String) throws(InvalidValue) -> Void

  /// No operands.
  public static var none: Self { Self(description: nil) { _, _ in } }

  /// At most one operand; `-` is one.
  public static func optional(
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, String?> & Sendable,
    _ help: String? = nil,
    kind: ValueKind = .text
  ) -> Self {
    Self(description: described(placeholder, .optional, help, kind)) { $0[keyPath: path] = $1 }
  }

  /// Exactly one operand.
  public static func required(
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, String> & Sendable,
    _ help: String? = nil,
    kind: ValueKind = .text
  ) -> Self {
    Self(description: described(placeholder, .required, help, kind)) { $0[keyPath: path] = $1 }
  }

  /// Any number of operands.
  public static func repeated(
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, [String]> & Sendable,
    _ help: String? = nil,
    kind: ValueKind = .text
  ) -> Self {
    repeated(placeholder, path, help, kind: kind) { $0 }
  }

  /// Any number of operands, each added to an array as what `element` makes of it.
  ///
  /// Options made by `Option.append` may add to the same array: it keeps the command line's order.
  public static func repeated<Element>(
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, [Element]> & Sendable,
    _ help: String? = nil,
    kind: ValueKind = .text,
    _ element: @escaping @Sendable (String) throws(InvalidValue) -> Element
  ) -> Self {
    Self(description: described(placeholder, .repeated, help, kind)) {
      (values, raw) throws(InvalidValue) in
      values[keyPath: path].append(try element(raw))
    }
  }

  private static func described(
    _ placeholder: String,
    _ count: OperandDescription.Count,
    _ help: String?,
    _ kind: ValueKind
  ) -> OperandDescription {
    OperandDescription(
      placeholder: placeholder,
      count: count,
      kind: kind,
      help: help.map(Prose.phrase)
    )
  }
}
