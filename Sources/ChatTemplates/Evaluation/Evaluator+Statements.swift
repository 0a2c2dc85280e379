extension Evaluator {
  /// How a statement ended.
  enum Flow { case normal, breaking, continuing }

  func execute(_ body: [Statement], _ scope: Scope) throws(TemplateError) -> Flow {
    try enter()
    defer { leave() }
    for statement in body {
      let flow = try execute(statement, scope)
      if flow != .normal { return flow }
    }
    return .normal
  }

  private func execute(_ statement: Statement, _ scope: Scope) throws(TemplateError) -> Flow {
    try charge()
    switch statement {
    case .data(let text): try write(text)
    case .output(let expression): try writeOutput(try evaluate(expression, scope))
    case .conditional(let branches, let otherwise):
      for branch in branches where try evaluate(branch.test, scope).isTrue {
        return try execute(branch.body, scope)
      }
      return try execute(otherwise, scope)
    case .forLoop(let loop): try execute(loop, scope)
    case .assignment(let target, let expression):
      try checkNamespaces(in: target, scope)
      try assign(target, try evaluate(expression, scope), scope)
    case .blockAssignment(let target, let filter, let body, let undefinesTarget):
      if undefinesTarget, case .name(let id) = target {
        scope.set(id, .undefined(UndefinedObject(.name(names[id]))))
      }
      return try executeBlockAssignment(target, filter, body, scope)
    case .macro(let id, let definition):
      capture(scope)
      scope.set(id, .macro(MacroObject(definition, scope, escapes: escapes)))
    case .callBlock(let callee, let arguments, let definition):
      try executeCallBlock(callee, arguments, definition, scope)
    case .generation(let body):
      let (text, _) = try capture { () throws(TemplateError) in
        try execute(body, Scope(parent: scope))
      }
      try write(text)
    case .filterBlock(let filter, let body):
      let inner = Scope(parent: scope)
      let (text, flow) = try capture { () throws(TemplateError) in try execute(body, inner) }
      guard flow == .normal else { return flow }
      let value = try evaluateFilter(filter, block: text, inner)
      if case .text(let text) = value {
        try write(text)
      } else {
        noteFault(
          .type("sequence item 0: expected str instance, \(value.typeName) found")
        )
      }
    case .with(let assignments, let body):
      let inner = Scope(parent: scope)
      for (target, expression) in assignments {
        try assign(target, try evaluate(expression, scope), inner)
      }
      return try execute(body, inner)
    case .autoescape(let expression, let body):
      let outer = escapes
      escapes = try evaluate(expression, scope).isTrue
      defer { escapes = outer }
      return try execute(body, Scope(parent: scope))
    case .block(let isScoped, let body):
      _ = try execute(body, Scope(parent: isScoped ? scope : root))
    case .load(let template):
      _ = try evaluate(template, scope)
      throw .type("no loader for this environment specified")
    case .breakLoop: return .breaking
    case .continueLoop: return .continuing
    }
    return .normal
  }

  private func writeOutput(_ value: Value) throws(TemplateError) {
    try charge(writing: value)
    if escapes {
      try write(value.softDisplay.escaped())
    } else {
      try write(value.display)
    }
  }

  // MARK: Assignments

  private func checkNamespaces(in target: Target, _ scope: Scope) throws(TemplateError) {
    switch target {
    case .name: break
    case .attribute(let id, _):
      guard case .namespace = scope.value(of: id) else {
        throw .runtime(
          .templateRuntimeError,
          message: "cannot assign attribute on non-namespace object"
        )
      }
    case .tuple(let targets):
      for target in targets { try checkNamespaces(in: target, scope) }
    }
  }

  /// Stores `value` to `target`, taking it apart for a tuple.
  func assign(_ target: Target, _ value: Value, _ scope: Scope) throws(TemplateError) {
    switch target {
    case .name(let id): scope.set(id, value)
    case .attribute(let id, let name):
      guard case .namespace(let namespace) = scope.value(of: id) else { return }
      try namespace.setChecked(name, value)
    case .tuple(let targets):
      let values = try unpack(value, count: targets.count)
      for (target, value) in zip(targets, values) { try assign(target, value, scope) }
    }
  }

  /// The values of `value`, of which there must be `count`.
  func unpack(_ value: Value, count: Int) throws(TemplateError) -> [Value] {
    if case .tuple(let sequence) = value, sequence.elements.count == count {
      return sequence.elements
    }
    let iterator: IteratorObject
    do {
      iterator = try IteratorObject(over: value)
    } catch {
      guard case .runtime(.typeError, _) = error else { throw error }
      throw .type("cannot unpack non-iterable \(value.typeName) object")
    }
    var values: [Value] = []
    while let value = try iterator.next() {
      if values.count == count { throw .value("too many values to unpack (expected \(count))") }
      values.append(value)
    }
    guard values.count == count else {
      throw .value("not enough values to unpack (expected \(count), got \(values.count))")
    }
    return values
  }

  private func executeBlockAssignment(
    _ target: Target,
    _ filter: Expression?,
    _ body: [Statement],
    _ scope: Scope
  ) throws(TemplateError) -> Flow {
    let inner = Scope(parent: scope)
    let (text, flow) = try capture { () throws(TemplateError) in try execute(body, inner) }
    guard flow == .normal else { return flow }
    try checkNamespaces(in: target, scope)
    var value = Value.text(text)
    if let filter {
      value = try evaluateFilter(filter, block: text, inner)
      if escapes { value = .text(value.softDisplay.marked(true)) }
    }
    try assign(target, value, scope)
    return .normal
  }

  // MARK: Loops

  private func execute(_ loop: Statement.ForLoop, _ scope: Scope) throws(TemplateError) {
    let iterable = try evaluate(loop.iterable, scope)
    if loop.isRecursive {
      try write(try recurse(loop, over: iterable, depth0: 0, scope))
    } else {
      try run(loop, over: iterable, depth0: 0, scope)
    }
  }

  private func recurse(
    _ loop: Statement.ForLoop,
    over iterable: Value,
    depth0: Int,
    _ scope: Scope
  ) throws(TemplateError) -> Text {
    try capture { () throws(TemplateError) in
      try run(loop, over: iterable, depth0: depth0, scope)
    }.text
  }

  private func run(
    _ loop: Statement.ForLoop,
    over iterable: Value,
    depth0: Int,
    _ scope: Scope
  ) throws(TemplateError) {
    let values = try loop.test.map { (test) throws(TemplateError) in
      try filtered(iterable, loop.target, by: test, scope)
    }
    let state = try LoopObject(
      over: values ?? iterable,
      depth0: depth0,
      recurse: loop.isRecursive
        ? { (values, depth0) throws(TemplateError) in
          .text(try self.recurse(loop, over: values, depth0: depth0, scope))
        } : nil
    )
    var inner = Scope(parent: scope)
    var hasFinishedBody = false
    while let value = try state.advance() {
      try charge()
      if inner.isCaptured { inner = Scope(parent: scope) } else { inner.clear() }
      try assign(loop.target, value, inner)
      if let loopID { inner.set(loopID, .loop(state)) }
      let flow = try execute(loop.body, inner)
      if flow == .breaking { break }
      if flow == .normal { hasFinishedBody = true }
    }
    // As in jinja2, a loop whose bodies were all left early also counts as empty.
    if !hasFinishedBody, !loop.otherwise.isEmpty {
      _ = try execute(loop.otherwise, Scope(parent: scope))
    }
  }

  /// The values for which `test` holds, each tested when the loop asks for it.
  private func filtered(
    _ iterable: Value,
    _ target: Target,
    by test: Expression,
    _ scope: Scope
  ) throws(TemplateError) -> Value {
    let iterator = try IteratorObject(over: iterable)
    return .iterator(
      try IteratorObject(from: iterable) { () throws(TemplateError) in
        while let value = try iterator.next() {
          let inner = Scope(parent: scope)
          try self.assign(target, value, inner)
          if try self.evaluate(test, inner).isTrue { return value }
        }
        return nil
      }
    )
  }

  private func executeCallBlock(
    _ callee: Expression,
    _ arguments: Arguments,
    _ definition: MacroDefinition,
    _ scope: Scope
  ) throws(TemplateError) {
    capture(scope)
    let caller = Value.macro(MacroObject(definition, scope, escapes: escapes))
    let function = try evaluate(callee, scope)
    var passed = try evaluate(arguments, scope)
    passed.keywords.append(("caller", caller))
    try writeOutput(try call(function, passed))
  }
}

extension NamespaceObject {
  /// Sets an attribute whose name must be public.
  func setChecked(_ name: Text, _ value: Value) throws(TemplateError) {
    if name.hasPrefix("_") {
      throw .runtime(
        .securityError,
        message:
          "Chat templates cannot store underscore-prefixed attributes on a namespace, but got"
          + " \(name.representation.string). Please rename the attribute."
      )
    }
    set(name, value)
  }
}
