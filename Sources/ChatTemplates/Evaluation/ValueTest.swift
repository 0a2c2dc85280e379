/// A test: what `is` asks of a value.
struct ValueTest: Sendable {
  private let signature: Signature
  private let body: @Sendable (Evaluator, [Value?]) throws(TemplateError) -> Bool
  /// The test without arguments, where it cannot fail.
  let simple: (@Sendable (Value) -> Bool)?

  private init(
    _ name: String,
    _ parameters: [Text] = ["value"],
    implicit: Int = 0,
    isOperator: Bool = false,
    _ body: @escaping @Sendable (Evaluator, [Value?]) throws(TemplateError) -> Bool
  ) {
    signature = Signature(
      name,
      parameters,
      required: parameters.count,
      implicit: implicit,
      isOperator: isOperator
    )
    self.body = body
    simple = nil
  }

  /// A test that looks at the value alone and cannot fail.
  private init(_ name: String, simple: @escaping @Sendable (Value) -> Bool) {
    signature = Signature(name, ["value"], isBuiltin: name == "callable")
    body = { _, passed in simple(passed.value(0)) }
    self.simple = simple
  }

  /// Whether the test holds for the first of `arguments`.
  func holds(_ evaluator: Evaluator, _ arguments: CallArguments) throws(TemplateError) -> Bool {
    try body(evaluator, try signature.bind(arguments))
  }

  /// The test of that name.
  static func named(_ name: String) -> ValueTest? { all[name] }

  private static let all: [String: ValueTest] = [
    "odd": remainder("test_odd", 2, 1),
    "even": remainder("test_even", 2, 0),
    "divisibleby": ValueTest("test_divisibleby", ["value", "num"]) {
      evaluator,
      passed throws(TemplateError) in
      try evaluator.apply(.remainder, passed.value(0), passed.value(1)).isEqual(to: .integer(0))
    },
    "defined": ValueTest("test_defined", simple: { !$0.isUndefined }),
    "undefined": ValueTest("test_undefined", simple: { $0.isUndefined }),
    "filter": ValueTest("test_filter", ["value"], implicit: 1) { _, passed throws(TemplateError) in
      guard passed.value(0).isHashable else { throw passed.value(0).unhashableError }
      guard case .text(let name) = passed.value(0) else { return false }
      return Filter.named(name.string) != nil
    },
    "test": ValueTest("test_test", ["value"], implicit: 1) { _, passed throws(TemplateError) in
      guard passed.value(0).isHashable else { throw passed.value(0).unhashableError }
      guard case .text(let name) = passed.value(0) else { return false }
      return ValueTest.named(name.string) != nil
    },
    "none": ValueTest("test_none", simple: { $0.isNone }),
    "boolean": ValueTest(
      "test_boolean",
      simple: {
        if case .boolean = $0 { true } else { false }
      }
    ),
    "false": ValueTest(
      "test_false",
      simple: {
        if case .boolean(false) = $0 { true } else { false }
      }
    ),
    "true": ValueTest(
      "test_true",
      simple: {
        if case .boolean(true) = $0 { true } else { false }
      }
    ),
    "integer": ValueTest(
      "test_integer",
      simple: {
        switch $0 {
        case .integer, .large: true
        default: false
        }
      }
    ),
    "float": ValueTest(
      "test_float",
      simple: {
        if case .float = $0 { true } else { false }
      }
    ),
    "lower": ValueTest("test_lower") { evaluator, passed throws(TemplateError) in
      try evaluator.charge(writing: passed.value(0))
      return try evaluator.charge(classifying: passed.value(0).display).isLower
    },
    "upper": ValueTest("test_upper") { evaluator, passed throws(TemplateError) in
      try evaluator.charge(writing: passed.value(0))
      return try evaluator.charge(classifying: passed.value(0).display).isUpper
    },
    "string": ValueTest("test_string", simple: { if case .text = $0 { true } else { false } }),
    "mapping": ValueTest("test_mapping", simple: { if case .mapping = $0 { true } else { false } }),
    "number": ValueTest("test_number", simple: { $0.number != nil }),
    "sequence": ValueTest("test_sequence", simple: { $0.isSequence }),
    "iterable": ValueTest("test_iterable", simple: { $0.isIterable }),
    "callable": ValueTest("callable", simple: { $0.isCallable }),
    "sameas": ValueTest("test_sameas", ["value", "other"]) { _, passed in
      passed.value(0).isSame(as: passed.value(1))
    },
    "escaped": ValueTest("test_escaped") { _, passed in
      if case .text(let text) = passed.value(0) { text.isMarkup } else { false }
    },
    "in": ValueTest("test_in", ["value", "seq"]) { evaluator, passed throws(TemplateError) in
      try evaluator.contains(passed.value(0), in: passed.value(1))
    },
    "==": equal, "eq": equal, "equalto": equal,
    "!=": notEqual, "ne": notEqual,
    ">": order(.greater, "gt"), "gt": order(.greater, "gt"), "greaterthan": order(.greater, "gt"),
    ">=": order(.greaterOrEqual, "ge"), "ge": order(.greaterOrEqual, "ge"),
    "<": order(.less, "lt"), "lt": order(.less, "lt"), "lessthan": order(.less, "lt"),
    "<=": order(.lessOrEqual, "le"), "le": order(.lessOrEqual, "le"),
  ]

  private static let equal = ValueTest("eq", ["a", "b"], isOperator: true) { _, passed in
    passed.value(0).isEqual(to: passed.value(1))
  }

  private static let notEqual = ValueTest("ne", ["a", "b"], isOperator: true) { _, passed in
    !passed.value(0).isEqual(to: passed.value(1))
  }

  private static func order(_ order: Ordering, _ name: String) -> ValueTest {
    ValueTest(name, ["a", "b"], isOperator: true) { _, passed throws(TemplateError) in
      try passed.value(0).isOrdered(order, passed.value(1))
    }
  }

  private static func remainder(_ name: String, _ divisor: Int, _ result: Int) -> ValueTest {
    ValueTest(name) { evaluator, passed throws(TemplateError) in
      try evaluator.apply(.remainder, passed.value(0), .integer(divisor))
        .isEqual(to: .integer(result))
    }
  }
}

extension Value {
  /// Whether Python can index the value.
  fileprivate var isSequence: Bool {
    switch self {
    case .text, .bytes, .list, .tuple, .mapping, .range, .undefined: true
    default: false
    }
  }

  /// Whether Python can iterate over the value.
  var isIterable: Bool {
    switch self {
    case .view, .iterator, .loop: true
    default: isSequence
    }
  }
}
