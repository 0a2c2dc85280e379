import JSON

/// A value of a template, with Python's semantics.
///
/// Lists and mappings never change once made: the sandbox refuses the methods that would.
enum Value {
  case none
  case boolean(Bool)
  case integer(Int)
  case float(Double)
  case text(Text)
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

  /// The value of `json`.
  init(_ json: JSON) throws(TemplateError) {
    try self.init(json, depth: 0)
  }

  private init(_ json: JSON, depth: Int) throws(TemplateError) {
    guard depth < TemplateLimits.valueDepth else { throw ValueExtent.depthError }
    switch json {
    case .null: self = .none
    case .bool(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .float(value)
    case .string(let value): self = .text(Text(value))
    case .array(let elements):
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      for element in elements { values.append(try Value(element, depth: depth + 1)) }
      self = try .list(of: values)
    case .object(let members):
      var builder = MappingBuilder()
      for (key, value) in members {
        builder.set(Text(key), try Value(value, depth: depth + 1))
      }
      self = .mapping(try builder.finish())
    }
  }

  /// Python's truth of the value.
  var isTrue: Bool {
    switch self {
    case .none, .undefined: false
    case .boolean(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .text(let value): !value.isEmpty
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

  /// The number of an `int`, `bool` or `float`.
  var number: Double? {
    if case .float(let value) = self { value } else { index.map(Double.init) }
  }

  var isUndefined: Bool { if case .undefined = self { true } else { false } }

  var isNone: Bool { if case .none = self { true } else { false } }
}
