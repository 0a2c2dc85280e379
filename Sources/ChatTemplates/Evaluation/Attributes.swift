extension Evaluator {
  /// jinja2's `getattr`: an attribute, else an element of that name, else undefined.
  func attribute(_ name: Text, of value: Value) throws(TemplateError) -> Value {
    if case .undefined(let undefined) = value {
      if Self.privateAttributes.contains(name) { return unsafe(name, value) }
      throw undefined.error
    }
    if let attribute = try ownAttribute(name, of: value) { return attribute }
    if case .mapping(let mapping) = value, let member = mapping[name] { return member }
    return .undefined(UndefinedObject(.attribute(name, of: value.objectDescription)))
  }

  /// An attribute that Python's type of the value has; undefined if the sandbox forbids it.
  func ownAttribute(_ name: Text, of value: Value) throws(TemplateError) -> Value? {
    if case .namespace(let namespace) = value {
      if let attribute = namespace[name] { return attribute }
      return name == "__class__" ? unsafe(name, value) : nil
    }
    if name.hasPrefix("_") {
      return Self.privateAttributes.contains(name) ? unsafe(name, value) : nil
    }
    if value.hasMethod(name) {
      if value.isChanged(byMethod: name) { return unsafe(name, value) }
      return .method(try MethodObject(value, name))
    }
    switch value {
    case .loop(let loop): return try loop.attribute(name)
    case .macro(let macro): return try Self.attribute(name, of: macro)
    case .cycler(let cycler):
      switch name {
      case "current": return cycler.current
      case "items": return .tuple(cycler.items)
      case "pos": return .integer(cycler.position)
      default: return nil
      }
    case .joiner(let joiner):
      return name == "sep" ? joiner.separator : name == "used" ? .boolean(joiner.isUsed) : nil
    case .range(let range): return Self.attribute(name, of: range)
    case .tuple(let sequence) where sequence.isGroup:
      switch name {
      case "grouper": return sequence.elements[0]
      case "list": return sequence.elements[1]
      default: return nil
      }
    case .integer, .large, .boolean, .float: return try Self.attribute(name, ofNumber: value)
    default: return nil
    }
  }

  private func unsafe(_ name: Text, _ value: Value) -> Value {
    .undefined(UndefinedObject(.unsafe(name, typeName: value.typeName)))
  }

  /// Names that each Python object has and the sandbox hides.
  private static let privateAttributes: Set<Text> = [
    "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__",
    "__getattribute__", "__getstate__", "__gt__", "__hash__", "__init__", "__init_subclass__",
    "__le__", "__lt__", "__ne__", "__new__", "__reduce__", "__reduce_ex__", "__repr__",
    "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
  ]

  private static func attribute(_ name: Text, of macro: MacroObject) throws(TemplateError) -> Value?
  {
    let code = macro.code
    switch name {
    case "name": return code.name.map(Value.text) ?? Value.none
    case "arguments": return try .tuple(of: code.parameters.map { .text($0.name) })
    case "catch_kwargs": return .boolean(code.keywords != nil)
    case "catch_varargs": return .boolean(code.positionals != nil)
    case "caller": return .boolean(code.readsCaller)
    case "explicit_caller":
      return .boolean(code.parameters.contains { $0.name == "caller" })
    default: return nil
    }
  }

  private static func attribute(_ name: Text, of range: RangeObject) -> Value? {
    if let (start, stop, step) = range.bounds {
      return switch name {
      case "start": start
      case "step": step
      case "stop": stop
      default: nil
      }
    }
    return switch name {
    case "start": .integer(range.start)
    case "step": .integer(range.step)
    case "stop": .integer(range.stop)
    default: nil
    }
  }

  private static func attribute(
    _ name: Text,
    ofNumber value: Value
  ) throws(TemplateError) -> Value? {
    if case .float = value {
      return name == "real" ? value : name == "imag" ? .float(0) : nil
    }
    switch name {
    case "real", "numerator": return try value.identical()
    case "imag": return .integer(0)
    case "denominator": return .integer(1)
    default: return nil
    }
  }
}
