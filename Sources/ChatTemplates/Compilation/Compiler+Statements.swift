extension Compiler {
  mutating func compile(_ body: [Statement]) -> Body {
    var nodes: [any StatementNode] = []
    nodes.reserveCapacity(body.count)
    for statement in body { nodes.append(compile(statement)) }
    return Body(nodes)
  }

  private mutating func compile(_ statement: Statement) -> any StatementNode {
    switch statement {
    case .data(let text): return DataNode(text)
    case .output(let expression): return OutputNode(compileOutput(expression))
    case .forLoop(let loop): return compile(loop)
    case .conditional(let branches, let otherwise):
      return softly { $0.compile(branches, otherwise: otherwise) }
    case .macro(let name, let definition):
      return MacroNode(slot(of: name), compile(definition))
    case .callBlock(let callee, let arguments, let definition):
      let code = compile(definition)
      return CallBlockNode(compile(callee), compile(arguments), code)
    case .generation(let definition): return GenerationNode(compile(definition))
    case .filterBlock(let filter, let body):
      let inner = innerFrame()
      inner.analyze(body)
      inner.analyze(filter)
      let slot = inner.function.hiddenSlot()
      let (compiled, filters) = inFrame(inner) { compiler in
        let body = compiler.compile(body)
        compiler.textSlot = slot
        return (body, compiler.compile(filter))
      }
      return FilterBlockNode(filters, textSlot: slot, entry(of: inner), compiled)
    case .assignment(let target, let expression):
      return AssignmentNode(compile(target), compile(expression))
    case .blockAssignment(let target, let filter, let body):
      let inner = innerFrame()
      inner.analyze(body)
      let slot = inner.function.hiddenSlot()
      let (compiled, filters) = inFrame(inner) { compiler in
        let body = compiler.compile(body)
        compiler.textSlot = slot
        return (body, filter.map { compiler.compile($0) })
      }
      return BlockAssignmentNode(
        compile(target),
        filters,
        textSlot: slot,
        entry(of: inner),
        compiled
      )
    case .with(let assignments, let body): return compile(assignments, body)
    case .autoescape(let expression, let body):
      let inner = innerFrame()
      inner.analyze(expression)
      inner.analyze(body)
      let outer = mayEscape
      mayEscape = true
      let (isOn, compiled) = inFrame(inner) { ($0.compile(expression), $0.compile(body)) }
      mayEscape = outer
      return AutoescapeNode(isOn, entry(of: inner), compiled)
    case .block(let block): return compile(block)
    case .load(let template, let extendsLine):
      if let extendsLine, symbols !== root {
        let message = "cannot use extend from a non top-level scope"
        noteFault(.syntax(.templateAssertionError, message: message, line: extendsLine))
      }
      return LoadNode(compile(template))
    case .breakLoop: return LoopControlNode(.breaking)
    case .continueLoop: return LoopControlNode(.continuing)
    }
  }

  private mutating func compile(
    _ branches: [Statement.Branch],
    otherwise: [Statement]
  ) -> any StatementNode {
    let first = compile(branches[0].test)
    let body = compile(branches[0].body)
    var alternatives: [(test: any ExpressionNode, body: Body)] = []
    for branch in branches.dropFirst() {
      alternatives.append((compile(branch.test), compile(branch.body)))
    }
    return BranchNode(first, body, alternatives: alternatives, otherwise: compile(otherwise))
  }

  private mutating func compile(_ target: Target) -> TargetNode {
    switch target {
    case .name(let name): return .variable(slot(of: name))
    case .attribute(let name, let attribute): return .attribute(node(for: name), attribute)
    case .tuple(let targets):
      var compiled: [TargetNode] = []
      for target in targets { compiled.append(compile(target)) }
      return .tuple(compiled)
    }
  }

  private mutating func compile(_ loop: Statement.ForLoop) -> any StatementNode {
    let function = loop.isRecursive ? FunctionScope(parent: symbols.function) : symbols.function
    let inner = Symbols(parent: symbols, function: function)
    let loopName = loop.loop.flatMap { name in
      let isDeclared =
        loop.isRecursive || UndeclaredNames([name], in: loop.body).found.contains(name)
        || Statement.forLoop(loop).containsScopedBlock
      return isDeclared ? name : nil
    }
    if let loopName { inner.declareParameter(loopName) }
    inner.declareParameters(loop.target)
    inner.analyze(loop.body)
    let condition = loop.test.map { test in compileCondition(test, loop.target) }
    if let line = loop.loopStoreLine {
      let message = "Can't assign to special loop variable in for-loop target"
      noteFault(.syntax(.templateAssertionError, message: message, line: line))
    }
    // A recursive loop is a function, which comes before it is called.
    let first = loop.isRecursive ? nil : compile(loop.iterable)
    let (target, body) = inFrame(inner) { ($0.compile(loop.target), $0.compile(loop.body)) }
    var otherwise: (entry: FrameEntry, body: Body)?
    if !loop.otherwise.isEmpty {
      let last = Symbols(parent: symbols, function: function)
      last.analyze(loop.otherwise)
      let body = inFrame(last) { $0.compile(loop.otherwise) }
      otherwise = (entry(of: last), body)
    }
    return LoopNode(
      target,
      in: first ?? compile(loop.iterable),
      if: condition,
      recursiveSlotCount: loop.isRecursive ? function.slotCount : nil,
      loopSlot: loopName.flatMap { inner.variables[$0]?.slot },
      entry: entry(of: inner),
      body: body,
      otherwise: otherwise
    )
  }

  private mutating func compileCondition(
    _ test: Expression,
    _ target: Target
  ) -> LoopNode.Condition {
    let function = FunctionScope(parent: symbols.function)
    let inner = Symbols(parent: symbols, function: function)
    inner.declareParameters(target)
    inner.analyze(test)
    let (compiledTarget, compiledTest) = inFrame(inner) { ($0.compile(target), $0.compile(test)) }
    let entry = entry(of: inner)
    return LoopNode.Condition(
      target: compiledTarget,
      test: compiledTest,
      slotCount: function.slotCount,
      entry: entry
    )
  }

  private mutating func compile(_ definition: MacroDefinition) -> MacroCode {
    let function = FunctionScope(parent: symbols.function)
    let inner = Symbols(parent: symbols, function: function)
    for parameter in definition.parameters { inner.declareParameter(parameter.id) }
    let collected = [definition.caller, definition.keywords, definition.positionals]
    let undeclared = UndeclaredNames(collected, in: definition.body).found
    let readsCaller = definition.caller.map(undeclared.contains) ?? false
    let ownCaller = definition.parameters.first { $0.id == definition.caller }
    if readsCaller, let ownCaller, ownCaller.defaultValue == nil {
      let message =
        "When defining macros or call blocks the special \"caller\" argument must be omitted"
        + " or be given a default."
      noteFault(.syntax(.templateAssertionError, message: message, line: definition.line))
    }
    for name in undeclared where name != ownCaller?.id { inner.declareParameter(name) }
    for parameter in definition.parameters {
      if let value = parameter.defaultValue { inner.analyze(value) }
    }
    inner.analyze(definition.body)
    let (parameters, body) = inFrame(inner) { compiler in
      let parameters = definition.parameters.map { parameter in
        MacroCode.Parameter(
          slot: compiler.slot(of: parameter.id),
          name: parameter.name,
          defaultValue: parameter.defaultValue.map { compiler.compile($0) }
        )
      }
      return (parameters, compiler.compile(definition.body))
    }
    let entry = entry(of: inner)
    func slot(_ name: NameID?) -> Int? {
      guard let name, undeclared.contains(name), name != ownCaller?.id else { return nil }
      return inner.variables[name]?.slot
    }
    return MacroCode(
      definition.name,
      parameters,
      caller: slot(definition.caller),
      keywords: slot(definition.keywords),
      positionals: slot(definition.positionals),
      readsCaller: readsCaller,
      slotCount: function.slotCount,
      entry: entry,
      body: body
    )
  }

  private mutating func compile(
    _ assignments: [(Target, Expression)],
    _ body: [Statement]
  ) -> any StatementNode {
    var values: [any ExpressionNode] = []
    for (_, expression) in assignments { values.append(compile(expression)) }
    let inner = innerFrame()
    for (target, _) in assignments { inner.declareParameters(target) }
    inner.analyze(body)
    let (targets, compiled) = inFrame(inner) { compiler in
      (assignments.map { compiler.compile($0.0) }, compiler.compile(body))
    }
    return WithNode(
      zip(targets, values).map { (target: $0, value: $1) },
      entry(of: inner),
      compiled
    )
  }

  private mutating func compile(_ block: Statement.Block) -> any StatementNode {
    let function = FunctionScope(parent: nil, isBlock: true)
    let inner = Symbols(parent: nil, function: function)
    let parent = UndeclaredNames([block.parent], in: block.body).found.first
    if let parent { inner.declareParameter(parent) }
    inner.analyze(block.body)
    let compiled = inBlock(inner) { $0.compile(block.body) }
    let entry = entry(of: inner)
    let stored = block.isScoped ? symbols.storedVariables : [:]
    let context = function.contextSlots.map { name, slot in
      BlockNode.ContextValue(
        slot: slot,
        name: name,
        scoped: stored[name].flatMap { variable in
          symbols.function.distance(to: variable.function).map { ($0, variable.slot) }
        },
        rootSlot: root.stores.contains(name) ? root.variables[name]?.slot : nil
      )
    }
    return BlockNode(
      block.name,
      context,
      parentSlot: parent.flatMap { inner.variables[$0]?.slot },
      slotCount: function.slotCount,
      entry: entry,
      body: compiled
    )
  }
}
