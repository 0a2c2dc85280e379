/// A value of a template, with Python's semantics.
///
/// Lists and mappings never change once made: the sandbox refuses the methods that would.
enum Value {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer that does not fit `Int`.
  case large(BigInteger)
  case float(Double)
  case text(Text)
  case bytes(BytesObject)
  case list(SequenceObject)
  case tuple(SequenceObject)
  case mapping(MappingObject)
  case undefined(UndefinedObject)
  case range(RangeObject)
  case view(MappingView)
  case iterator(IteratorObject)
  case namespace(NamespaceObject)
  case macro(MacroObject)
  case loop(LoopObject)
  case function(GlobalFunction)
  case method(MethodObject)
  case cycler(CyclerObject)
  case joiner(JoinerObject)

  static func string(_ string: String) -> Value { .text(Text(string)) }

  /// A list, unless that would nest too deeply.
  static func list(of elements: [Value]) throws(TemplateError) -> Value {
    .list(try SequenceObject(elements))
  }

  /// A tuple, unless that would nest too deeply.
  static func tuple(of elements: [Value]) throws(TemplateError) -> Value {
    .tuple(try SequenceObject(elements))
  }

  /// The integer, unless it is too long.
  static func integer(_ value: BigInteger) throws(TemplateError) -> Value {
    if let int = value.int { return .integer(int) }
    guard value.magnitude < BigInteger.bound else { throw BigInteger.lengthError }
    return .large(value)
  }

  /// Python's truth of the value.
  var isTrue: Bool {
    switch self {
    case .none, .undefined: false
    case .boolean(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .text(let value): !value.isEmpty
    case .bytes(let value): !value.bytes.isEmpty
    case .list(let value), .tuple(let value): !value.elements.isEmpty
    case .mapping(let value): value.count > 0
    case .range(let value): value.count > 0
    case .view(let value): value.mapping.count > 0
    default: true
    }
  }

  /// The integer of an `int` or `bool`, which Python takes for an index.
  var index: Int? {
    switch self {
    case .integer(let value): value
    case .boolean(let value): value ? 1 : 0
    default: nil
    }
  }

  /// The integer of an `int` or `bool`, as near as `Int` comes.
  var clampedIndex: Int? {
    if case .large(let value) = self { value.isNegative ? .min : .max } else { index }
  }

  /// The index that Python's C functions want.
  func expectedIndex() throws(TemplateError) -> Int {
    if let index { return index }
    if case .large = self {
      throw .runtime(
        .overflowError,
        message: "Python int too large to convert to C ssize_t"
      )
    }
    throw .type("'\(typeName)' object cannot be interpreted as an integer")
  }

  /// The integer of an `int` or `bool`, of any length.
  var wholeNumber: BigInteger? {
    if case .large(let value) = self { value } else { index.map { BigInteger($0) } }
  }

  /// The number of an `int`, `bool` or `float`; infinite for an integer that no `Double` is near.
  var number: Double? {
    switch self {
    case .float(let value): value
    case .large(let value): value.double
    default: index.map(Double.init)
    }
  }

  /// The number of an `int`, `bool` or `float`, for functions that Python converts it to a float for.
  func floatingPoint() throws(TemplateError) -> Double? {
    guard let number else { return nil }
    if case .large = self, number.isInfinite {
      throw .runtime(.overflowError, message: "int too large to convert to float")
    }
    return number
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  var isNone: Bool { if case .none = self { true } else { false } }
}
