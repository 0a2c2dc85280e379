/// The functions that each template has.
enum GlobalFunction: String {
  case range
  case dict
  case namespace
  case cycler
  case joiner
  case raiseException = "raise_exception"
  case formattedNow = "strftime_now"

  var typeName: String {
    switch self {
    case .dict: "TemplateDict"
    case .namespace, .cycler, .joiner: "type"
    default: "function"
    }
  }
}

extension Evaluator {
  func call(
    _ function: GlobalFunction,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    switch function {
    case .range: return try makeRange(arguments)
    case .dict: return .mapping(try makeMapping(arguments))
    case .namespace:
      let mapping = try makeMapping(arguments)
      let namespace = makeNamespace()
      for index in mapping.keys.indices {
        if case .text(let name) = mapping.keys[index] {
          try namespace.setChecked(name, mapping.values[index])
        }
      }
      return .namespace(namespace)
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
      let values = try Signature("raise_exception", ["message"]).bind(arguments)
      throw .raised(message: (values[0] ?? .none).display.string)
    case .formattedNow:
      let values = try Signature("strftime_now", ["format"]).bind(arguments)
      guard case .text(let format) = values[0] else {
        let found = (values[0] ?? .none).typeName
        throw .type("strftime() argument 1 must be str, not \(found)")
      }
      return try made(Text(clock().formatted(format.string)))
    }
  }

  private func makeRange(_ arguments: CallArguments) throws(TemplateError) -> Value {
    let passed = arguments.positional
    if !arguments.keywords.isEmpty { throw .type("range() takes no keyword arguments") }
    if passed.isEmpty { throw .type("range expected at least 1 argument, got 0") }
    if passed.count > 3 { throw .type("range expected at most 3 arguments, got \(passed.count)") }
    var bounds: [Int] = []
    for value in passed {
      guard let bound = value.index else {
        if case .undefined(let undefined) = value { _ = undefined }
        throw .type("'\(value.typeName)' object cannot be interpreted as an integer")
      }
      bounds.append(bound)
    }
    let start = bounds.count > 1 ? bounds[0] : 0
    let stop = bounds.count > 1 ? bounds[1] : bounds[0]
    let step = bounds.count > 2 ? bounds[2] : 1
    if step == 0 { throw .value("range() arg 3 must not be zero") }
    let (distance, overflows) =
      step > 0 ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    let isEmpty = step > 0 ? stop <= start : stop >= start
    let count = isEmpty ? 0 : (UInt(bitPattern: distance) - 1) / step.magnitude + 1
    guard isEmpty || (!overflows && count <= TemplateLimits.rangeLength) else {
      let limit = TemplateLimits.rangeLength
      throw .runtime(
        .overflowError,
        message:
          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (\(limit))."
      )
    }
    return .range(RangeObject(start: start, step: step, count: Int(count)))
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
    try charge(builder.keys.count)
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
