extension Evaluator {
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
    let code = macro.code
    var arguments = arguments
    let frame = Frame(slotCount: code.slotCount, parent: macro.frame)
    var missing: [MacroCode.Parameter] = []
    for (index, parameter) in code.parameters.enumerated() {
      if index < arguments.positional.count {
        frame[parameter.slot] = arguments.positional[index]
      } else if let value = arguments.take(parameter.name) {
        frame[parameter.slot] = value
      } else {
        missing.append(parameter)
      }
    }
    try bindSpecialNames(of: macro, &arguments, frame)
    code.entry.enter(self, frame)
    for parameter in missing {
      if let value = parameter.defaultValue {
        frame[parameter.slot] = try value.evaluate(self, frame)
      } else {
        let name = parameter.name.representation.string
        let hint = "parameter \(name) was not provided"
        frame[parameter.slot] = .undefined(UndefinedObject(.hint(hint)))
      }
    }
    let outer = escapes
    escapes = macro.escapes
    defer { escapes = outer }
    let (text, _) = try capture { () throws(TemplateError) in try code.body.execute(self, frame) }
    return .text(text.marked(outer))
  }

  private func bindSpecialNames(
    of macro: MacroObject,
    _ arguments: inout CallArguments,
    _ frame: Frame
  ) throws(TemplateError) {
    let code = macro.code
    if let slot = code.caller {
      frame[slot] =
        arguments.take("caller") ?? .undefined(UndefinedObject(.hint("No caller defined")))
    }
    if let slot = code.keywords {
      var builder = MappingBuilder()
      for (name, value) in arguments.keywords { builder.set(name, value) }
      frame[slot] = .mapping(try builder.finish())
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
    let extra = arguments.positional.dropFirst(code.parameters.count)
    if let slot = code.positionals {
      frame[slot] = try .tuple(of: Array(extra))
    } else if !extra.isEmpty {
      throw .type(
        "macro \(macro.quotedName) takes not more than \(code.parameters.count) argument(s)"
      )
    }
  }
}
