extension Evaluator {
  /// The values of `arguments`, behind `first` if there is one.
  func evaluate(
    _ arguments: Arguments,
    _ scope: Scope,
    first: Value? = nil
  ) throws(TemplateError) -> CallArguments {
    var passed = CallArguments()
    if let first { passed.positional.append(first) }
    if arguments.isEmpty { return passed }
    for expression in arguments.positional {
      passed.positional.append(try evaluate(expression, scope))
    }
    if let spread = arguments.spreadPositional {
      let iterator = try IteratorObject(over: try evaluate(spread, scope))
      while let value = try iterator.next() {
        try charge()
        passed.positional.append(value)
      }
    }
    for (name, expression) in arguments.keywords {
      passed.keywords.append((name, try evaluate(expression, scope)))
    }
    if let spread = arguments.spreadKeywords {
      try spreadKeywords(try evaluate(spread, scope), into: &passed)
    }
    return passed
  }

  private func spreadKeywords(
    _ value: Value,
    into passed: inout CallArguments
  ) throws(TemplateError) {
    guard case .mapping(let mapping) = value else {
      if case .undefined(let undefined) = value { throw undefined.error }
      throw .type("argument after ** must be a mapping, not \(value.typeName)")
    }
    for index in mapping.keys.indices {
      guard case .text(let name) = mapping.keys[index] else {
        throw .type("keywords must be strings")
      }
      if passed.keywords.contains(where: { $0.name == name }) {
        throw .type(
          "jinja2.sandbox.SandboxedEnvironment.call() got multiple values for keyword argument"
            + " '\(name.string)'"
        )
      }
      passed.keywords.append((name, mapping.values[index]))
    }
  }

  func evaluateCall(
    _ callee: Expression,
    _ arguments: Arguments,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    if case .attribute(let base, let name) = callee {
      // The common call of a method, without a value for the method itself.
      let receiver = try evaluate(base, scope)
      if receiver.hasMethod(name), !receiver.isChanged(byMethod: name) {
        return try callMethod(name, of: receiver, try evaluate(arguments, scope))
      }
      let function = try attribute(name, of: receiver)
      return try call(function, try evaluate(arguments, scope))
    }
    let function = try evaluate(callee, scope)
    return try call(function, try evaluate(arguments, scope))
  }

  /// Calls `function`.
  func call(_ function: Value, _ arguments: CallArguments) throws(TemplateError) -> Value {
    switch function {
    case .macro(let macro):
      try enter()
      defer { leave() }
      return try call(macro, arguments)
    case .function(let function): return try call(function, arguments)
    case .method(let method): return try callMethod(method.name, of: method.receiver, arguments)
    case .undefined(let undefined): throw undefined.error
    case .joiner(let joiner): return joiner.next()
    case .loop(let loop):
      guard let recurse = loop.recurse else {
        throw .type("The loop must have the 'recursive' marker to be called recursively.")
      }
      let values = try Signature("LoopContext.__call__", ["iterable"], implicit: 1).bind(arguments)
      return try recurse(values[0] ?? .none, loop.depth0 + 1)
    default: throw .type("'\(function.typeName)' object is not callable")
    }
  }

  private func call(
    _ macro: MacroObject,
    _ arguments: CallArguments
  ) throws(TemplateError) -> Value {
    let definition = macro.definition
    var arguments = arguments
    let scope = Scope(parent: macro.scope)
    var missing: [MacroDefinition.Parameter] = []
    for (index, parameter) in definition.parameters.enumerated() {
      if index < arguments.positional.count {
        scope.set(parameter.id, arguments.positional[index])
      } else if let value = arguments.take(parameter.name) {
        scope.set(parameter.id, value)
      } else {
        missing.append(parameter)
      }
    }
    try bindSpecialNames(of: macro, &arguments, scope)
    for parameter in missing {
      if let expression = parameter.defaultValue {
        scope.set(parameter.id, try evaluate(expression, scope))
      } else {
        let name = parameter.name.representation.string
        let hint = "parameter \(name) was not provided"
        scope.set(parameter.id, .undefined(UndefinedObject(.hint(hint))))
      }
    }
    let outer = escapes
    escapes = macro.escapes
    defer { escapes = outer }
    let (text, _) = try capture { () throws(TemplateError) in
      try execute(definition.body, scope)
    }
    return .text(text.marked(outer))
  }

  private func bindSpecialNames(
    of macro: MacroObject,
    _ arguments: inout CallArguments,
    _ scope: Scope
  ) throws(TemplateError) {
    let definition = macro.definition
    if let id = definition.caller {
      scope.set(
        id,
        arguments.take("caller") ?? .undefined(UndefinedObject(.hint("No caller defined")))
      )
    }
    if let id = definition.keywords {
      var builder = MappingBuilder()
      for (name, value) in arguments.keywords { builder.set(name, value) }
      scope.set(id, .mapping(try builder.finish()))
    } else if let (name, _) = arguments.keywords.first {
      if arguments.keywords.contains(where: { $0.name == "caller" }) {
        throw .type(
          "macro \(macro.quotedName) was invoked with two values for the special caller argument."
            + " This is most likely a bug."
        )
      }
      throw .type(
        "macro \(macro.quotedName) takes no keyword argument \(name.representation.string)"
      )
    }
    let extra = arguments.positional.dropFirst(definition.parameters.count)
    if let id = definition.positionals {
      scope.set(id, try .tuple(of: Array(extra)))
    } else if !extra.isEmpty {
      throw .type(
        "macro \(macro.quotedName) takes not more than \(definition.parameters.count) argument(s)"
      )
    }
  }
}
