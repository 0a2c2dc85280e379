extension Option {
  /// An option with a value that is read from text. Numbers must be finite.
  ///
  /// `expecting` adds a condition, such as `.atLeast(0)`.
  public static func value<Value: LosslessStringConvertible & SendableMetatype>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, Value> & Sendable,
    _ help: String,
    expecting expectation: Expectation<Value>? = nil
  ) -> Self {
    storing(name, short, placeholder, .text, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.read(raw, expecting: expectation)
    } showing: {
      $0[keyPath: path].description
    }
  }

  /// An option with a value that is read from text, `nil` until given. Numbers must be finite.
  public static func value<Value: LosslessStringConvertible & SendableMetatype>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, Value?> & Sendable,
    _ help: String,
    expecting expectation: Expectation<Value>? = nil
  ) -> Self {
    storing(name, short, placeholder, .text, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.read(raw, expecting: expectation)
    } showing: {
      $0[keyPath: path]?.description
    }
  }

  /// An option that names a file or a directory (or one of the two: see `kind`).
  public static func path(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, String> & Sendable,
    _ help: String,
    kind: ValueKind = .file
  ) -> Self {
    storing(name, short, placeholder, kind, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.readPath(raw)
    } showing: {
      $0[keyPath: path]
    }
  }

  /// An option that names a file or a directory, `nil` until it is given.
  public static func path(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, String?> & Sendable,
    _ help: String,
    kind: ValueKind = .file
  ) -> Self {
    storing(name, short, placeholder, kind, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.readPath(raw)
    } showing: {
      $0[keyPath: path]
    }
  }

  /// An option that names one case of an enumeration; help lists their raw values.
  public static func oneOf<Value: CaseIterable & RawRepresentable<String> & SendableMetatype>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, Value> & Sendable,
    _ help: String
  ) -> Self {
    let kind = ValueKind.words(Value.allCases.map(\.rawValue))
    return storing(name, short, placeholder, kind, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.readCase(raw, of: Value.self)
    } showing: {
      $0[keyPath: path].rawValue
    }
  }

  /// An option that names one case of an enumeration, `nil` until it is given.
  public static func oneOf<Value: CaseIterable & RawRepresentable<String> & SendableMetatype>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, Value?> & Sendable,
    _ help: String
  ) -> Self {
    let kind = ValueKind.words(Value.allCases.map(\.rawValue))
    return storing(name, short, placeholder, kind, help) { (values, raw) throws(InvalidValue) in
      values[keyPath: path] = try ValueReading.readCase(raw, of: Value.self)
    } showing: {
      $0[keyPath: path]?.rawValue
    }
  }

  /// An option that adds a value to an array each time it is given.
  public static func list<Value: LosslessStringConvertible & SendableMetatype>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, [Value]> & Sendable,
    _ help: String,
    kind: ValueKind = .text,
    expecting expectation: Expectation<Value>? = nil
  ) -> Self {
    append(name, short: short, placeholder, path, help, kind: kind) {
      (raw) throws(InvalidValue) in
      try ValueReading.read(raw, expecting: expectation)
    }
  }

  /// An option that adds what `element` makes of its value to an array.
  ///
  /// Several options and the operands may add to the same array: it keeps the command line's order.
  public static func append<Element>(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ placeholder: String,
    _ path: any WritableKeyPath<Values, [Element]> & Sendable,
    _ help: String,
    kind: ValueKind = .text,
    _ element: @escaping @Sendable (String) throws(InvalidValue) -> Element
  ) -> Self {
    storing(name, short, placeholder, kind, help, isRepeatable: true) {
      (values, raw) throws(InvalidValue) in
      values[keyPath: path].append(try element(raw))
    } showing: { _ in
      nil
    }
  }

  /// A switch, which takes no value. `negatable` declares `--no-NAME` too.
  public static func flag(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ path: any WritableKeyPath<Values, Bool> & Sendable,
    _ help: String,
    negatable: Bool = false
  ) -> Self {
    toggling(name, short, help, negatable) {
      $0[keyPath: path] = $1
    } showing: {
      $0[keyPath: path] ? "on" : nil
    }
  }

  /// A switch with three states: `nil` until it is given as `--NAME` or `--no-NAME`.
  public static func flag(
    _ name: String,
    short: Unicode.Scalar? = nil,
    _ path: any WritableKeyPath<Values, Bool?> & Sendable,
    _ help: String,
    negatable: Bool = true
  ) -> Self {
    toggling(name, short, help, negatable) {
      $0[keyPath: path] = $1
    } showing: {
      $0[keyPath: path] == true ? "on" : nil
    }
  }

  private static func storing(
    _ name: String,
    _ short: Unicode.Scalar?,
    _ placeholder: String,
    _ kind: ValueKind,
    _ help: String,
    isRepeatable: Bool = false,
    _ store: @escaping @Sendable (inout Values, String) throws(InvalidValue) -> Void,
    showing currentText: @escaping @Sendable (Values) -> String?
  ) -> Self {
    let description = OptionDescription(
      name: name,
      short: short,
      value: .init(placeholder: placeholder, kind: kind),
      help: Prose.phrase(help),
      isNegatable: false,
      isRepeatable: isRepeatable
    )
    return Self(description: description, action: .store(store)) { values in
      let text = currentText(values)
      return text == "" ? nil : text
    }
  }

  private static func toggling(
    _ name: String,
    _ short: Unicode.Scalar?,
    _ help: String,
    _ isNegatable: Bool,
    _ toggle: @escaping @Sendable (inout Values, Bool) -> Void,
    showing currentText: @escaping @Sendable (Values) -> String?
  ) -> Self {
    let description = OptionDescription(
      name: name,
      short: short,
      value: nil,
      help: Prose.phrase(help),
      isNegatable: isNegatable,
      isRepeatable: false
    )
    return Self(description: description, action: .toggle(toggle), currentText: currentText)
  }
}
