/// The functions that each template has.
enum GlobalFunction: String, Sendable {
  case range
  case dict
  case namespace
  case cycler
  case lipsum
  case joiner
  case raiseException = "raise_exception"
  case formattedNow = "strftime_now"
  /// The template itself, which would know its blocks.
  case template = "self"

  var typeName: String {
    switch self {
    case .dict: "TemplateDict"
    case .namespace, .cycler, .joiner: "type"
    case .template: "TemplateReference"
    default: "function"
    }
  }

  /// The name of the Python function.
  var pythonName: String {
    switch self {
    case .range: "safe_range"
    case .lipsum: "generate_lorem_ipsum"
    default: Evaluator.local(rawValue)
    }
  }

  /// The name of the Python class that the function is.
  var className: String? {
    switch self {
    case .cycler: "jinja2.utils.Cycler"
    case .joiner: "jinja2.utils.Joiner"
    case .namespace:
      "transformers.utils.chat_template_utils._cached_compile_jinja_template.<locals>.TemplateNamespace"
    default: nil
    }
  }
}

extension Evaluator {
  func call(
    _ function: GlobalFunction,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    switch function {
    case .template: throw .type("'TemplateReference' object is not callable")
    case .range: return try makeRange(arguments)
    case .dict: return .mapping(try makeMapping(arguments))
    case .namespace:
      let mapping = try makeMapping(arguments)
      let namespace = makeNamespace()
      for index in mapping.keys.indices {
        if case .text(let name) = mapping.keys[index] {
          try set(name, of: namespace, to: mapping.values[index])
        }
      }
      return .namespace(namespace)
    case .lipsum: return try makeLipsum(arguments)
    case .cycler:
      if arguments.positional.isEmpty {
        throw .runtime(.runtimeError, message: "at least one item has to be provided")
      }
      return .cycler(CyclerObject(try SequenceObject(arguments.positional)))
    case .joiner:
      let values = try Signature("Joiner.__init__", ["sep"], required: 0, implicit: 1)
        .bind(arguments)
      return .joiner(JoinerObject(values[0] ?? .text(", ")))
    case .raiseException:
      let values = try Signature(Self.local("raise_exception"), ["message"]).bind(arguments)
      throw .raised(message: (values[0] ?? .none).display.string)
    case .formattedNow:
      let values = try Signature(Self.local("strftime_now"), ["format"]).bind(arguments)
      guard case .text(let format) = values[0] else {
        let found = (values[0] ?? .none).argumentTypeName
        throw .type("strftime() argument 1 must be str, not \(found)")
      }
      try charge(20 + format.bytes.count)
      return try made(Text(clock().formatted(format.string)))
    }
  }

  /// What Python calls a function that transformers defines within another.
  static func local(_ name: String) -> String {
    "_cached_compile_jinja_template.<locals>.\(name)"
  }

  private func makeRange(_ arguments: CallArguments) throws(TemplateError) -> Value {
    let passed = arguments.positional
    if !arguments.keywords.isEmpty { throw .type("range() takes no keyword arguments") }
    if passed.isEmpty { throw .type("range expected at least 1 argument, got 0") }
    if passed.count > 3 { throw .type("range expected at most 3 arguments, got \(passed.count)") }
    var bounds: [BigInteger] = []
    for value in passed {
      guard let bound = value.wholeNumber else {
        throw .type("'\(value.typeName)' object cannot be interpreted as an integer")
      }
      bounds.append(bound)
    }
    let zero = BigInteger(0)
    let start = bounds.count > 1 ? bounds[0] : zero
    let stop = bounds.count > 1 ? bounds[1] : bounds[0]
    let step = bounds.count > 2 ? bounds[2] : BigInteger(1)
    if step.isZero { throw .value("range() arg 3 must not be zero") }
    let distance = step.isNegative ? start - stop : stop - start
    var count = zero
    if zero < distance {
      count = (distance - BigInteger(1)).dividedByMagnitude(of: step).quotient + BigInteger(1)
    }
    guard let count = count.int else { _ = try Value.large(count).expectedIndex(); return .none }
    guard count <= TemplateLimits.rangeLength else {
      let limit = TemplateLimits.rangeLength
      throw .runtime(
        .overflowError,
        message:
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(limit))."
      )
    }
    if let start = start.int, let stop = stop.int, let step = step.int {
      return .range(RangeObject(start: start, stop: stop, step: step, count: count))
    }
    guard count == 0 else { throw .limitExceeded("a range is beyond 64 bits") }
    return .range(
      RangeObject(empty: (try .integer(start), try .integer(stop), try .integer(step)))
    )
  }

  /// Python's `dict(...)`.
  private func makeMapping(_ arguments: CallArguments) throws(TemplateError) -> MappingObject {
    var builder = MappingBuilder()
    if arguments.positional.count > 1 {
      throw .type("dict expected at most 1 argument, got \(arguments.positional.count)")
    }
    if let source = arguments.positional.first {
      if case .mapping(let mapping) = source {
        for index in mapping.keys.indices {
          try builder.set(mapping.keys[index], mapping.values[index])
        }
      } else {
        try addPairs(of: source, to: &builder)
      }
    }
    for (name, value) in arguments.keywords { builder.set(name, value) }
    try charge(8 * builder.keys.count)
    return try builder.finish()
  }

  private func addPairs(
    of source: Value,
    to builder: inout MappingBuilder
  ) throws(TemplateError) {
    let iterator = try IteratorObject(over: source)
    var position = 0
    while let element = try iterator.next() {
      guard let pair = try? values(of: element) else {
        throw .type("cannot convert dictionary update sequence element #\(position) to a sequence")
      }
      guard pair.count == 2 else {
        throw .value(
          "dictionary update sequence element #\(position) has length \(pair.count); 2 is required"
        )
      }
      try builder.set(pair[0], pair[1])
      position += 1
    }
  }

  /// All values that iterating over `value` gives.
  func values(of value: Value) throws(TemplateError) -> [Value] {
    if case .list(let sequence) = value { return sequence.elements }
    if case .tuple(let sequence) = value { return sequence.elements }
    let iterator = try IteratorObject(over: value)
    var values: [Value] = []
    while let element = try iterator.next() {
      try charge()
      values.append(element)
    }
    return values
  }
}
