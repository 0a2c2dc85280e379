/// Makes what is executed from the syntax tree: names become places in frames.
///
/// Source: https://github.com/pallets/jinja/blob/3.1.6/src/jinja2/compiler.py
struct Compiler {
  let names: [Text]
  let root: Symbols
  /// The frame that is being compiled.
  var symbols: Symbols
  /// Where the filters of the block that is being compiled find its text.
  var textSlot: Int?
  /// The first fault that jinja2's compiler would find.
  private(set) var fault: TemplateError?

  /// Compiles a whole template.
  static func compile(_ body: [Statement], names: [Text]) throws(TemplateError) -> Program {
    let root = Symbols(parent: nil, function: FunctionScope(parent: nil))
    root.analyze(body)
    var compiler = Compiler(names: names, root: root, symbols: root)
    let compiled = compiler.compile(body)
    if let fault = compiler.fault { throw fault }
    return Program(
      body: compiled,
      slotCount: root.function.slotCount,
      entry: compiler.entry(of: root)
    )
  }

  private init(names: [Text], root: Symbols, symbols: Symbols) {
    self.names = names
    self.root = root
    self.symbols = symbols
  }

  mutating func noteFault(_ error: TemplateError) {
    if fault == nil { fault = error }
  }

  /// Compiles in the frame `inner`.
  mutating func inFrame<T>(_ inner: Symbols, _ compile: (inout Compiler) -> T) -> T {
    let outer = symbols
    let outerTextSlot = textSlot
    symbols = inner
    let result = compile(&self)
    symbols = outer
    textSlot = outerTextSlot
    return result
  }

  /// A frame within the current one, of the same function.
  func innerFrame() -> Symbols { Symbols(parent: symbols, function: symbols.function) }

  // MARK: Names

  /// How an expression of the current frame gets at `name`.
  mutating func node(for name: NameID) -> any ExpressionNode {
    guard let (variable, frame) = symbols.find(name) else {
      let quoted = names[name].representation.string
      noteFault(
        .runtime(
          .assertionError,
          message:
            "Tried to resolve a name to a reference that was unknown to the frame (\(quoted))"
        )
      )
      return ContextNode(name, names[name])
    }
    if case .context = frame.initialValues[variable], !frame.stores.contains(name) {
      guard let block = Self.block(around: frame.function) else {
        return ContextNode(name, names[name])
      }
      return node(for: Variable(function: block, slot: block.contextSlot(name)), name)
    }
    return node(for: variable, name)
  }

  private func node(for variable: Variable, _ name: NameID) -> any ExpressionNode {
    let distance = symbols.function.distance(to: variable.function) ?? 0
    return distance == 0
      ? LocalNode(variable.slot, names[name]) : OuterNode(distance, variable.slot, names[name])
  }

  /// The function of the block that `function` belongs to.
  private static func block(around function: FunctionScope) -> FunctionScope? {
    var next: FunctionScope? = function
    while let scope = next {
      if scope.isBlock { return scope }
      next = scope.parent
    }
    return nil
  }

  /// The place of a name that the current frame stores to.
  func slot(of name: NameID) -> Int { symbols.variables[name]?.slot ?? 0 }

  /// What the variables of `frame` hold when it begins.
  func entry(of frame: Symbols) -> FrameEntry {
    var initialValues: [(slot: Int, source: FrameEntry.Source)] = []
    for (name, variable) in frame.variables {
      switch frame.initialValues[variable] {
      case nil, .parameter: break
      case .undefined: initialValues.append((variable.slot, .undefined))
      case .alias(let outer):
        let distance = frame.function.distance(to: outer.function) ?? 0
        initialValues.append((variable.slot, .variable(distance: distance, slot: outer.slot)))
      case .context where !frame.stores.contains(name): break
      case .context:
        if let block = Self.block(around: frame.function) {
          let distance = frame.function.distance(to: block) ?? 0
          let slot = block.contextSlot(name)
          initialValues.append((variable.slot, .variable(distance: distance, slot: slot)))
        } else {
          initialValues.append((variable.slot, .context(name)))
        }
      }
    }
    return FrameEntry(
      initialValues: initialValues,
      slots: frame.variables.values.map(\.slot)
    )
  }
}
